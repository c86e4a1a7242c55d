"""What this process has counted since it began. What rows say is read when somebody asks: see `_standing`."""

from collections.abc import Mapping
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, disable_created_metrics

Kind = Literal["command", "query", "call", "question", "event", "task", "saga", "step", "undo"]
"""What can be watched. A `call` asks another process, a `question` the outside world; `undo` takes a step back."""

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)

disable_created_metrics()  # type: ignore[no-untyped-call]
counted = CollectorRegistry()
ProcessCollector(registry=counted)


class Measure:
    """How often deeds of one kind ended in which way, and how long they took."""

    def __init__(self, one: str, many: str, label: str, what: str, *, lasts: str) -> None:
        labels = [label, "outcome"]
        self._ended = Counter(f"tearline_{many}", what, labels, registry=counted)
        self._lasted = Histogram(f"tearline_{one}_seconds", lasts, labels, buckets=SECONDS, registry=counted)

    def ended(self, name: str, outcome: str, seconds: float) -> None:
        self._ended.labels(name, outcome).inc()
        self._lasted.labels(name, outcome).observe(seconds)


_answered, _done, _outside = "From the call to the answer.", "From the call to its end.", "Until there was an answer."
measures: Mapping[Kind, Measure] = {
    "command": Measure("command", "commands", "operation", "Commands carried out.", lasts=_answered),
    "query": Measure("query", "queries", "operation", "Queries answered.", lasts=_answered),
    "call": Measure("call", "calls", "operation", "Asked of other processes.", lasts=_answered),
    "question": Measure("question", "questions", "operation", "Asked outside by commands.", lasts=_outside),
    "event": Measure("event", "events", "listener", "Events handled.", lasts="From the announcement to the commit."),
    "task": Measure("task", "tasks", "task", "Tasks carried out.", lasts=_done),
    "saga": Measure("saga", "sagas", "saga", "Sagas carried on.", lasts="Since the saga was started."),
    "step": Measure("step", "steps", "step", "Steps of sagas done.", lasts=_done),
    "undo": Measure("undo", "undos", "step", "Steps of sagas undone.", lasts=_done),
}

_queue = ["module", "queue"]
retries = Counter("tearline_retries", "Rows put off after a failed try.", _queue, registry=counted)
parkings = Counter("tearline_parkings", "Rows left to an operator.", _queue, registry=counted)
leases_lost = Counter(
    "tearline_leases_lost", "Outcomes refused, as the row was in other hands.", _queue, registry=counted
)

rate_rejections = Counter("tearline_rate_rejections", "Requests answered 429.", ["because"], registry=counted)
for _because in ("quota", "wrong keys"):
    rate_rejections.labels(_because)  # a rate of what was never there is none
uncounted = Counter("tearline_rate_uncounted", "Requests not counted, as Redis did not answer.", registry=counted)
requests_refused = Counter(
    "tearline_requests_refused", "Requests that found no place in time.", ["because"], registry=counted
)

_target = ["target"]
target_calls = Counter("tearline_target_calls", "Calls out of this process.", [*_target, "outcome"], registry=counted)
target_retries = Counter("tearline_target_retries", "Questions asked once more.", _target, registry=counted)
target_rejections = Counter(
    "tearline_target_rejections", "Calls that were not made.", [*_target, "because"], registry=counted
)
target_circuit = Gauge(
    "tearline_target_circuit",
    "How its circuit stands: 0 closed, 1 half open, 2 open; of several processes, the worst.",
    _target,
    registry=counted,
    multiprocess_mode="livemax",
)
