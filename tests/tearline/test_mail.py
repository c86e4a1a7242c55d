"""Mail is sent by whatever settings this Django has for it."""

import os
import subprocess
import sys

import django
import pytest
from django.conf import settings

from tearline.mail import mail_settings


def test_before_django_6_1_each_option_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(django, "VERSION", (5, 2, 19, "final", 0))
    assert mail_settings("some.Backend", host="mail.internal", username="shop") == {
        "EMAIL_BACKEND": "some.Backend",
        "EMAIL_HOST": "mail.internal",
        "EMAIL_HOST_USER": "shop",
    }


def test_from_django_6_1_on_they_are_options_of_a_mailer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(django, "VERSION", (6, 1, 0, "final", 0))
    assert mail_settings("some.Backend", host="mail.internal") == {
        "MAILERS": {"default": {"BACKEND": "some.Backend", "OPTIONS": {"host": "mail.internal"}}}
    }


def test_a_mail_server_that_is_named_is_used_and_files_are_written_without_one() -> None:
    program = """
import django, warnings
warnings.simplefilter("error")
from django.core import mail
backend = mail.mailers["default"] if django.VERSION >= (6, 1) else mail.get_connection()
print(type(backend).__module__, getattr(backend, "host", None), getattr(backend, "port", None))
"""

    def told(**environ: str) -> list[str]:
        process = subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | environ,
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
            check=True,
        )
        return process.stdout.split()

    assert told() == ["django.core.mail.backends.filebased", "None", "None"]
    assert told(EMAIL_HOST="mail.internal", EMAIL_PORT="587") == [
        "django.core.mail.backends.smtp",
        "mail.internal",
        "587",
    ]
