"""The composition root as a Django app, so that its commands and checks are found."""

from django.apps import AppConfig


class CompositionConfig(AppConfig):
    name = "config"
    verbose_name = "Composition"

    def ready(self) -> None:
        import config.checks  # noqa: F401 - registers them
