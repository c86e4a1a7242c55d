"""What operators have taken out of service, for all processes at once."""

from django.db import models


class Isolation(models.Model):
    """A target that nobody shall ask until the row is gone. Kept in the platform's own database."""

    target = models.CharField(primary_key=True, max_length=100)
    by = models.CharField(max_length=200)
    reason = models.TextField()
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "tearline_isolation"
