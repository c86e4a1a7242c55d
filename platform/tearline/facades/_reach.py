"""Whom this process calls elsewhere, and what it needs for that. Without it nobody serves or works here."""

from collections.abc import Iterator

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from tearline.resilience import needs_policy
from tearline.tokens import SHORTEST_KEY


def need_policies() -> None:
    """For every module that is called from here and hosted elsewhere."""
    for _, module in _calls_elsewhere():
        needs_policy(module, asked_by=f"the process {settings.TEARLINE_TOPOLOGY.process.name}")


def refuse_out_of_reach() -> None:
    """Raises ImproperlyConfigured, or TopologyError, when this process could not call, or believe, the others.

    With DEBUG a process may do without keys. It is then believed by nobody, and believes nobody.
    """
    topology, keys = settings.TEARLINE_TOPOLOGY, settings.TEARLINE_SERVICE_KEYS
    if any(len(key) < SHORTEST_KEY for key in keys):
        raise ImproperlyConfigured(f"TEARLINE_SERVICE_KEYS: a key has {SHORTEST_KEY} characters at least")
    if len(topology.processes) > 1 and not (keys or settings.DEBUG):
        raise ImproperlyConfigured("TEARLINE_SERVICE_KEYS must be given when there is more than one process")
    for caller, module in _calls_elsewhere():
        host = topology.host_of(module)
        if host.url is None:
            raise ImproperlyConfigured(f"{caller} calls {module}: [processes.{host.name}] needs a url in the topology")


def _calls_elsewhere() -> Iterator[tuple[str, str]]:
    """Callers and modules. Who calls from here is what is installed here, by the names of apps."""
    for app in apps.get_app_configs():
        for module in settings.TEARLINE_ALLOWED_CALLS.get(app.label, ()):
            if module not in settings.TEARLINE_TOPOLOGY.hosted:
                yield app.label, module
