"""Many at once: for the last pieces, for the same pieces in any order, under one key, for one refund, and webhooks.

Over HTTP, from two processes that serve and work on the same databases. Nothing is oversold, charged twice or stuck.
"""

import os
import random
from collections import Counter
from contextlib import ExitStack
from functools import partial

import pytest

from modules.payments.adapters.simulated import SimulatedProvider
from modules.payments.contracts import CARD_DECLINED, CARD_DISPUTE_LOST, CARD_DISPUTED, CARD_OK, NothingToRefund
from tearline.contracts import Unavailable
from tests.faults import tally
from tests.faults.crowds import Shop, at_once, open_shop
from tests.topologies.calling import Caller, calling

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.timeout(300)]

BUYERS, PIECES = 200, 20


def test_a_flash_sale_sells_exactly_what_there_is() -> None:
    with open_shop({"FLASH": PIECES}) as shop:
        placed = at_once([partial(shop.order, [("FLASH", 1)], key=f"buyer {n}") for n in range(BUYERS)])
        ended = shop.ended(answer.json()["id"] for answer in placed)

    became = Counter(order.failure.code if order.failure else order.status for order in ended)
    assert became == {"confirmed": PIECES, "inventory.out_of_stock": BUYERS - PIECES}
    assert shop.flaws(ended) == []
    tally.count("buyers", BUYERS)
    tally.count("pieces", PIECES)
    tally.count("sold", became["confirmed"])


def test_mixed_carts_are_neither_oversold_nor_in_each_others_way(seed: int) -> None:
    choose = random.Random(seed)
    pieces = {f"SKU-{n}": 30 for n in range(6)}
    carts = [[(sku, choose.randint(1, 2)) for sku in choose.sample(sorted(pieces), 4)] for _ in range(100)]
    cards = [choose.choice([CARD_OK, CARD_OK, CARD_DECLINED]) for _ in carts]
    with open_shop(pieces) as shop:
        placed = at_once(
            [
                partial(shop.order, cart, key=f"cart {n}", card=card)
                for n, (cart, card) in enumerate(zip(carts, cards, strict=True))
            ]
        )
        ended = shop.ended(answer.json()["id"] for answer in placed)

    became = Counter(order.failure.code if order.failure else order.status for order in ended)
    assert became.keys() == {"confirmed", "inventory.out_of_stock", "payments.payment_declined"}
    assert shop.flaws(ended) == []
    tally.count("carts", len(carts))


def test_one_key_many_times_at_once_is_one_order_and_one_charge() -> None:
    keys = [f"the one order {n}" for n in range(5)]
    with open_shop({"MUG": 10}) as shop:
        answers = at_once([partial(_asked_until_answered, shop, key) for _ in range(20) for key in keys])
        other = shop.order([("MUG", 2)], key=keys[0])
        ended = shop.ended({order_id for _, order_id in answers})

    assert len(set(answers)) == len({order_id for _, order_id in answers}) == len(keys)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert [order.status for order in ended] == ["confirmed"] * len(keys)
    assert shop.flaws(ended) == []
    tally.count("repeats", len(answers) - len(keys))


def _asked_until_answered(shop: Shop, key: str) -> tuple[str, str]:
    """The key, and the order that it has become."""
    while (answer := shop.order([("MUG", 1)], key=key)).status_code == 409:
        assert answer.json()["code"] == "idempotency_key_in_flight"
    return key, answer.raise_for_status().json()["id"]


def test_refunds_that_race_give_back_no_more_than_was_taken() -> None:
    with open_shop({"MUG": 10}) as shop, ExitStack() as stack:
        placed = [shop.order([("MUG", 1)], key=f"order {n}").json()["id"] for n in range(3)]
        ended = shop.ended(placed)
        callers = [stack.enter_context(calling(os.environ)) for _ in range(4)]
        told = at_once([partial(_refund_all, caller, placed, random.Random(n)) for n, caller in enumerate(callers)])

    assert len({tuple(sorted(outcomes.items())) for outcomes in told}) == 1  # whoever asks under a key is told the same
    given_back = {order: sum(done for (of, _), done in told[0].items() if of == order) for order in placed}
    assert given_back == dict.fromkeys(placed, 4)
    assert [order.status for order in ended] == ["confirmed"] * 3
    assert shop.flaws(ended, given_back=4 * 300) == []
    tally.count("refunds", sum(map(len, told)))


def _refund_all(caller: Caller, orders: list[str], choose: random.Random) -> dict[tuple[str, int], bool]:
    """Asks for 300 of 1450 eight times for each order, under keys that others use too: which were given."""
    asked = [(order, n) for n in range(8) for order in orders]
    choose.shuffle(asked)
    return {(order, n): _refunded(caller, order, key=f"{order} {n}") for order, n in asked}


def _refunded(caller: Caller, order: str, *, key: str) -> bool:
    request = {"order_id": order, "amount": {"amount": 300, "currency": "EUR"}, "reason": "a race"}
    while True:
        try:
            return bool(caller.call("payments.refund_part", request=request, key=key))
        except Unavailable:
            continue  # somebody else is at it under this key
        except NothingToRefund:
            return False


def test_webhooks_that_come_thrice_and_in_any_order_change_nothing_twice(seed: int) -> None:
    choose = random.Random(seed)
    cards = [CARD_OK, CARD_DISPUTED, CARD_DISPUTE_LOST, CARD_DECLINED] * 6
    provider = SimulatedProvider()
    fresh = 0
    with open_shop({"MUG": 100}) as shop:
        placed = at_once([partial(shop.order, [("MUG", 1)], key=f"{n}", card=card) for n, card in enumerate(cards)])
        orders = [answer.json()["id"] for answer in placed]
        fresh += _send(shop, orders, choose)  # while cards are charged
        ended = shop.ended(orders)
        fresh += _send(shop, orders, choose)
        for order in orders:
            provider.decide(order, "won")
        fresh += _send(shop, orders, choose)

    told = [body for order in orders for body in provider.webhooks(order)]
    assert fresh == len(told)
    assert set(shop.answered) == {200, 201}
    assert shop.flaws(ended) == []
    tally.count("webhooks", shop.answered[200])


def _send(shop: Shop, orders: list[str], choose: random.Random) -> int:
    """All that the provider has to tell so far, thrice, in any order. How many were not heard before."""
    told = [body for order in orders for body in SimulatedProvider().webhooks(order)] * 3
    choose.shuffle(told)
    return sum(not answer.json()["repeated"] for answer in at_once([partial(shop.webhook, body) for body in told]))
