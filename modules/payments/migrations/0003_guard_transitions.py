from django.db import migrations

from tearline.databases.transitions import GuardTransitions


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_in_depth")]

    operations = [
        GuardTransitions(
            "payment",
            "state",
            {
                "processing": ["unknown", "authorized", "cancelled", "failed"],
                "unknown": ["authorized", "cancelled", "failed"],
                "authorized": ["captured", "cancelled"],
                "captured": ["authorized", "cancelled"],
            },
        ),
        GuardTransitions(
            "capture",
            "state",
            {
                "processing": ["unknown", "captured", "cancelled", "failed"],
                "unknown": ["captured", "cancelled", "failed"],
                "captured": ["cancelled"],
            },
        ),
        GuardTransitions(
            "refund",
            "state",
            {"processing": ["unknown", "refunded", "failed"], "unknown": ["refunded", "failed"]},
        ),
        GuardTransitions("dispute", "state", {"open": ["won", "lost"]}),
    ]
