"""What an order costs in parts, which version it is, what was heard of it, how it is given up, what comes back."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Cancellation",
            fields=[
                ("id", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("state", models.CharField(default="asked", max_length=20)),
                ("reason", models.TextField()),
                ("who", models.CharField(max_length=200)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="OrderOverview",
            fields=[
                (
                    "order",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="overview",
                        serialize=False,
                        to="orders.order",
                    ),
                ),
                ("heard", models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name="RefundAttempt",
            fields=[
                ("id", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("who", models.CharField(max_length=200)),
                ("declined_code", models.CharField(default="", max_length=200)),
                ("declined_detail", models.TextField(default="")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="Return",
            fields=[
                ("id", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("state", models.CharField(default="requested", max_length=20)),
                ("reason", models.TextField()),
                ("failure_code", models.CharField(default="", max_length=200)),
                ("failure_detail", models.TextField(default="")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="ReturnLine",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("quantity", models.IntegerField()),
                ("received", models.IntegerField(default=0)),
                ("resellable", models.IntegerField(default=0)),
                ("amount", models.BigIntegerField(default=0)),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.RemoveConstraint(
            model_name="order",
            name="orders_order_status_known",
        ),
        migrations.AddField(
            model_name="order",
            name="discount",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="order",
            name="discount_asked",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="order",
            name="discount_reason",
            field=models.TextField(default=""),
        ),
        migrations.AddField(
            model_name="order",
            name="net",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="order",
            name="shipping",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="order",
            name="tax",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="order",
            name="version",
            field=models.IntegerField(default=1),
        ),
        migrations.AddField(
            model_name="orderline",
            name="discount",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="orderline",
            name="net",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="orderline",
            name="returned",
            field=models.IntegerField(default=0),
        ),
        migrations.AddField(
            model_name="orderline",
            name="tax",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="cancellation",
            name="order",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="cancellations", to="orders.order"
            ),
        ),
        migrations.AddField(
            model_name="return",
            name="order",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="returns", to="orders.order"
            ),
        ),
        migrations.AddField(
            model_name="refundattempt",
            name="of",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="attempts", to="orders.return"
            ),
        ),
        migrations.AddField(
            model_name="returnline",
            name="line",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="returns", to="orders.orderline"
            ),
        ),
        migrations.AddField(
            model_name="returnline",
            name="of",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="orders.return"
            ),
        ),
        migrations.AddConstraint(
            model_name="cancellation",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("asked", "done", "refused"))), name="orders_cancellation_state_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="cancellation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "refused"), _negated=True),
                fields=("order",),
                name="orders_one_cancellation_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="return",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("requested", "rejected", "received", "refunding", "refunded"))),
                name="orders_return_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="returnline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount__gte", 0),
                    ("quantity__gte", 1),
                    ("received__gte", 0),
                    ("received__lte", models.F("quantity")),
                    ("resellable__gte", 0),
                    ("resellable__lte", models.F("received")),
                ),
                name="orders_return_line_in_bounds",
            ),
        ),
    ]
