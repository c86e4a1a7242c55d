"""The total adds up, and states follow each other as they may."""

from django.db import migrations, models

from tearline.databases.transitions import GuardTransitions


class Migration(migrations.Migration):
    dependencies = [("orders", "0003_cost_in_parts")]

    operations = [
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("total", models.F("net") + models.F("shipping") + models.F("tax") - models.F("discount"))
                ),
                name="orders_order_total_adds_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("discount__gte", 0),
                    ("discount__lte", models.F("net")),
                    ("net__gte", 0),
                    ("shipping__gte", 0),
                    ("tax__gte", 0),
                ),
                name="orders_order_parts_in_bounds",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ("draft", "pending", "confirmed", "completed", "cancelled", "expired"))
                ),
                name="orders_order_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("discount__gte", 0), ("discount__lte", models.F("net")), ("net__gte", 0), ("tax__gte", 0)
                ),
                name="orders_line_parts_in_bounds",
            ),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(("returned__gte", 0), ("returned__lte", models.F("quantity"))),
                name="orders_line_returned_within_quantity",
            ),
        ),
        GuardTransitions(
            "Order",
            "status",
            {
                "draft": ["pending", "cancelled", "expired"],
                "pending": ["confirmed", "cancelled", "expired"],
                "confirmed": ["completed", "cancelled"],
                "completed": [],
                "cancelled": [],
                "expired": [],
            },
        ),
        GuardTransitions("Cancellation", "state", {"asked": ["done", "refused"], "done": [], "refused": []}),
        GuardTransitions(
            "Return",
            "state",
            {
                "requested": ["received", "rejected"],
                "rejected": [],
                "received": ["refunding"],
                "refunding": ["refunded", "received"],
                "refunded": [],
            },
        ),
    ]
