import django.db.models.deletion
from django.db import migrations, models

import tearline.projections._read_models


class Migration(migrations.Migration):
    """The overview begins anew, as a read model."""

    dependencies = [
        ("orders", "0005_daily_sales"),
    ]

    operations = [
        migrations.DeleteModel(name="OrderOverview"),
        migrations.CreateModel(
            name="OrderOverview",
            fields=[
                (
                    "generation",
                    models.BigIntegerField(default=tearline.projections._read_models.generation_filled, editable=False),
                ),
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("heard", models.JSONField(default=dict)),
                (
                    "order",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="overviews",
                        to="orders.order",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("generation", "order"), name="orders_overview_once"),
                ],
            },
        ),
    ]
