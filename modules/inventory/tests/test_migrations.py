"""Stock from before there were locations is carried over, whole."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from modules.inventory.facade import inventory
from modules.inventory.models import StockMovement
from modules.inventory.tests.stockroom import parcel_leaves, shelf_at
from modules.orders.contracts import OrderId
from tearline.databases.preparing import as_owner, prepare

ONE, OTHER = OrderId.new(), OrderId.new()


def migrate(name: str) -> Any:
    """The models as they were then."""
    with as_owner("inventory") as connection:
        executor = MigrationExecutor(connection)
        executor.migrate([("inventory", name)])
        return executor.loader.project_state([("inventory", name)]).apps


@pytest.fixture
def earlier(db: None) -> Iterator[Any]:
    """The models before there were locations. Afterwards everything is as it was."""
    try:
        yield migrate("0001_initial")
    finally:
        prepare("inventory")
        connections.close_all()


def an_order(apps: Any, order_id: OrderId, state: str, quantity: int) -> None:
    reservations = apps.get_model("inventory", "Reservation").objects.using("inventory")
    reservation = reservations.create(id=f"res_{order_id[4:]}", key=order_id, order_id=order_id, state=state)
    reservation.lines.create(sku="MUG", quantity=quantity)


def test_what_was_there_lies_in_the_main_location_and_all_adds_up(earlier: Any) -> None:
    with as_owner("inventory"):
        levels = earlier.get_model("inventory", "StockLevel").objects.using("inventory")
        ledger = earlier.get_model("inventory", "StockMovement").objects.using("inventory")
        levels.create(sku="MUG", on_hand=5, reserved=2)
        levels.create(sku="PEN", on_hand=1)
        ledger.create(sku="MUG", on_hand_change=5, reason="received", reference="delivery")
        ledger.create(sku="PEN", on_hand_change=1, reason="received", reference="delivery")
        for reason, change in (("reserved", 2), ("committed", 0), ("reserved", 3), ("released", -3)):
            ledger.create(sku="MUG", reserved_change=change, reason=reason, reference="an order")
        an_order(earlier, ONE, "committed", 2)
        an_order(earlier, OTHER, "released", 3)

    prepare("inventory")

    assert shelf_at("main") == {"MUG": (5, 2), "PEN": (1, 0)}
    balances = StockMovement.objects.filter(sku="MUG").order_by("id").values_list("on_hand_after", "reserved_after")
    assert list(balances) == [(5, 0), (5, 2), (None, None), (5, 5), (5, 2)]
    assert inventory.drift().differences == []
    assert parcel_leaves(ONE).stage == "fulfilled"


def test_going_back_keeps_what_there_is(earlier: Any) -> None:
    with as_owner("inventory"):
        earlier.get_model("inventory", "StockLevel").objects.using("inventory").create(sku="MUG", on_hand=5, reserved=2)
    migrate("0004_levels_by_location_only")
    before = migrate("0001_initial")
    with as_owner("inventory"):
        [level] = before.get_model("inventory", "StockLevel").objects.using("inventory").all()
        assert (level.sku, level.on_hand, level.reserved) == ("MUG", 5, 2)
        level.delete()
