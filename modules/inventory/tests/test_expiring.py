"""What is set aside for a while only is put back when nobody commits it in time."""

from datetime import timedelta

import pytest
from django.db.models import F

from modules.inventory import services
from modules.inventory.contracts import AlreadyReserved
from modules.inventory.facade import inventory
from modules.inventory.models import Reservation
from modules.inventory.tests.ledger import story
from modules.inventory.tests.stockroom import confirmed, goods_come_in, hear, shelf, wish
from modules.orders.contracts import OrderId
from tearline.models import TaskRow
from tearline.testing import settle

pytestmark = pytest.mark.usefixtures("binding")


def hold_for(seconds: int, *, key: str = "k") -> OrderId:
    """Two mugs."""
    request = wish(("MUG", 2), expires_in=seconds)
    inventory.reserve(request, key=key)
    return request.order_id


def let_pass(seconds: int, *, noticed: bool = True) -> None:
    """`noticed`: the work that is put off until then is due, too."""
    Reservation.objects.update(expires_at=F("expires_at") - timedelta(seconds=seconds))
    if noticed:
        TaskRow.objects.using("inventory").update(due_at=F("due_at") - timedelta(seconds=seconds))


def state_of(order_id: OrderId) -> str:
    return Reservation.objects.filter(order_id=order_id).latest("created_at").state


def test_what_nobody_commits_in_time_is_put_back() -> None:
    goods_come_in(MUG=5)
    order_id = hold_for(60)
    let_pass(60)
    settle()
    assert (state_of(order_id), shelf()) == ("expired", {"MUG": (5, 0)})
    assert story("MUG") == [("received", 5, 0), ("reserved", 0, 2), ("expired", 0, -2)]


def test_who_knows_no_stages_is_told_that_it_is_released() -> None:
    goods_come_in(MUG=5)
    order_id = hold_for(60)
    let_pass(60)
    settle()
    told = inventory.reservation_of(order_id)
    assert told is not None
    assert (told.state, told.stage) == ("released", "expired")


def test_it_says_until_when() -> None:
    goods_come_in(MUG=5)
    for_ever = inventory.reserve(wish(("MUG", 1)), key="for ever")
    hour = inventory.reserve(wish(("MUG", 1), expires_in=3600), key="an hour")
    assert for_ever.expires_at is None
    assert hour.expires_at is not None
    assert timedelta(minutes=59) < hour.expires_at - hour.created_at < timedelta(minutes=61)


def test_before_its_time_it_stays() -> None:
    goods_come_in(MUG=5)
    order_id = hold_for(60)
    let_pass(30)
    settle()
    services.expire(Reservation.objects.get().pk)
    assert (state_of(order_id), shelf()) == ("held", {"MUG": (5, 2)})


def test_a_look_that_comes_early_comes_again() -> None:
    goods_come_in(MUG=5)
    order_id = hold_for(60)
    TaskRow.objects.using("inventory").update(due_at=F("due_at") - timedelta(seconds=60))
    settle()
    let_pass(60)
    settle()
    assert state_of(order_id) == "expired"


def test_what_was_committed_in_time_stays_with_its_order() -> None:
    goods_come_in(MUG=5)
    order_id = hold_for(60)
    hear(confirmed(order_id))
    let_pass(60)
    settle()
    assert (state_of(order_id), shelf()) == ("committed", {"MUG": (5, 2)})


def test_what_was_released_is_not_put_back_again() -> None:
    goods_come_in(MUG=5)
    order_id = hold_for(60)
    inventory.release(key="k")
    let_pass(60)
    settle()
    assert (state_of(order_id), shelf()) == ("released", {"MUG": (5, 0)})


def test_what_has_expired_is_not_committed_though_nobody_has_noticed_yet() -> None:
    goods_come_in(MUG=5)
    order_id = hold_for(60)
    let_pass(60, noticed=False)
    with pytest.raises(services.NothingReserved):
        hear(confirmed(order_id))
    assert state_of(order_id) == "held"


def test_releasing_what_has_expired_is_fine() -> None:
    goods_come_in(MUG=5)
    order_id = hold_for(60)
    let_pass(60)
    settle()
    inventory.release(key="k")
    assert (state_of(order_id), shelf()) == ("expired", {"MUG": (5, 0)})


def test_one_that_has_expired_stands_in_nobodys_way_though_nobody_has_noticed_yet() -> None:
    goods_come_in(MUG=5)
    order_id = hold_for(60)
    with pytest.raises(AlreadyReserved):
        inventory.reserve(wish(("MUG", 1), order_id=order_id), key="too early")
    let_pass(60, noticed=False)
    inventory.reserve(wish(("MUG", 4), order_id=order_id), key="in time")
    assert shelf() == {"MUG": (5, 4)}
