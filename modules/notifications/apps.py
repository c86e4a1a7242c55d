"""Notifications as a Django app."""

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class NotificationsConfig(AppConfig):
    name = "modules.notifications"
    label = "notifications"

    def ready(self) -> None:
        """Raises ImproperlyConfigured for a language in which there are no letters."""
        from modules.notifications.letters import LOCALES

        if settings.SHOP_LOCALE not in LOCALES:
            raise ImproperlyConfigured(f"SHOP_LOCALE must be one of {', '.join(LOCALES)}")
