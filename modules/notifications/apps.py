"""Notifications as a Django app."""

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from tearline.mail import mailer


class NotificationsConfig(AppConfig):
    name = "modules.notifications"
    label = "notifications"

    def ready(self) -> None:
        """Raises ImproperlyConfigured for a language in which there are no letters, or a provider that carries none."""
        from modules.notifications.letters import LOCALES

        if settings.SHOP_LOCALE not in LOCALES:
            raise ImproperlyConfigured(f"SHOP_LOCALE is {settings.SHOP_LOCALE!r}, and should be {' or '.join(LOCALES)}")
        if settings.EMAIL_PROVIDER:
            _refuse_unless_it_carries_letters(settings.EMAIL_PROVIDER)


def _refuse_unless_it_carries_letters(provider: str) -> None:
    try:
        mailer()
    except (ImportError, ImproperlyConfigured) as error:
        wanted = "the name of a provider that django-anymail knows, with its EMAIL_PROVIDER_SETTINGS"
        raise ImproperlyConfigured(f"EMAIL_PROVIDER is {provider!r}, and should be {wanted}: {error}") from error
