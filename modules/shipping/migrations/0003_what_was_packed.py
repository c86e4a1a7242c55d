"""Every order that has a shipment was confirmed, and all of it was packed."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

LABELS = "UPDATE shipping_shipment SET label = 'bought' WHERE tracking_number <> ''"
CONSIGNMENTS = """
INSERT INTO shipping_consignment (order_id, confirmed) SELECT order_id, TRUE FROM shipping_shipment
"""
LINES = """
INSERT INTO shipping_consignmentline (consignment_id, sku, ordered, packed, cancelled, sent, coming_back)
SELECT order_id, sku, SUM(quantity), SUM(quantity), 0, 0, 0
FROM shipping_line JOIN shipping_shipment ON shipping_shipment.id = shipment_id
GROUP BY order_id, sku ORDER BY MIN(shipping_line.id)
"""


def pack_what_there_is(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in (LABELS, CONSIGNMENTS, LINES):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("shipping", "0002_parcels")]

    operations = [migrations.RunPython(pack_what_there_is, migrations.RunPython.noop)]
