"""By what letters are sent in a test, in the words of whichever Django this is."""

from typing import Any

from pytest_django import Settings

from tearline.mail import mail_settings

BY_SMTP = "django.core.mail.backends.smtp.EmailBackend"
BY_POSTMARK = "anymail.backends.postmark.EmailBackend"


def mail_by(settings: Settings, backend: str, **options: Any) -> None:
    """`options`: as `tearline.mail.mail_settings` names them."""
    for name, value in mail_settings(backend, **options).items():
        setattr(settings, name, value)
