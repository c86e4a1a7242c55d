"""Refused at start, without DEBUG: secrets that everybody knows, or could find out.

Who starts a process elsewhere with what was fit for a laptop hears of it before anybody can reach that process.
"""

import os
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

SHORTEST = {
    "SECRET_KEY": 50,
    "TEARLINE_METRICS_TOKEN": 16,
    "PAYMENT_WEBHOOK_SECRET": 16,
    "SHIPPING_WEBHOOK_SECRET": 16,
}
"""Characters of settings that are secrets. TEARLINE_SERVICE_KEYS are looked at by who signs with them."""
FEWEST_DIFFERENT = 5
KNOWN_PASSWORDS = frozenset(
    {"admin", "changeme", "change-me", "example", "pass", "passw0rd", "password", "postgres", "root", "secret"}
    | {"tearline", "123456", "12345678"}
)


@register(Tags.security)
def no_secret_is_known_to_others(**_options: Any) -> list[CheckMessage]:
    return [] if settings.DEBUG else [*_weak_secrets(), *_known_passwords()]


def _weak_secrets() -> Iterator[CheckMessage]:
    for name, shortest in SHORTEST.items():
        secret = getattr(settings, name)
        if secret and (len(secret) < shortest or len(set(secret)) < FEWEST_DIFFERENT or "insecure" in secret):
            yield Error(
                f"{name} is no secret: it takes {shortest} characters that nobody can guess.",
                hint='python -c "import secrets; print(secrets.token_urlsafe(50))"',
                id="tearline.E020",
            )


def _known_passwords() -> Iterator[CheckMessage]:
    for variable, address in os.environ.items():
        if variable.endswith("DATABASE_URL") and address.startswith(("postgres://", "postgresql://")):
            try:
                told = conninfo_to_dict(address)
            except ProgrammingError:
                continue  # the settings have refused it if it is one of ours
            if str(told.get("password", "")).lower() in KNOWN_PASSWORDS | {str(told.get("user", "")).lower()}:
                yield Error(f"The password in {variable} is one that everybody tries.", id="tearline.E021")
