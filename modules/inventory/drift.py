"""The proof that the ledger, the levels and the reservations tell the same story."""

from django.db import connections

from modules.inventory.contracts import StockDifference, StockDrift
from modules.inventory.models import StockLevel

# One statement, so that it sees one moment: while goods are sold, two would contradict each other.
_COMPARED = """
SELECT sku, location, SUM(on_hand), SUM(ledger_on_hand), SUM(reserved), SUM(ledger_reserved), SUM(promised)
FROM (
    SELECT item_id AS sku, location_id AS location,
        on_hand, 0 AS ledger_on_hand, reserved, 0 AS ledger_reserved, 0 AS promised
    FROM inventory_stocklevel
    UNION ALL
    SELECT sku, location, 0, SUM(on_hand_change), 0, SUM(reserved_change), 0
    FROM inventory_stockmovement GROUP BY sku, location
    UNION ALL
    SELECT sku, location, 0, 0, 0, 0, SUM(quantity - fulfilled - released)
    FROM inventory_reservationline GROUP BY sku, location
) AS told
GROUP BY sku, location
HAVING SUM(on_hand) <> SUM(ledger_on_hand) OR SUM(reserved) <> SUM(ledger_reserved) OR SUM(reserved) <> SUM(promised)
ORDER BY sku, location
"""


def drift() -> StockDrift:
    """What differs, by SKU and location. Reads the whole ledger."""
    with connections["inventory"].cursor() as cursor:
        cursor.execute(_COMPARED)
        rows = cursor.fetchall()
    return StockDrift(levels=StockLevel.objects.count(), differences=[_told(*row) for row in rows])


def _told(sku: str, location: str, *numbers: int) -> StockDifference:
    on_hand, ledger_on_hand, reserved, ledger_reserved, promised = map(int, numbers)
    return StockDifference(
        sku=sku,
        location=location,
        on_hand=on_hand,
        ledger_on_hand=ledger_on_hand,
        reserved=reserved,
        ledger_reserved=ledger_reserved,
        promised=promised,
    )
