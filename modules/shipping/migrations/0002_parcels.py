import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("shipping", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="CarrierEvent",
            fields=[
                ("id", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("carrier", models.CharField(max_length=40)),
                ("event_id", models.CharField(max_length=200)),
                ("kind", models.CharField(max_length=100)),
                ("tracking_number", models.CharField(max_length=200)),
                ("body", models.TextField()),
                ("state", models.CharField(default="received", max_length=16)),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
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
                ("sent", models.PositiveIntegerField(default=0)),
                ("coming_back", models.PositiveIntegerField(default=0)),
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
        migrations.CreateModel(
            name="TrackingEntry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("scan", models.CharField(max_length=200)),
                ("status", models.CharField(max_length=20)),
                ("detail", models.CharField(max_length=500)),
                ("at", models.DateTimeField()),
                ("heard_at", models.DateTimeField(default=django.utils.timezone.now)),
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
            name="direction",
            field=models.CharField(default="outbound", max_length=10),
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
            name="looks",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="shipment",
            name="moved_at",
            field=models.DateTimeField(default=None, null=True),
        ),
        migrations.AddField(
            model_name="shipment",
            name="pack_again",
            field=models.JSONField(default=None, null=True),
        ),
        migrations.AddField(
            model_name="shipment",
            name="service",
            field=models.CharField(blank=True, default="", max_length=60),
        ),
        migrations.AlterField(
            model_name="shipment",
            name="order_id",
            field=models.CharField(db_index=True, max_length=40),
        ),
        migrations.AddConstraint(
            model_name="carrierevent",
            constraint=models.UniqueConstraint(fields=("carrier", "event_id"), name="shipping_carrier_event_once"),
        ),
        migrations.AddConstraint(
            model_name="carrierevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("received", "done", "unmatched"))),
                name="shipping_carrier_event_state_known",
            ),
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
        migrations.AddField(
            model_name="trackingentry",
            name="shipment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="history", to="shipping.shipment"
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
        migrations.AddConstraint(
            model_name="consignmentline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("coming_back__gte", 0), ("coming_back__lte", models.F("sent")), ("sent__lte", models.F("packed"))
                ),
                name="shipping_sent_within_packed",
            ),
        ),
        migrations.AddConstraint(
            model_name="trackingentry",
            constraint=models.UniqueConstraint(fields=("shipment", "scan"), name="shipping_scan_once"),
        ),
    ]
