from django.db import migrations, models


class Migration(migrations.Migration):
    """An order knows that its money was taken. Those from before know it by what they have heard."""

    dependencies = [
        ("orders", "0011_statuses_by_index"),
    ]

    operations = [
        migrations.AddField(
            model_name="order",
            name="taken_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("taken_at__isnull", False)), fields=["id"], name="orders_order_taken"
            ),
        ),
    ]
