from django.db import migrations, models

from tearline.databases.transitions import GuardTransitions

LEFT = ["in_transit", "out_for_delivery", "delivered", "exception", "returned"]


class Migration(migrations.Migration):
    dependencies = [("shipping", "0003_what_was_packed")]

    operations = [
        migrations.AddConstraint(
            model_name="shipment",
            constraint=models.CheckConstraint(
                condition=models.Q(("direction__in", ("outbound", "return"))), name="shipping_shipment_direction_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="shipment",
            constraint=models.CheckConstraint(
                condition=models.Q(("label__in", ("none", "bought", "voiding", "voided"))),
                name="shipping_shipment_label_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="shipment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("label", "none"), ("state", "pending")),
                    ("state", "cancelled"),
                    models.Q(("label__in", ["none", "bought"]), ("state", "on_hold")),
                    models.Q(
                        ("label", "bought"),
                        (
                            "state__in",
                            ("ready", "in_transit", "out_for_delivery", "delivered", "exception", "returned"),
                        ),
                    ),
                    _connector="OR",
                ),
                name="shipping_state_fits_label",
            ),
        ),
        migrations.AddConstraint(
            model_name="shipment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("carrier", ""), ("label", "none"), ("tracking_number", "")),
                    models.Q(
                        models.Q(("label", "none"), _negated=True),
                        models.Q(("carrier", ""), _negated=True),
                        models.Q(("tracking_number", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="shipping_labelled_means_tracked",
            ),
        ),
        migrations.AddConstraint(
            model_name="shipment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("dispatched_at__isnull", False),
                        ("state__in", ("in_transit", "out_for_delivery", "delivered", "exception", "returned")),
                    ),
                    models.Q(
                        models.Q(
                            ("state__in", ("in_transit", "out_for_delivery", "delivered", "exception", "returned")),
                            _negated=True,
                        ),
                        ("dispatched_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="shipping_left_means_dispatched",
            ),
        ),
        migrations.AddConstraint(
            model_name="shipment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("tracking_number", ""), _negated=True),
                fields=("carrier", "tracking_number"),
                name="shipping_tracking_number_once",
            ),
        ),
        GuardTransitions(
            "shipment",
            "state",
            {
                "pending": ["ready", "on_hold", "cancelled"],
                "ready": ["on_hold", "cancelled", *LEFT],
                "on_hold": ["pending", "ready", "cancelled", *LEFT],
                "in_transit": ["out_for_delivery", "delivered", "exception", "returned"],
                "out_for_delivery": ["delivered", "exception", "returned"],
                "exception": ["in_transit", "out_for_delivery", "delivered", "returned"],
                "cancelled": LEFT,
            },
        ),
    ]
