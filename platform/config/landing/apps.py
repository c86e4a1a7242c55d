from django.apps import AppConfig


class LandingConfig(AppConfig):
    """The page at /."""

    name = "config.landing"
    label = "landing"
