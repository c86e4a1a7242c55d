"""Many at once: nothing is sold twice, nothing stays set aside, nobody waits for ever."""

import contextlib
import random
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import product
from typing import TypeVar

import pytest
from django.conf import settings
from django.db import connections
from pytest_django import Settings

from modules.inventory.allocation import Allocation, Shelf, Wanted
from modules.inventory.contracts import (
    AdjustStock,
    AdjustStockBatch,
    ChangeLocation,
    CountStock,
    FulfilReservation,
    OutOfStock,
    ReceiveStock,
    Reservation,
    ReserveStock,
    StockLevel,
    StockLine,
    TransferStock,
    WithdrawReservation,
)
from modules.inventory.events import StockLow, StockSoldOut
from modules.inventory.facade import inventory
from modules.inventory.services import NothingReserved
from modules.inventory.tests.stockroom import (
    announced,
    confirmed,
    goods_come_in,
    hear,
    limit,
    open_locations,
    ordered,
    parcel_leaves,
    shelf,
    shelf_at,
    wish,
)
from tearline.contracts import Contract, Refusal, Undone

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


def by_a_few(deeds: Sequence[Callable[[], Answer]], *, threads: int = 12) -> list[Answer]:
    """As many as there are, by so many threads. Raises what any of them raised."""

    def run(deed: Callable[[], Answer]) -> Answer:
        try:
            return deed()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(threads) as crowd:
        return list(crowd.map(run, deeds))


def unless_refused(ask: Callable[..., Answer], *request: Contract, key: str) -> Answer | Refusal:
    """Any failure that is no refusal is one of the test."""
    try:
        return ask(*request, key=key)
    except Refusal as refusal:
        return refusal


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


def test_two_hundred_buyers_of_twenty_pieces_get_exactly_twenty() -> None:
    goods_come_in(MUG=20)

    bought = by_a_few([partial(buy, f"buyer {n}", ("MUG", 1)) for n in range(200)])

    assert sum(reservation is not None for reservation in bought) == 20
    assert shelf() == {"MUG": (20, 20)}


@pytest.mark.parametrize("strategy", ["whole_order_first", "by_priority"])
def test_nobody_is_refused_while_there_is_enough_somewhere(settings: Settings, strategy: str) -> None:
    settings.INVENTORY_ALLOCATION = f"modules.inventory.allocation.{strategy}"
    open_locations("north", "south")
    for location in ("north", "south", "main"):
        goods_come_in(location, MUG=7)

    bought = at_once([partial(buy, f"buyer {n}", ("MUG", 1)) for n in range(21)])

    assert None not in bought
    assert shelf() == {"MUG": (21, 21)}


def takes_all_from_north_at_first(wanted: Wanted, shelves: Sequence[Shelf]) -> list[Allocation]:
    """As if others had been faster."""
    settings.INVENTORY_ALLOCATION = "modules.inventory.allocation.by_priority"
    return [Allocation(sku, "north", quantity) for sku, quantity in wanted.items()]


def test_who_was_overtaken_looks_again_and_holds_nothing_of_the_first_try(settings: Settings) -> None:
    open_locations("north")
    goods_come_in("north", MUG=5, PEN=1)
    goods_come_in(PEN=5)
    settings.INVENTORY_ALLOCATION = f"{__name__}.takes_all_from_north_at_first"

    inventory.reserve(wish(("MUG", 2), ("PEN", 3)), key="k")

    assert (shelf_at("north"), shelf_at("main")) == ({"MUG": (5, 2), "PEN": (1, 1)}, {"PEN": (5, 2)})


@pytest.mark.parametrize("seed", range(3))
def test_goods_on_the_move_and_baskets_of_all_kinds_do_not_block_each_other(seed: int) -> None:
    chance = random.Random(seed)
    places = ["main", "north", "south"]
    open_locations("north", "south")
    for place, sku in product(places, SKUS):
        goods_come_in(place, **{sku: 50})

    def basket(key: str) -> Callable[[], object]:
        return partial(buy, key, *[(sku, chance.randint(1, 40)) for sku in chance.sample(SKUS, k=3)])

    def van(key: str) -> Callable[[], object]:
        source, target = chance.sample(places, k=2)
        goods = TransferStock(sku=chance.choice(SKUS), quantity=2, source=source, target=target, reference=key)
        return partial(unless_refused, inventory.transfer, goods, key=key)

    def stocktaking(key: str) -> Callable[[], object]:
        adjustments = [
            AdjustStock(sku=sku, change=chance.choice([-1, 1]), location=place, reference=key)
            for sku, place in chance.sample(list(product(SKUS, places)), k=6)
        ]
        return partial(inventory.adjust_batch, AdjustStockBatch(adjustments=adjustments), key=key)

    kinds = [basket, van, basket, stocktaking]
    deeds = [kinds[n % 4](f"deed {n}") for n in range(48)]
    by_a_few(deeds)

    assert inventory.drift().differences == []


