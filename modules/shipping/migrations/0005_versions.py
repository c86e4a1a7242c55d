from django.db import migrations, models

from tearline.databases.transitions import GuardTransitions

LEFT = ["in_transit", "out_for_delivery", "delivered", "exception", "returned"]


class Migration(migrations.Migration):
    dependencies = [("shipping", "0004_labelled_means_tracked")]

    operations = [
        migrations.AddField(
            model_name="shipment",
            name="version",
            field=models.IntegerField(db_default=1, default=1),
        ),
        # SQLite makes the table anew for that.
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
