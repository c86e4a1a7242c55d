"""Many at once: nothing is sold twice, nothing stays set aside, nobody waits for ever."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

import pytest
from django.db import connections

from modules.inventory.contracts import OutOfStock, Reservation
from modules.inventory.facade import inventory
from modules.inventory.tests.stockroom import goods_come_in, shelf, wish
from tearline.contracts import Undone

pytestmark = pytest.mark.usefixtures("binding")

Answer = TypeVar("Answer")

# In the order of bytes. Where the order is that of a language, the hyphen counts last and AB comes first.
SKUS = ["A-C", "AB", "MUG", "PEN"]


def at_once(deeds: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """Each in a thread of its own, all let go together. Raises what any of them raised."""
    start = threading.Barrier(len(deeds))

    def run(deed: Callable[[], Answer]) -> Answer:
        try:
            start.wait()
            return deed()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as threads:
        return list(threads.map(run, deeds))


def buy(key: str, *lines: tuple[str, int]) -> Reservation | None:
    """None when it was out of stock. Any other failure is one of the test."""
    try:
        return inventory.reserve(wish(*lines), key=key)
    except OutOfStock:
        return None


def test_twenty_buyers_of_five_pieces_get_exactly_five() -> None:
    goods_come_in(MUG=5)

    bought = at_once([partial(buy, f"buyer {n}", ("MUG", 1)) for n in range(20)])

    assert sum(reservation is not None for reservation in bought) == 5
    assert shelf() == {"MUG": (5, 5)}


@pytest.mark.parametrize("seed", range(3))
def test_mixed_baskets_in_any_order_neither_oversell_nor_block_each_other(seed: int) -> None:
    chance = random.Random(seed)
    for sku in SKUS:
        goods_come_in(**{sku: 10})
    baskets = [[(sku, chance.randint(1, 3)) for sku in chance.sample(SKUS, k=3)] for _ in range(16)]

    bought = at_once([partial(buy, f"buyer {n}", *basket) for n, basket in enumerate(baskets)])

    held = Counter[str]()
    for reservation in filter(None, bought):
        held.update({line.sku: line.quantity for line in reservation.lines})
    assert shelf() == {sku: (10, held[sku]) for sku in SKUS}
    assert None in bought, "the baskets want more than there is"


def test_baskets_that_come_and_go_do_not_block_each_other() -> None:
    for sku in SKUS:
        goods_come_in(**{sku: 100})

    def change_of_mind(key: str) -> None:
        for n in range(5):
            buy(f"{key} {n}", *[(sku, 1) for sku in SKUS])
            inventory.release(key=f"{key} {n}")

    at_once([partial(change_of_mind, f"buyer {n}") for n in range(8)])

    assert shelf() == dict.fromkeys(SKUS, (100, 0))


def test_the_same_request_many_times_at_once_reserves_once() -> None:
    goods_come_in(MUG=5)
    request = wish(("MUG", 2))

    answers = at_once([lambda: inventory.reserve(request, key="k") for _ in range(8)])

    assert len({answer.id for answer in answers}) == 1
    assert shelf() == {"MUG": (5, 2)}


def test_whatever_meets_an_undo_leaves_nothing_set_aside() -> None:
    goods_come_in(MUG=100)

    def reserve(key: str) -> None:
        try:
            inventory.reserve(requests[key], key=key)
        except Undone:
            return

    requests = {f"order {n}": wish(("MUG", 1)) for n in range(6)}
    deeds: list[Callable[[], None]] = []
    for key in requests:
        deeds += [partial(reserve, key), partial(inventory.release, key=key), partial(reserve, key)]
    at_once(deeds)

    assert shelf() == {"MUG": (100, 0)}


def test_deliveries_of_a_new_sku_at_once_all_count() -> None:
    at_once([lambda: goods_come_in(MUG=3) for _ in range(8)])
    assert shelf() == {"MUG": (24, 0)}
