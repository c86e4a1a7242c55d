from django.apps import AppConfig


class TearlineApiConfig(AppConfig):
    """The REST conventions; keeps API keys in the platform's own database."""

    name = "tearline.api"
    label = "tearline_api"
    verbose_name = "REST API"

    def ready(self) -> None:
        from tearline.api._rates import refuse_nonsense  # imports what needs settings

        refuse_nonsense()
