"""A level for each location instead of one for each SKU; and what reservations and the ledger now tell."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models
from django.db.models import F, Q

REASONS = (
    "received",
    "reserved",
    "committed",
    "fulfilled",
    "released",
    "expired",
    "returned",
    "transferred",
    "counted",
    "adjusted",
    "damaged",
    "lost",
    "found",
)


class Migration(migrations.Migration):
    dependencies = [("inventory", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Location",
            fields=[
                ("code", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=200)),
                ("priority", models.PositiveIntegerField(default=100)),
                ("active", models.BooleanField(default=True)),
            ],
        ),
        # What the SKUs are stays in its table. How many there are moves to another, in 0003.
        migrations.RenameModel(old_name="StockLevel", new_name="StockItem"),
        migrations.CreateModel(
            name="StockLevel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on_hand", models.BigIntegerField(default=0)),
                ("reserved", models.BigIntegerField(default=0)),
                ("backorder_limit", models.BigIntegerField(default=0)),
                ("reorder_point", models.BigIntegerField(default=None, null=True)),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="levels", to="inventory.stockitem"
                    ),
                ),
                (
                    "location",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="levels", to="inventory.location"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("item", "location"), name="inventory_one_level_per_location"),
                    models.CheckConstraint(
                        condition=Q(
                            on_hand__gte=0,
                            reserved__gte=0,
                            reserved__lte=F("on_hand") + F("backorder_limit"),
                            backorder_limit__gte=0,
                        ),
                        name="inventory_reserved_within_on_hand_and_backorders",
                    ),
                ]
            },
        ),
        migrations.AddField("reservation", "expires_at", models.DateTimeField(default=None, null=True)),
        migrations.RemoveConstraint("reservation", "inventory_one_live_reservation_per_order"),
        migrations.AddConstraint(
            "reservation",
            models.UniqueConstraint(
                condition=~Q(state__in=("released", "expired")),
                fields=("order_id",),
                name="inventory_one_live_reservation_per_order",
            ),
        ),
        migrations.RemoveConstraint("reservation", "inventory_reservation_state_known"),
        migrations.AddConstraint(
            "reservation",
            models.CheckConstraint(
                condition=Q(state__in=("held", "committed", "fulfilled", "released", "expired")),
                name="inventory_reservation_state_known",
            ),
        ),
        migrations.AddField(
            "reservationline", "location", models.CharField(max_length=32, default="main"), preserve_default=False
        ),
        migrations.AddField("reservationline", "fulfilled", models.BigIntegerField(default=0)),
        migrations.AddField("reservationline", "released", models.BigIntegerField(default=0)),
        migrations.RemoveConstraint("reservationline", "inventory_one_line_per_sku"),
        migrations.AddConstraint(
            "reservationline",
            models.UniqueConstraint(
                fields=("reservation", "sku", "location"), name="inventory_one_line_per_sku_and_location"
            ),
        ),
        migrations.AddConstraint(
            "reservationline",
            models.CheckConstraint(
                condition=Q(fulfilled__gte=0, released__gte=0, quantity__gte=F("fulfilled") + F("released")),
                name="inventory_line_gives_no_more_than_it_holds",
            ),
        ),
        migrations.CreateModel(
            name="Departure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(max_length=200)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "reservation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="departures",
                        to="inventory.reservation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("reservation", "reference"), name="inventory_each_parcel_leaves_once"
                    )
                ]
            },
        ),
        migrations.AddField(
            "stockmovement", "location", models.CharField(max_length=32, default="main"), preserve_default=False
        ),
        migrations.AddField(
            "stockmovement", "actor", models.CharField(max_length=100, default=""), preserve_default=False
        ),
        migrations.AddField("stockmovement", "on_hand_after", models.BigIntegerField(default=None, null=True)),
        migrations.AddField("stockmovement", "reserved_after", models.BigIntegerField(default=None, null=True)),
        migrations.RemoveConstraint("stockmovement", "inventory_movement_reason_known"),
        migrations.AddConstraint(
            "stockmovement",
            models.CheckConstraint(condition=Q(reason__in=REASONS), name="inventory_movement_reason_known"),
        ),
    ]
