from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inventory", "0004_levels_by_location_only")]

    operations = [
        migrations.AddField(
            model_name=model,
            name="version",
            field=models.IntegerField(db_default=1, default=1),
        )
        for model in ("location", "stockitem")
    ]
