"""All that is measured of modules, gathered. What was asked of each source, its own file says."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from tearline.boundaries import Finding
from tearline.journeys import Journey
from tearline.projections import projections
from tearline.readiness import _history, _load, _rows
from tearline.readiness._crossing import calls_of, edges_of, forecast, transactions_of
from tearline.readiness._departures import Departures
from tearline.readiness._report import Calls, Coupling, Edge, Measured, Work

COPIED_A_SECOND = 3_000
"""Rows, by `manage.py move`, each read three times: see docs/moving-a-module.md."""


@dataclass(frozen=True)
class Measuring:
    """One look at all modules of this process. `added_ms`: by each call to another process; `days`: that are recent."""

    journeys: Sequence[Journey]
    added_ms: float
    days: int
    metrics: _load.Metrics | None
    departures: Departures
    root: Path

    def of(self, module: str) -> Measured:
        calls_in, calls_out = calls_of(module, self.order)
        events_in, events_out = edges_of(module, self.order)
        calls, facts = _total(calls_in) + _total(calls_out), _seen(events_in) + _seen(events_out)
        tables = _rows.tables_of(module, since=self._since)
        return Measured(
            module=module,
            process=settings.TEARLINE_TOPOLOGY.host_of(module).name,
            calls_in=calls_in,
            calls_out=calls_out,
            calls_per_order=calls,
            synchronous=round(calls / (calls + facts), 3) if calls + facts else None,
            events_in=events_in,
            events_out=events_out,
            transactions=transactions_of(module, self.order),
            database=_database_of(module),
            tables=tables,
            copying_seconds=round(sum(table.rows for table in tables.values()) / COPIED_A_SECOND, 3),
            coupling=self._coupling_of(module),
            work=self._work[module],
            requests=_load.requests_of(module, self.metrics) if self.metrics else None,
            outside=_load.outside_of(module, self.metrics),
            read_models_asking_others=[
                each.name for each in projections.values() if each.module == module and each.asks_others
            ],
            probe_ms=self.added_ms,
            forecast_ms=forecast(module, self.journeys, self.added_ms, is_away=_is_away_from(module)),
            departure=self.departures.get(module),
            blockers=self._blockers_of(module),
        )

    @property
    def order(self) -> list[Journey]:
        """The journeys that every order makes."""
        return [journey for journey in self.journeys if journey.of_an_order]

    @cached_property
    def _since(self) -> Any:
        return timezone.now() - timedelta(days=self.days)

    @cached_property
    def _work(self) -> Mapping[str, Work]:
        return _load.work_of(settings.TEARLINE_TOPOLOGY.hosted, since=self._since)

    @cached_property
    def _commits(self) -> _history.Commits | _history.Unknown:
        try:
            return _history.commits_in(self.root)
        except _history.Unknown as unknown:
            return unknown

    def _coupling_of(self, module: str) -> Coupling:
        if isinstance(self._commits, _history.Unknown):
            return Coupling(unknown=str(self._commits))
        return _history.coupling_of(module, self._commits)

    @cached_property
    def _crossings(self) -> list[Finding] | None:
        try:
            from tearline.boundaries._checking import crossings  # grimp is for those who check
        except ImportError:
            return None
        return crossings()

    def _blockers_of(self, module: str) -> list[str] | None:
        """Accepted ones too: they are in the way all the same."""
        if self._crossings is None:
            return None
        return [str(found) for found in self._crossings if module in (found.module, found.owner)]


def _is_away_from(module: str) -> Callable[[str], bool]:
    """What is no module, such as a page, is where the gateway is."""
    topology = settings.TEARLINE_TOPOLOGY
    host = topology.host_of(module)

    def is_away(peer: str) -> bool:
        return host != (topology.host_of(peer) if peer in topology.modules else topology.gateway)

    return is_away


def _database_of(module: str) -> Any:
    """Whether another module's rows, or the platform's, are in the same database."""
    places = [_place(alias) for alias in settings.DATABASES if alias != module]
    return "shared" if _place(module) in places else "its own"


def _place(alias: str) -> tuple[object, ...]:
    database = settings.DATABASES[alias]
    return tuple(str(database.get(part) or "") for part in ("ENGINE", "HOST", "PORT", "NAME"))


def _total(calls: Calls) -> int:
    return sum(times for operations in calls.values() for times in operations.values())


def _seen(edges: list[Edge]) -> int:
    return sum(edge.per_order or 0 for edge in edges)
