"""The database sees to it that one price is valid at a time; and what was there before is found by its words."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from tearline.databases.periods import GuardPeriods


def index_all(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """As `Product.index` does. Nothing had attributes so far."""
    products = apps.get_model("catalog", "Product").objects.using(schema_editor.connection.alias)
    for product in products.prefetch_related("variants").iterator(chunk_size=500):
        variants = sorted(product.variants.all(), key=lambda variant: variant.sku)
        said = [product.name, product.description, *(f"{variant.sku}\n{variant.name}" for variant in variants)]
        product.search_text = "\n".join(said).casefold()
        product.save(update_fields=["search_text"])


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_prices_with_periods")]

    operations = [
        migrations.RunPython(index_all, migrations.RunPython.noop),
        GuardPeriods("Price", ["variant", "currency"], "valid_from", "valid_until"),
    ]
