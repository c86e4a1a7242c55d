"""Who has how much to do: from rows of durable work, and from the metrics of a running process if they are given."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Q
from prometheus_client.parser import text_string_to_metric_families

from tearline.readiness._report import Outside, Requests, Work
from tearline.resilience._declared import needed
from tearline.resilience.models import Isolation
from tearline.snapshots import NoSnapshot, prefixes_of
from tearline.topology import API
from tearline.work._carriers import carriers
from tearline.work._status import standings

STANDS = {1.0: "half open", 2.0: "open"}
"""As the metric tearline_target_circuit has it; 0 is closed."""


@dataclass(frozen=True)
class Done:
    """Rows of durable work that a module has finished. `seconds`: from made to finished, on average."""

    rows: int
    seconds: float | None
    retried: int


@dataclass(frozen=True)
class Metrics:
    """By route, requests and the seconds they took; by target, how its circuit stands."""

    requests: Mapping[str, tuple[int, float]]
    circuits: Mapping[str, str]


def work_of(modules: Iterable[str], *, since: datetime) -> dict[str, Work]:
    """Each beside all others."""
    done = {module: done_by(module, since) for module in modules}
    every = sum(each.rows for each in done.values())
    return {module: _work(module, each, every) for module, each in done.items()}


def done_by(module: str, since: datetime) -> Done:
    kinds = [_finished(carrier.queue.model, module, since) for carrier in carriers]
    rows = sum(kind["rows"] for kind in kinds)
    seconds = sum((kind["rows"] * kind["took"] for kind in kinds if kind["rows"]), timedelta()).total_seconds()
    return Done(rows, seconds / rows if rows else None, sum(kind["retried"] for kind in kinds))


def _finished(model: Any, module: str, since: datetime) -> Any:
    took = ExpressionWrapper(F("finished_at") - F("created_at"), output_field=DurationField())
    finished = model.objects.using(module).filter(finished_at__gte=since)
    return finished.aggregate(rows=Count("id"), took=Avg(took), retried=Count("id", filter=Q(attempts__gt=1)))


def _work(module: str, done: Done, every: int) -> Work:
    standing = list(standings(module))
    return Work(
        done=done.rows,
        share=_rounded(done.rows / every) if every else None,
        seconds=_rounded(done.seconds) if done.seconds is not None else None,
        retried=_rounded(done.retried / done.rows) if done.rows else None,
        lag=_rounded(max(each.lag for each in standing)),
        parked=sum(each.parked for each in standing),
    )


def read_metrics(text: str) -> Metrics:
    """Of what a process answers at /metrics. Raises ValueError for what cannot be read."""
    counts: dict[str, int] = {}
    seconds: dict[str, float] = {}
    circuits: dict[str, str] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            route = sample.labels.get("route", "")
            if sample.name == "tearline_http_request_seconds_sum":
                seconds[route] = seconds.get(route, 0.0) + sample.value
            elif sample.name == "tearline_http_request_seconds_count":
                counts[route] = counts.get(route, 0) + int(sample.value)
            elif sample.name == "tearline_target_circuit" and sample.value in STANDS:
                circuits[sample.labels["target"]] = STANDS[sample.value]
    return Metrics({route: (counts.get(route, 0), took) for route, took in seconds.items()}, circuits)


def requests_of(module: str, metrics: Metrics) -> Requests:
    """Those below its prefixes of the API."""
    prefixes = [f"{API}{prefix}" for prefix in _prefixes(module)]
    mine = [took for route, took in metrics.requests.items() if _is_below(f"/{route.lstrip('/')}", prefixes)]
    every = sum(seconds for _, seconds in metrics.requests.values())
    seconds = sum(seconds for _, seconds in mine)
    return Requests(
        count=sum(count for count, _ in mine),
        seconds=_rounded(seconds),
        share=_rounded(seconds / every) if every else None,
    )


def outside_of(module: str, metrics: Metrics | None) -> dict[str, Outside]:
    """Whom it asks outside, and whether that is away right now. Circuits are each process's own, so metrics tell."""
    isolated = set(Isolation.objects.values_list("target", flat=True))
    circuits = metrics.circuits if metrics else {}
    targets = sorted(target for target, asked_by in needed.items() if asked_by == module)
    return {
        target: Outside(circuit="isolated" if target in isolated else circuits.get(target, "")) for target in targets
    }


def _prefixes(module: str) -> tuple[str, ...]:
    try:
        return prefixes_of(module)
    except NoSnapshot:
        return ()


def _is_below(path: str, prefixes: list[str]) -> bool:
    return any(path == prefix or path.startswith(f"{prefix}/") for prefix in prefixes)


def _rounded(number: float) -> float:
    return round(number, 3)
