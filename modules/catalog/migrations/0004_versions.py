from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_one_price_at_a_time")]

    operations = [
        migrations.AddField(
            model_name="product",
            name="version",
            field=models.IntegerField(db_default=1, default=0),
        ),
    ]
