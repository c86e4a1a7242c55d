"""The check that the ledger, the levels and the reservations tell the same story; another than the module's own."""

from collections import Counter

from modules.inventory.models import ReservationLine, StockLevel, StockMovement

Place = tuple[str, str]
"""A SKU and a location."""


def drift() -> dict[str, object]:
    """By SKU and location, what its row says, its movements add up to, and its reservations hold, where they differ."""
    rows = {(level.item_id, level.location_id): (level.on_hand, level.reserved) for level in StockLevel.objects.all()}
    ledger, promised = sums(), _promised()
    return {
        "@".join(place): (rows.get(place), ledger.get(place), promised[place])
        for place in rows | ledger | promised
        if (row := rows.get(place, (0, 0))) != ledger.get(place, (0, 0)) or row[1] != promised[place]
    }


def sums() -> dict[Place, tuple[int, int]]:
    """(on hand, reserved) of each SKU at each location, by adding up. Each line must have noted the same."""
    so_far: dict[Place, tuple[int, int]] = {}
    for line in StockMovement.objects.order_by("id"):
        place = (line.sku, line.location)
        on_hand, reserved = so_far.get(place, (0, 0))
        so_far[place] = (on_hand + line.on_hand_change, reserved + line.reserved_change)
        noted = (line.on_hand_after, line.reserved_after)
        assert noted in (so_far[place], (None, None)), f"{line} left {so_far[place]}, and says {noted}"
    return so_far


def _promised() -> Counter[Place]:
    held = Counter[Place]()
    for line in ReservationLine.objects.all():
        held[line.sku, line.location] += line.quantity - line.fulfilled - line.released
    return held


def story(sku: str, location: str = "main") -> list[tuple[str, int, int]]:
    """(reason, change on hand, change reserved) of each movement, first to last."""
    movements = StockMovement.objects.filter(sku=sku, location=location).order_by("id")
    return [(movement.reason, movement.on_hand_change, movement.reserved_change) for movement in movements]
