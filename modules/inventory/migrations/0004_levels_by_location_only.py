"""What 0003 has moved is gone from where it was, and its rules hold."""

from django.db import migrations, models
from django.db.models import Q

from tearline.databases.transitions import GuardTransitions


class Migration(migrations.Migration):
    dependencies = [("inventory", "0003_all_in_main")]

    operations = [
        migrations.RemoveConstraint("stockitem", "inventory_reserved_within_on_hand"),
        migrations.RemoveField("stockitem", "on_hand"),
        migrations.RemoveField("stockitem", "reserved"),
        migrations.AddConstraint(
            "stockmovement",
            models.CheckConstraint(
                condition=Q(on_hand_after__isnull=False, reserved_after__isnull=False)
                & Q(on_hand_after__gte=0, reserved_after__gte=0)
                | Q(on_hand_change=0, reserved_change=0, on_hand_after=None, reserved_after=None),
                name="inventory_movement_leaves_a_balance",
            ),
        ),
        GuardTransitions(
            "Reservation",
            "state",
            {
                "held": ["committed", "released", "expired"],
                "committed": ["fulfilled", "released"],
                "fulfilled": [],
                "released": [],
                "expired": [],
            },
        ),
    ]
