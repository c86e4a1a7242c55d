"""From which locations an order is served: pure functions, of which `settings.INVENTORY_ALLOCATION` names one.

A strategy is asked only when there is enough in all. It takes what lies there before it takes what has yet to come in.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from tearline.dotted_paths import named


class Shelf(NamedTuple):
    """What can be had of one SKU at one location. Locations of a lower `priority` are asked first.

    `on_shelf` lie there and are nobody's. `to_come` more may be promised although they are not there yet.
    """

    sku: str
    location: str
    priority: int
    on_shelf: int
    to_come: int = 0


class Allocation(NamedTuple):
    """So many of one SKU from one location. Sorted, they are in the order in which levels are moved."""

    sku: str
    location: str
    quantity: int


Wanted = Mapping[str, int]
Strategy = Callable[[Wanted, Sequence[Shelf]], Iterable[Allocation]]


class Shortage(Exception):
    """There is less of a SKU, in all locations together, than is wanted."""

    def __init__(self, sku: str, *, wanted: int, available: int) -> None:
        super().__init__(f"{sku}: {wanted} wanted, {available} available")
        self.sku, self.wanted, self.available = sku, wanted, available


class Misallocated(ValueError):
    """A strategy has allocated something else than was wanted."""


def allocate(wanted: Wanted, shelves: Sequence[Shelf]) -> list[Allocation]:
    """By the strategy that is chosen here, sorted. Raises Shortage for the first SKU that is short."""
    for sku in sorted(wanted):
        available = sum(shelf.on_shelf + shelf.to_come for shelf in shelves if shelf.sku == sku)
        if available < wanted[sku]:
            raise Shortage(sku, wanted=wanted[sku], available=available)
    strategy: Strategy = named(setting="INVENTORY_ALLOCATION")
    return _checked(wanted, strategy(wanted, shelves))


def _checked(wanted: Wanted, allocations: Iterable[Allocation]) -> list[Allocation]:
    """As it makes up its own mind, a strategy is not believed."""
    found = sorted(allocations)
    total = Counter[str]()
    for sku, _, quantity in found:
        total[sku] += quantity
    places = {(sku, location) for sku, location, _ in found}
    if total != Counter(wanted) or len(places) < len(found) or any(quantity < 1 for _, _, quantity in found):
        raise Misallocated(f"{dict(wanted)} was wanted, and {found} allocated")
    return found


def whole_order_first(wanted: Wanted, shelves: Sequence[Shelf]) -> list[Allocation]:
    """All from the first location where all of it lies, so that it fits one parcel; else as `by_priority`."""
    for location in _by_priority(shelves):
        there = {shelf.sku: shelf.on_shelf for shelf in shelves if shelf.location == location}
        if all(there.get(sku, 0) >= quantity for sku, quantity in wanted.items()):
            return [Allocation(sku, location, quantity) for sku, quantity in wanted.items()]
    return by_priority(wanted, shelves)


def by_priority(wanted: Wanted, shelves: Sequence[Shelf]) -> list[Allocation]:
    """Of each SKU as many as there are from the first location, the rest from the next."""
    return [allocation for sku, quantity in wanted.items() for allocation in _split(sku, quantity, shelves)]


def _split(sku: str, quantity: int, shelves: Sequence[Shelf]) -> list[Allocation]:
    order = _by_priority(shelves)
    ours = sorted((shelf for shelf in shelves if shelf.sku == sku), key=lambda shelf: order.index(shelf.location))
    taken = Counter[str]()
    there = [(shelf.location, shelf.on_shelf) for shelf in ours]
    to_come = [(shelf.location, shelf.to_come) for shelf in ours]
    for location, offered in there + to_come:
        taken[location] += min(offered, quantity - taken.total())
    return [Allocation(sku, location, part) for location, part in taken.items() if part]


def _by_priority(shelves: Sequence[Shelf]) -> list[str]:
    """The locations. Those of one priority go by their codes."""
    return [location for _, location in sorted({(shelf.priority, shelf.location) for shelf in shelves})]
