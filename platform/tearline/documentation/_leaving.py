"""What it would cost to have a module leave."""

from collections.abc import Iterator

from django.conf import settings

from tearline.documentation._calls import by_peer
from tearline.documentation._model import Crossing, Leaving, Module
from tearline.events._events import topics
from tearline.journeys import kept
from tearline.readiness._crossing import times_across
from tearline.readiness._departures import kept_departures
from tearline.topology import Process


def leaving(module: Module, process: Process) -> Leaving:
    """`process`: that it is in. Raises NotKept when nothing is kept of the journeys."""
    return Leaving(
        module=module.name,
        calls_in=module.asked_by,
        calls_out=module.asks,
        crossings=[*_crossings(module.name)],
        events_in=by_peer(
            (topics[heard.topic].module, heard.topic)
            for heard in module.hears
            if topics[heard.topic].module != module.name
        ),
        events_out=by_peer(
            (hearer, event.topic) for event in module.announces for hearer in event.heard_by if hearer != module.name
        ),
        tables=[table.name for table in module.tables],
        routes=len(module.routes),
        tasks=[task.name for task in module.tasks],
        sagas=[saga.name for saga in module.sagas],
        outside=[adapter.target for adapter in module.adapters],
        settings=[setting.name for setting in module.settings],
        changed=[*_changed(module, process)],
    )


def _crossings(module: str) -> Iterator[Crossing]:
    departure = kept_departures(settings.TEARLINE_DEPARTURES).get(module)
    for journey in kept(settings.TEARLINE_JOURNEYS):
        if calls := times_across(module, journey):
            longer = departure.journeys.get(journey.name) if departure else None
            yield Crossing(
                journey=journey.name,
                calls=calls,
                waited_for=journey.waited_for,
                added_ms=longer.added if longer else None,
            )


def _changed(module: Module, process: Process) -> Iterator[str]:
    yield f"{settings.TEARLINE_TOPOLOGY_FILE.name}: {module.name} in a process of its own, with a url"
    if process.url is None and (module.asks or module.asked_by):
        yield f"{settings.TEARLINE_TOPOLOGY_FILE.name}: a url for {process.name}"
    if settings.TEARLINE_TOPOLOGY.transport == "local":
        yield f"{settings.TEARLINE_TOPOLOGY_FILE.name}: events travel by redis or kafka"
    yield "variables of both processes: EVENTS_URL, TEARLINE_SERVICE_KEYS"
