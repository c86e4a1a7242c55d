"""Which locations serve an order: what holds of every strategy whatever there is, and what each prefers."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from modules.inventory import allocation
from modules.inventory.allocation import (
    Allocation,
    Misallocated,
    Shelf,
    Shortage,
    Strategy,
    allocate,
    by_priority,
    whole_order_first,
)

STRATEGIES = ["whole_order_first", "by_priority"]
PRIORITIES = {"east": 1, "main": 2, "north": 2, "west": 3}
SKUS = st.sampled_from(["MUG", "PEN", "NOTE"])

orders = st.dictionaries(SKUS, st.integers(1, 6), min_size=1)
offers = st.dictionaries(
    st.tuples(SKUS, st.sampled_from(sorted(PRIORITIES))), st.tuples(st.integers(0, 4), st.integers(0, 2))
)


def shelves_of(offered: dict[tuple[str, str], tuple[int, int]]) -> list[Shelf]:
    return [Shelf(sku, place, PRIORITIES[place], *there) for (sku, place), there in offered.items()]


@pytest.fixture(autouse=True)
def _balanced() -> None:
    """Nothing here is stored."""


@pytest.fixture(scope="module", params=STRATEGIES)
def strategy(request: pytest.FixtureRequest) -> Strategy:
    chosen: Strategy = getattr(allocation, request.param)
    return chosen


@given(wanted=orders, offered=offers)
def test_what_is_wanted_is_allocated_or_the_first_shortage_is_named(
    strategy: Strategy, wanted: dict[str, int], offered: dict[tuple[str, str], tuple[int, int]]
) -> None:
    shelves = shelves_of(offered)
    there = {sku: sum(shelf.on_shelf + shelf.to_come for shelf in shelves if shelf.sku == sku) for sku in wanted}
    short = [sku for sku in sorted(wanted) if there[sku] < wanted[sku]]
    if short:
        with pytest.raises(Shortage) as told:
            allocate(wanted, shelves)
        assert (told.value.sku, told.value.available) == (short[0], there[short[0]])
        return
    allocated = list(strategy(wanted, shelves))
    total = Counter[str]()
    for sku, place, quantity in allocated:
        total[sku] += quantity
        on_shelf, to_come = offered[sku, place]
        assert 1 <= quantity <= on_shelf + to_come
    assert total == Counter(wanted)
    assert len({(sku, place) for sku, place, _ in allocated}) == len(allocated)


@given(wanted=orders, offered=offers)
def test_nothing_is_promised_that_has_yet_to_come_while_some_lies_anywhere(
    strategy: Strategy, wanted: dict[str, int], offered: dict[tuple[str, str], tuple[int, int]]
) -> None:
    shelves = shelves_of({place: (there, 6) for place, (there, _) in offered.items()})
    try:
        allocate(wanted, shelves)
    except Shortage:
        return
    for sku, place, quantity in strategy(wanted, shelves):
        if quantity > offered[sku, place][0]:
            taken = sum(part for other, _, part in strategy(wanted, shelves) if other == sku)
            assert taken > sum(shelf.on_shelf for shelf in shelves if shelf.sku == sku)


@given(wanted=orders, offered=offers, shuffled=st.randoms())
def test_it_is_the_same_in_whatever_order_the_shelves_are_told(
    strategy: Strategy, wanted: dict[str, int], offered: dict[tuple[str, str], tuple[int, int]], shuffled: Any
) -> None:
    shelves = shelves_of(offered)
    try:
        first = allocate(wanted, shelves)
    except Shortage:
        return
    shuffled.shuffle(shelves)
    assert allocate(wanted, shelves) == first == sorted(first)


@given(wanted=orders, offered=offers)
def test_one_location_serves_all_when_one_can(
    wanted: dict[str, int], offered: dict[tuple[str, str], tuple[int, int]]
) -> None:
    can = [
        place
        for place in sorted(PRIORITIES, key=lambda place: (PRIORITIES[place], place))
        if all(offered.get((sku, place), (0, 0))[0] >= quantity for sku, quantity in wanted.items())
    ]
    if can:
        assert {place for _, place, _ in whole_order_first(wanted, shelves_of(offered))} == {can[0]}


def test_the_first_location_gives_what_it_has_and_the_next_the_rest() -> None:
    shelves = [Shelf("MUG", "west", 3, 9), Shelf("MUG", "east", 1, 2), Shelf("MUG", "north", 2, 1)]
    assert sorted(by_priority({"MUG": 4}, shelves)) == [
        Allocation("MUG", "east", 2),
        Allocation("MUG", "north", 1),
        Allocation("MUG", "west", 1),
    ]
    assert whole_order_first({"MUG": 4}, shelves) == [Allocation("MUG", "west", 4)]


def test_what_has_yet_to_come_is_promised_by_priority_too() -> None:
    shelves = [Shelf("MUG", "east", 1, 0, to_come=1), Shelf("MUG", "west", 3, 2, to_come=5)]
    assert sorted(by_priority({"MUG": 4}, shelves)) == [Allocation("MUG", "east", 1), Allocation("MUG", "west", 3)]


def test_locations_of_one_priority_go_by_their_codes() -> None:
    shelves = [Shelf("MUG", "north", 2, 1), Shelf("MUG", "main", 2, 1)]
    assert whole_order_first({"MUG": 1}, shelves) == [Allocation("MUG", "main", 1)]


def spends_too_much(_wanted: object, _shelves: object) -> list[Allocation]:
    return [Allocation("MUG", "main", 2)]


def spends_too_little(_wanted: object, _shelves: object) -> list[Allocation]:
    return []


def takes_twice_from_one_place(_wanted: object, _shelves: object) -> list[Allocation]:
    return [Allocation("MUG", "main", 2), Allocation("MUG", "main", -1)]


@pytest.mark.parametrize("wrong", [spends_too_much, spends_too_little, takes_twice_from_one_place])
def test_a_strategy_that_allocates_something_else_is_not_believed(settings: Settings, wrong: Strategy) -> None:
    settings.INVENTORY_ALLOCATION = f"{__name__}.{wrong.__name__}"
    with pytest.raises(Misallocated):
        allocate({"MUG": 1}, [Shelf("MUG", "main", 1, 5)])
