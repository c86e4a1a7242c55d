"""Facade calls from one real process to another: what comes back, and what is known when nothing does."""

import signal
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import httpx
import pytest

from modules.orders.contracts import OrderId
from modules.payments.adapters.simulated import SimulatedProvider
from modules.payments.contracts import CARD_DECLINED, CARD_OK, CARD_SLOW, PaymentDeclined
from tearline.api.keys import issue
from tearline.contracts import KeyReused, Unavailable, Undone
from tests.journeys import goods
from tests.network.proxy import Proxy
from tests.processes import Running, eventually
from tests.topologies.calling import Caller
from tests.topologies.conftest import Serve, tell_all

ADDRESS = {"name": "Ada", "line1": "12 St James Square", "city": "London", "postal_code": "SW1Y 4JH", "country": "GB"}


def answered(ask: Callable[[], Any]) -> Any:
    """None instead of no answer."""
    try:
        return ask()
    except Unavailable:
        return None


class Payer:
    """Pays for an order of its own, always under the same key."""

    def __init__(self, shop: Caller) -> None:
        self._shop = shop
        self.order = OrderId.new()
        self._key = f"{self.order}:payment"  # the provider remembers keys for longer than a test

    def authorize(self, *, card: str = CARD_OK, cents: int = 1450, **how: Any) -> Any:
        request = {"order_id": self.order, "amount": {"amount": cents, "currency": "EUR"}, "method": card}
        return self._shop.call("payments.authorize", request=request, key=self._key, **how)

    def void(self) -> Any:
        return self._shop.call("payments.void", key=self._key)

    def payment(self) -> Any:
        return self._shop.call("payments.payment_of", order_id=self.order)

    def held(self) -> list[int]:
        """Every sum that the provider holds for the order, in cents."""
        return [hold.amount.amount for hold in SimulatedProvider().holds(self.order)]

    def asks_again_and_pays_once(self, **how: Any) -> None:
        """As whoever knows nothing does."""
        answer = eventually(lambda: answered(partial(self.authorize, **how)), "the till answers")
        assert answer["state"] == "authorized"
        assert self.authorize(**how) == answer == self.payment()
        assert self.held() == [1450]


@pytest.fixture
def payer(shop: Caller) -> Payer:
    return Payer(shop)


# Answers


def test_a_command_and_a_query_are_answered_by_the_process_that_hosts_them(payer: Payer, till: Running) -> None:
    assert payer.payment() is None
    authorized = payer.authorize()
    assert (authorized["order_id"], authorized["state"]) == (payer.order, "authorized")
    assert payer.payment() == authorized


def test_the_same_key_has_one_effect(payer: Payer, till: Running) -> None:
    assert payer.authorize() == payer.authorize()
    assert payer.held() == [1450]


def test_a_refusal_comes_back_as_itself(payer: Payer, till: Running) -> None:
    for _ in range(2):
        with pytest.raises(PaymentDeclined) as refused:
            payer.authorize(card=CARD_DECLINED)
        assert (refused.value.order_id, refused.value.reason) == (payer.order, "card_declined")


def test_keys_mean_over_there_what_they_mean_here(payer: Payer, till: Running) -> None:
    payer.authorize()
    with pytest.raises(KeyReused):
        payer.authorize(cents=1)
    assert payer.void() is None
    with pytest.raises(Undone):
        payer.authorize()
    assert payer.held() == []


def test_each_process_has_its_own_modules_and_databases_alone(payer: Payer, shop: Caller, till: Running) -> None:
    payer.authorize()
    seen = shop.seen()
    assert "payments" not in seen["databases"]
    ours = {name for name in seen["modules"] if name.startswith("modules.payments")}
    assert ours <= {
        "modules.payments",
        "modules.payments.facade",
        "modules.payments.contracts",
        "modules.payments.events",
    }


def test_who_has_not_declared_it_gets_nowhere(payer: Payer, till: Running) -> None:
    with pytest.raises(Unavailable, match="shipping has not declared that it calls payments") as turned_away:
        payer.authorize(name="shipping")
    assert not turned_away.value.maybe_done
    assert payer.held() == []


