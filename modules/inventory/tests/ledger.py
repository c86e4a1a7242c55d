"""The check that the ledger and the levels tell the same story."""

from django.db.models import Sum

from modules.inventory.models import StockMovement
from modules.inventory.tests.stockroom import shelf


def drift() -> dict[str, object]:
    """By SKU, what its row says and what its movements add up to, where the two differ."""
    rows, ledger = shelf(), sums()
    return {sku: (rows.get(sku), ledger.get(sku)) for sku in rows | ledger if rows.get(sku) != ledger.get(sku)}


def sums() -> dict[str, tuple[int, int]]:
    """(on hand, reserved) of each SKU, by adding up."""
    added = StockMovement.objects.values("sku").annotate(on_hand=Sum("on_hand_change"), reserved=Sum("reserved_change"))
    return {row["sku"]: (row["on_hand"], row["reserved"]) for row in added}


def story(sku: str) -> list[tuple[str, int, int]]:
    """(reason, change on hand, change reserved) of each movement, first to last."""
    movements = StockMovement.objects.filter(sku=sku).order_by("id")
    return [(movement.reason, movement.on_hand_change, movement.reserved_change) for movement in movements]
