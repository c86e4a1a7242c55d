"""What was there so far lies in the main location; lines of the ledger say what balance they left."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F

# The database moves all rows by itself, as a ledger may be long.
LEVELS = """
INSERT INTO inventory_stocklevel (item_id, location_id, on_hand, reserved, backorder_limit)
SELECT sku, 'main', on_hand, reserved, 0 FROM inventory_stockitem
"""
TOTALS = """
UPDATE inventory_stockitem SET on_hand = summed.on_hand, reserved = summed.reserved
FROM (SELECT item_id, SUM(on_hand) AS on_hand, SUM(reserved) AS reserved FROM inventory_stocklevel GROUP BY item_id)
AS summed WHERE summed.item_id = inventory_stockitem.sku
"""
BALANCES = """
UPDATE inventory_stockmovement SET on_hand_after = summed.on_hand, reserved_after = summed.reserved
FROM (
    SELECT id, SUM(on_hand_change) OVER so_far AS on_hand, SUM(reserved_change) OVER so_far AS reserved
    FROM inventory_stockmovement WINDOW so_far AS (PARTITION BY sku ORDER BY id)
) AS summed
WHERE summed.id = inventory_stockmovement.id AND (on_hand_change <> 0 OR reserved_change <> 0)
"""


def put_all_in_main(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    alias = schema_editor.connection.alias
    apps.get_model("inventory", "Location").objects.using(alias).create(code="main", name="Main")
    lines = apps.get_model("inventory", "ReservationLine").objects.using(alias)
    lines.filter(reservation__state="released").update(released=F("quantity"))
    schema_editor.execute(LEVELS)
    schema_editor.execute(BALANCES)


def put_all_back(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Where something lies is forgotten."""
    alias = schema_editor.connection.alias
    schema_editor.execute(TOTALS)
    apps.get_model("inventory", "StockLevel").objects.using(alias).all().delete()
    apps.get_model("inventory", "Location").objects.using(alias).all().delete()


class Migration(migrations.Migration):
    dependencies = [("inventory", "0002_locations")]

    operations = [migrations.RunPython(put_all_in_main, put_all_back)]
