from django.db import migrations

from tearline.databases.transitions import GuardTransitions

TO_THE_STAFF = "UPDATE notifications_notification SET recipient = 'staff' WHERE template = 'stock_ran_out'"


class Migration(migrations.Migration):
    dependencies = [("notifications", "0002_in_depth")]

    operations = [
        migrations.RunSQL(TO_THE_STAFF, migrations.RunSQL.noop),
        GuardTransitions(
            "notification",
            "state",
            {
                "queued": ["failed", "sending", "suppressed"],
                "sending": ["bounced", "delivered", "failed", "sent", "suppressed"],
                "failed": ["sending", "suppressed"],
                "sent": ["bounced", "delivered"],
                "delivered": ["bounced"],
            },
        ),
        GuardTransitions(
            "webhookendpoint",
            "state",
            {"enabled": ["disabled", "removed"], "disabled": ["enabled", "removed"]},
        ),
        GuardTransitions("webhookdelivery", "state", {"pending": ["delivered", "dropped", "failed"]}),
    ]
