from django.db import migrations, models

from tearline.databases.transitions import GuardTransitions


class Migration(migrations.Migration):
    dependencies = [("notifications", "0003_guard_transitions")]

    operations = [
        migrations.AddField(
            model_name="webhookendpoint",
            name="version",
            field=models.IntegerField(db_default=1, default=1),
        ),
        # SQLite makes the table anew for that.
        GuardTransitions(
            "webhookendpoint",
            "state",
            {"enabled": ["disabled", "removed"], "disabled": ["enabled", "removed"]},
        ),
    ]