# No answers


def test_nothing_was_done_by_a_process_that_does_not_run(payer: Payer, line_to_the_till: Proxy) -> None:
    line_to_the_till.close()
    with pytest.raises(Unavailable) as unanswered:
        payer.authorize()
    assert not unanswered.value.maybe_done


@pytest.mark.parametrize("point", ["command.asking", "command.asked", "command.committed"])
def test_a_process_that_is_killed_in_the_middle_may_have_done_it(payer: Payer, serve: Serve, point: str) -> None:
    with serve("till", TEARLINE_KILL_AT=point) as till:
        with pytest.raises(Unavailable) as unanswered:
            payer.authorize()
        assert unanswered.value.maybe_done
        till.close()
    with serve("till"):
        payer.asks_again_and_pays_once()


def test_a_frozen_process_may_have_done_it(payer: Payer, till: Running) -> None:
    assert payer.payment() is None  # they are connected
    tell_all(till, signal.SIGSTOP)
    began = time.monotonic()
    with pytest.raises(Unavailable) as unanswered:
        payer.authorize(within=0.5)
    assert unanswered.value.maybe_done
    assert time.monotonic() - began < 5
    tell_all(till, signal.SIGCONT)
    payer.asks_again_and_pays_once()


def test_a_slow_process_may_be_about_to_do_it(payer: Payer, till: Running) -> None:
    with pytest.raises(Unavailable) as unanswered:
        payer.authorize(card=CARD_SLOW, within=0.5)
    assert unanswered.value.maybe_done
    payer.asks_again_and_pays_once(card=CARD_SLOW)


@pytest.mark.parametrize("fault", ["unheard", "unanswered", "halved"])
def test_a_line_that_breaks_off_leaves_it_unknown(
    payer: Payer, till: Running, line_to_the_till: Proxy, fault: Any
) -> None:
    line_to_the_till.plan(fault, 1)
    with pytest.raises(Unavailable) as unanswered:
        payer.authorize()
    assert unanswered.value.maybe_done
    line_to_the_till.plan(None, 0)
    payer.asks_again_and_pays_once()


def test_an_answer_that_comes_drop_by_drop_is_not_waited_for(
    payer: Payer, till: Running, line_to_the_till: Proxy
) -> None:
    line_to_the_till.plan("dripping", 1)
    with pytest.raises(Unavailable) as unanswered:
        payer.authorize(within=0.5)
    assert unanswered.value.maybe_done
    line_to_the_till.plan(None, 0)
    payer.asks_again_and_pays_once()


def test_of_two_answers_to_one_question_none_is_taken_for_that_to_the_next(
    payer: Payer, till: Running, line_to_the_till: Proxy
) -> None:
    line_to_the_till.plan("doubled", 1)
    authorized = payer.authorize()
    assert line_to_the_till.struck.is_set()
    assert eventually(lambda: answered(payer.payment), "the till answers") == authorized
    assert payer.held() == [1450]


# A whole order


def test_an_order_is_paid_for_in_another_process(serve: Serve, till: Running, ports: dict[str, int]) -> None:
    goods.fill_the_shelf()
    _, token = issue(name="two", scopes=["orders:write"])
    order = {
        "email": "ada@example.com",
        "ship_to": ADDRESS,
        "lines": [{"sku": "MUG-BLUE", "quantity": 1}],
        "payment_method": CARD_OK,
    }
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "one", "Prefer": "wait=10"}
    with serve("shop"):
        url = f"http://127.0.0.1:{ports['shop']}/api/v1/orders"
        placed = httpx.post(url, json=order, headers=headers, timeout=30, trust_env=False)
    assert (placed.status_code, placed.json()["status"]) == (201, "confirmed")
    assert [charge.amount.amount for charge in SimulatedProvider().charges(OrderId(placed.json()["id"]))] == [1450]
