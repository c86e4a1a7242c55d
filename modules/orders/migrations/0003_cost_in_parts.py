"""What was ordered so far had neither tax nor shipping nor discount: the lines are all that it costs."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F


def tell_parts(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    alias = schema_editor.connection.alias
    apps.get_model("orders", "Order").objects.using(alias).update(net=F("total"))
    apps.get_model("orders", "OrderLine").objects.using(alias).update(net=F("unit_price") * F("quantity"))


class Migration(migrations.Migration):
    dependencies = [("orders", "0002_depth")]

    operations = [migrations.RunPython(tell_parts, migrations.RunPython.noop)]
