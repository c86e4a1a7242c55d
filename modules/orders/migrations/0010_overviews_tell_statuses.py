"""What was heard so far makes of its order what the overview is to tell: as a rebuild would, in all generations."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from modules.orders.overview import Heard, statuses, summed

AT_A_TIME = 500


def tell_statuses(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    rows = apps.get_model("orders", "OrderOverview").objects.using(schema_editor.connection.alias)
    known = rows.order_by("pk").select_related("order")
    last = 0
    while found := list(known.filter(pk__gt=last).prefetch_related("order__lines")[:AT_A_TIME]):
        for row in found:
            ordered = summed((line.sku, line.quantity) for line in row.order.lines.all())
            told = statuses(row.order.total, ordered, Heard.model_validate(row.heard))
            row.payment_status, row.parcels_status = told
        rows.bulk_update(found, ["payment_status", "parcels_status"])
        last = found[-1].pk


class Migration(migrations.Migration):
    dependencies = [("orders", "0009_found_by_what_was_heard")]

    operations = [migrations.RunPython(tell_statuses, migrations.RunPython.noop)]
