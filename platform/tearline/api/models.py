"""API keys. A token is shown once, when it is issued; only its hash is kept."""

import re
from typing import ClassVar

from django.db import models
from django.utils import timezone

from tearline.contracts import Id

EVERYTHING = "*"

_SCOPE = re.compile(r"[a-z_]+:[a-z_]+|\*")


def is_scope(text: str) -> bool:
    """Whether it is of the form `orders:read`, or "*" for all."""
    return bool(_SCOPE.fullmatch(text))


class KeyId(Id, prefix="key"):
    """Names an API key; it is no secret."""


class ApiKey(models.Model):
    """Who may call the REST API, and for what.

    A key that takes another's place acts under that one's name: whoever repeats a request with it is known again.
    """

    id = models.CharField(primary_key=True, max_length=30, default=KeyId.new, editable=False)
    name = models.CharField(max_length=100, help_text="Who uses it and for what, in words.")
    prefix = models.CharField(max_length=16, help_text="The beginning of the token, to recognise it by.")
    hash = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the token, in hexadecimal.")
    scopes = models.JSONField(default=list, help_text='Such as ["orders:read"]; ["*"] allows everything.')
    customer = models.CharField(max_length=64, null=True, help_text="Whose things alone it opens; null: all.")
    acts_as = models.CharField(max_length=30, null=True, editable=False, help_text="The key whose place it took.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True, help_text="To the minute.")

    class Meta:
        ordering: ClassVar = ["-id"]
        verbose_name = "API key"

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def is_usable(self) -> bool:
        """Neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or timezone.now() < self.expires_at)

    @property
    def known_as(self) -> str:
        """Under which idempotency keys are kept and requests counted, however often the key is changed."""
        return self.acts_as or self.id

    def revoke(self) -> None:
        """From the next request on, nobody gets in by this key."""
        self.revoked_at = timezone.now()
        self.save(update_fields=["revoked_at"])
