"""How mail is sent, in the words of whichever Django this is."""

from typing import Any

import django
from django.conf import settings
from django.core import mail

_BEFORE_6_1 = {
    "file_path": "EMAIL_FILE_PATH",
    "host": "EMAIL_HOST",
    "password": "EMAIL_HOST_PASSWORD",
    "port": "EMAIL_PORT",
    "timeout": "EMAIL_TIMEOUT",
    "use_tls": "EMAIL_USE_TLS",
    "username": "EMAIL_HOST_USER",
}


def mail_settings(backend: str, **options: Any) -> dict[str, Any]:
    """Django's settings for sending by this backend: MAILERS from Django 6.1 on, EMAIL_BACKEND and its kin before.

    The options are named as in MAILERS: `file_path` for files; `host`, `port`, `username`, `password`, `use_tls`,
    `timeout` (seconds) for a server.
    """
    if django.VERSION >= (6, 1):
        return {"MAILERS": {"default": {"BACKEND": backend, "OPTIONS": options}}}
    return {"EMAIL_BACKEND": backend} | {_BEFORE_6_1[name]: value for name, value in options.items()}


def mail_backend() -> str:
    """The dotted path of the backend by which mail is sent."""
    if django.VERSION >= (6, 1):
        mailers: dict[str, dict[str, Any]] = settings.MAILERS  # type: ignore[misc]  # older Djangos know no such setting
        return str(mailers["default"]["BACKEND"])
    return str(settings.EMAIL_BACKEND)


def mailer() -> Any:
    """The backend by which mail is sent, made anew. Raises what it raises when it is not there, or lacks settings."""
    if django.VERSION >= (6, 1):
        return mail.mailers["default"]
    return mail.get_connection()
