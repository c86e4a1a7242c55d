"""Prices get a time in which they are valid, products and variants attributes, and variants can be withdrawn."""

from datetime import UTC, datetime

from django.db import migrations, models
from django.db.models import F, Q

SINCE_ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Turn",
            fields=[
                ("id", models.SmallIntegerField(primary_key=True, serialize=False)),
                ("taken_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField("product", "attributes", models.JSONField(blank=True, default=dict)),
        migrations.AddField("product", "search_text", models.TextField(default="", editable=False)),
        migrations.AddField("variant", "active", models.BooleanField(default=True)),
        migrations.AddField("variant", "attributes", models.JSONField(blank=True, default=dict)),
        migrations.AddConstraint(
            "variant",
            models.UniqueConstraint(
                condition=~Q(attributes={}),
                fields=("product", "attributes"),
                name="catalog_variants_told_apart_by_attributes",
            ),
        ),
        migrations.RemoveConstraint("price", "catalog_one_price_per_currency"),
        migrations.AddField("price", "valid_from", models.DateTimeField(default=SINCE_ALWAYS), preserve_default=False),
        migrations.AddField("price", "valid_until", models.DateTimeField(blank=True, default=None, null=True)),
        migrations.AddConstraint(
            "price",
            models.UniqueConstraint(
                fields=("variant", "currency", "valid_from"), name="catalog_one_price_begins_at_a_time"
            ),
        ),
        migrations.AddConstraint(
            "price",
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")),
                name="catalog_price_ends_after_begin",
            ),
        ),
    ]
