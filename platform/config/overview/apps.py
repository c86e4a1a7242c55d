from django.apps import AppConfig


class OverviewConfig(AppConfig):
    """All that is known of an order."""

    name = "config.overview"
    label = "overview"
