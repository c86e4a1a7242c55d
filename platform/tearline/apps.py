"""Puts the machinery that knows Django behind the interfaces that do not; loads what each hosted module declares."""

import importlib
import pkgutil

from django.apps import AppConfig
from django.conf import settings

EDGES = {"admin", "api", "apps", "local"}
"""Files of a module that are loaded by whoever needs them, and declare nothing that others wait for."""


class TearlineConfig(AppConfig):
    name = "tearline"
    label = "tearline"

    def ready(self) -> None:
        from tearline.databases import checks  # noqa: F401 - registers the system checks; needs the app registry
        from tearline.databases._residence import begin_where_the_rows_are
        from tearline.events import _inbox, _outbox, _publishing, _reception  # noqa: F401 - needs the app registry
        from tearline.facades import _calls, _machinery, _reach
        from tearline.gateway import _reach as gateway
        from tearline.observability import let_structlog_use_logging, start_tracing, tell_of_rows
        from tearline.projections import projections
        from tearline.sagas import _reviving, _runner  # noqa: F401 - carry the sagas on
        from tearline.sagas._saga import sagas
        from tearline.standing_work import StandingWork
        from tearline.wake_ups import bell_at
        from tearline.work._doorbell import doorbell
        from tearline.work._retry import default_retry

        default_retry()
        begin_where_the_rows_are()
        _reach.need_policies()
        gateway.need_policies()
        let_structlog_use_logging()
        start_tracing()
        tell_of_rows(StandingWork())
        _calls.install(_machinery.ByTopology())
        _publishing.install(_outbox.announce)
        if settings.REDIS_URL:
            doorbell.far = bell_at(settings.REDIS_URL)
        for module in settings.TEARLINE_TOPOLOGY.hosted:
            for part in _parts_of(module):
                importlib.import_module(f"modules.{module}.{part}")
        for saga in sagas.values():
            saga.validate()
        for projection in projections.values():
            projection.validate()


def _parts_of(module: str) -> list[str]:
    """The files in which a module may declare facades, events, handlers, tasks, sagas, projections: not its edges."""
    package = importlib.import_module(f"modules.{module}")
    files = [part.name for part in pkgutil.iter_modules(package.__path__) if not part.ispkg]
    return [name for name in files if name not in EDGES]
