from django.db import migrations, models


class Migration(migrations.Migration):
    """Orders are found by what was heard of them, too, which their overviews tell from here on."""

    dependencies = [
        ("orders", "0008_lists_in_order"),
    ]

    operations = [
        migrations.AddField(
            model_name="orderoverview",
            name="payment_status",
            field=models.CharField(db_default="unpaid", default="unpaid", max_length=20),
        ),
        migrations.AddField(
            model_name="orderoverview",
            name="parcels_status",
            field=models.CharField(db_default="unfulfilled", default="unfulfilled", max_length=20),
        ),
    ]
