import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("shipping", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Consignment",
            fields=[
                ("order_id", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("confirmed", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="ConsignmentLine",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("sku", models.CharField(max_length=64)),
                ("ordered", models.PositiveIntegerField()),
                ("packed", models.PositiveIntegerField(default=0)),
                ("cancelled", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Stop",
            fields=[
                ("key", models.CharField(max_length=400, primary_key=True, serialize=False)),
                ("reason", models.CharField(max_length=500)),
                ("taken_back", models.BooleanField(default=False)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="shipment",
            name="shipping_ready_means_labelled",
        ),
        migrations.RemoveConstraint(
            model_name="shipment",
            name="shipping_tracking_number_once",
        ),
        migrations.AddField(
            model_name="shipment",
            name="cancelled_for",
            field=models.CharField(blank=True, default="", max_length=500),
        ),
        migrations.AddField(
            model_name="shipment",
            name="delivered_at",
            field=models.DateTimeField(default=None, null=True),
        ),
        migrations.AddField(
            model_name="shipment",
            name="dispatched_at",
            field=models.DateTimeField(default=None, null=True),
        ),
        migrations.AddField(
            model_name="shipment",
            name="held_for",
            field=models.CharField(blank=True, default="", max_length=500),
        ),
        migrations.AddField(
            model_name="shipment",
            name="label",
            field=models.CharField(default="none", max_length=10),
        ),
        migrations.AddField(
            model_name="shipment",
            name="pack_again",
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name="shipment",
            name="order_id",
            field=models.CharField(db_index=True, max_length=40),
        ),
        migrations.AddField(
            model_name="consignmentline",
            name="consignment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="shipping.consignment"
            ),
        ),
        migrations.AddField(
            model_name="stop",
            name="consignment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="stops", to="shipping.consignment"
            ),
        ),
        migrations.AddConstraint(
            model_name="consignmentline",
            constraint=models.UniqueConstraint(
                fields=("consignment", "sku"), name="shipping_one_consignment_line_per_sku"
            ),
        ),
        migrations.AddConstraint(
            model_name="consignmentline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("cancelled__gte", 0),
                    ("packed__gte", 0),
                    (
                        "packed__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("ordered"), "-", models.F("cancelled")
                        ),
                    ),
                ),
                name="shipping_packed_within_ordered",
            ),
        ),
    ]
