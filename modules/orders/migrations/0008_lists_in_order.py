from django.db import migrations, models


class Migration(migrations.Migration):
    """Lists of orders are sorted by age and by total, too."""

    dependencies = [
        ("orders", "0007_customers"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["created_at", "id"], name="orders_order_by_age"),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["total", "id"], name="orders_order_by_total"),
        ),
    ]