def test_orders_from_two_places_and_vans_between_them_do_not_block_each_other() -> None:
    open_locations("a", "b")
    for place in ("a", "b"):
        goods_come_in(place, MUG=100)

    def order(n: int) -> None:
        for turn in range(4):
            key = f"order {n} {turn}"
            buy(key, ("MUG", 110))
            inventory.release(key=key)

    def drive(n: int) -> None:
        for turn in range(8):
            source, target = ("a", "b") if turn % 2 else ("b", "a")
            goods = TransferStock(sku="MUG", quantity=1, source=source, target=target, reference="van")
            unless_refused(inventory.transfer, goods, key=f"van {n} {turn}")

    at_once([partial(deed, n) for n in range(5) for deed in (order, drive)])

    assert shelf() == {"MUG": (200, 0)}


def test_what_leaves_and_what_is_given_back_is_never_the_same_piece() -> None:
    goods_come_in(MUG=10)
    order_id = ordered(("MUG", 10))
    one = [StockLine(sku="MUG", quantity=1)]

    def leave(n: int) -> object:
        request = FulfilReservation(order_id=order_id, reference=f"parcel {n}", lines=one)
        return unless_refused(inventory.fulfil, request, key=f"parcel {n}")

    def give_back(n: int) -> object:
        request = WithdrawReservation(order_id=order_id, reference="too many", lines=one)
        return unless_refused(inventory.withdraw, request, key=f"too many {n}")

    at_once([partial(deed, n) for n in range(8) for deed in (leave, give_back)])

    reservation = inventory.reservation_of(order_id)
    assert reservation is not None
    [line] = reservation.lines
    assert (reservation.stage, line.fulfilled + line.released) == ("fulfilled", 10)
    assert shelf() == {"MUG": (10 - line.fulfilled, 0)}


def test_a_parcel_that_is_told_of_many_times_at_once_leaves_once() -> None:
    goods_come_in(MUG=10)
    order_id = ordered(("MUG", 10))

    at_once([partial(parcel_leaves, order_id, ("MUG", 2), parcel="parcel 1") for _ in range(8)])

    assert shelf() == {"MUG": (8, 8)}


def test_an_order_that_is_confirmed_while_it_is_undone_keeps_all_or_nothing() -> None:
    goods_come_in(MUG=100)
    requests = [wish(("MUG", 2)) for _ in range(8)]
    for request in requests:
        inventory.reserve(request, key=request.order_id)

    def undo(request: ReserveStock) -> None:
        unless_refused(inventory.release, key=request.order_id)

    def confirm(request: ReserveStock) -> None:
        with contextlib.suppress(NothingReserved):
            hear(confirmed(request.order_id))

    at_once([partial(deed, request) for request in requests for deed in (undo, confirm)])

    ended = [inventory.reservation_of(request.order_id) for request in requests]
    states = Counter(reservation.stage for reservation in ended if reservation)
    assert states.keys() <= {"committed", "released"}
    assert shelf() == {"MUG": (100, 2 * states["committed"])}


def test_of_many_counts_that_began_at_the_same_number_one_is_taken() -> None:
    goods_come_in(MUG=50)

    def count(quantity: int) -> object:
        found = CountStock(sku="MUG", quantity=quantity, expected_quantity=50, reference="stocktaking")
        return unless_refused(inventory.count, found, key=f"count {quantity}")

    told = at_once([partial(count, quantity) for quantity in range(40, 48)])

    refused = [answer for answer in told if isinstance(answer, Refusal)]
    assert [refusal.code for refusal in refused] == ["inventory.stale_quantity"] * 7
    [taken] = [answer for answer in told if isinstance(answer, StockLevel)]
    assert shelf() == {"MUG": (taken.on_hand, 0)}


def test_counting_while_goods_are_sold_and_leave_loses_no_sale() -> None:
    goods_come_in(MUG=40)

    def sell(n: int) -> None:
        parcel_leaves(ordered(("MUG", 1)), parcel=f"parcel {n}")

    def count(n: int) -> object:
        there = inventory.levels(["MUG"])[0].on_hand
        found = CountStock(sku="MUG", quantity=there + 1, expected_quantity=there, reference="found one")
        return unless_refused(inventory.count, found, key=f"count {n}")

    told = by_a_few([partial(deed, n) for n in range(20) for deed in (sell, count)])

    taken = sum(isinstance(answer, StockLevel) for answer in told)
    assert shelf() == {"MUG": (40 - 20 + taken, 0)}


def test_what_many_buyers_take_runs_low_once_and_sells_out_once() -> None:
    goods_come_in(MUG=20)
    limit("MUG", reorder_point=10)

    at_once([partial(buy, f"buyer {n}", ("MUG", 1)) for n in range(20)])

    [low], [gone] = announced(StockLow), announced(StockSoldOut)
    assert (low.available, gone.sku) == (10, "MUG")


def test_goods_that_arrive_as_their_location_closes_are_either_there_or_refused() -> None:
    for n in range(6):
        open_locations(f"place-{n}")

    def close(n: int) -> object:
        change = ChangeLocation(code=f"place-{n}", active=False)
        return unless_refused(inventory.change_location, change, key=f"close {n}")

    def arrive(n: int) -> object:
        goods = ReceiveStock(sku="MUG", quantity=1, reference="delivery", location=f"place-{n}")
        return unless_refused(inventory.receive, goods, key=f"arrive {n}")

    at_once([partial(deed, n) for n in range(6) for deed in (close, arrive)])

    for location in inventory.locations():
        assert (shelf_at(location.code) in ({}, {"MUG": (0, 0)})) is not location.active
