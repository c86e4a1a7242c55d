from django.apps import AppConfig


class TearlineResilienceConfig(AppConfig):
    """Keeps in the platform's own database what operators have taken out of service."""

    name = "tearline.resilience"
    label = "tearline_resilience"

    def ready(self) -> None:
        from tearline.resilience import checks  # noqa: F401 - registers the system checks
        from tearline.resilience._declared import refuse_strange_adapters

        refuse_strange_adapters()
