"""One trial: an order in a scenario, one fault, fresh processes that go on, and what an auditor finds in the end."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from modules.orders.contracts import Order
from tearline.testing import settle
from tearline.work import LEASE
from tearline.work import _operating as operating
from tests.clock import let_pass
from tests.faults import audit, scenarios
from tests.faults.nursery import KILLED, STOPPED, TOO_LATE, Nursery, Task
from tests.faults.scenarios import SCENARIOS, Scenario

AT_ONCE = int(LEASE / 3)
"""Seconds within which an order goes on in a fresh process: long before a dead worker's leases run out."""

LATE = "it does not go on at once"
"""The flaw of an order that does not."""

WOKEN = "the process that was stopped ended with"
"""The flaw of a process that goes on badly after a pause; how it ended follows."""


_visited: dict[str, dict[str, int]] = {}
"""How often every scenario comes by each crash point, as far as that was counted in this session."""


@dataclass(frozen=True)
class Trial:
    """`struck`: whether the fault happened. `flaws`: what was found wrong, nothing if all is well."""

    struck: bool
    flaws: list[str]


@dataclass(frozen=True)
class Trials:
    """One scenario, tried again and again, each time with a shelf of its own. `planted`: the bugs in every process."""

    nursery: Nursery
    name: str
    planted: Sequence[str] = ()
    within: int = AT_ONCE
    shelves: list[str] = field(default_factory=list)
    _children: list[int] = field(default_factory=list)

    @property
    def scenario(self) -> Scenario:
        return SCENARIOS[self.name]

    def visits(self) -> dict[str, int]:
        """How often the scenario comes by each crash point, unharmed. Raises AssertionError unless all is well."""
        if self.name not in _visited:
            told = Path(settings.VAR) / "visits.json"
            code, flaws = self._first_try(visits_to=str(told))
            assert (code, flaws or self._flaws()) == (0, [])
            _visited[self.name] = json.loads(told.read_text())
        return _visited[self.name]

    def unharmed(self) -> Trial:
        code, flaws = self._first_try()
        return Trial(code == 0, flaws or self._flaws())

    def killed(self, at: str) -> Trial:
        """The first process is killed at this point; another goes on at once."""
        code, flaws = self._first_try(kill_at=at)
        return Trial(code == KILLED, flaws or self._come_back() or self._flaws())

    def killed_one_after_the_other(self, points: Sequence[str]) -> tuple[int, list[str]]:
        """Each process is killed at the next of these points. How many were, and the flaws."""
        self._open_a_shelf()
        kills = [self._fresh(kill_at=point) for point in points]
        return kills.count(KILLED), self._come_back() or self._flaws()

    def paused(self, at: str) -> Trial:
        """The first process is stopped there, past its leases; another does its work; then the first one goes on."""
        code, flaws = self._first_try(stop_at=at)
        if code != STOPPED:
            return Trial(False, flaws or self._flaws())
        let_pass(timedelta(seconds=LEASE + 1))
        flaws = self._come_back()
        woken = self.nursery.go_on(self._children[-1])
        flaws += [f"{WOKEN} {woken}"] if woken else []
        return Trial(True, flaws or self._come_back() or self._flaws())

    def overtaken(self, at: str) -> Trial:
        """The first process is stopped inside a transaction; somebody else's order is served; then it goes on."""
        code, flaws = self._first_try(hold_at=at)
        if code != STOPPED:
            return Trial(False, flaws or self._flaws())
        slow, child = self.sku, self._children[-1]
        _, flaws = self._first_try()
        woken = self.nursery.go_on(child)
        flaws += [f"{WOKEN} {woken}"] if woken else []
        flaws += self._flaws()
        self.shelves.append(slow)
        return Trial(True, flaws + self._flaws())

    # What a trial is made of

    @property
    def sku(self) -> str:
        return self.shelves[-1]

    def _open_a_shelf(self) -> None:
        self.shelves.append(f"{self.name.upper().replace(' ', '-')}-{len(self.shelves) + 1}")
        scenarios.fill_the_shelf(self.sku)

    def _first_try(self, **told: str) -> tuple[int, list[str]]:
        self._open_a_shelf()
        child = self.nursery.start(self._task("first try", **told))
        self._children.append(child)
        code = self.nursery.wait(child)
        known = (0, KILLED if "kill_at" in told else 0, STOPPED if {"stop_at", "hold_at"} & {*told} else 0)
        return code, [] if code in known else [f"the first process ended with {code}"]

    def _come_back(self) -> list[str]:
        code = self._fresh(within=self.within)
        if code == TOO_LATE:
            return [LATE, *audit.flaws(scenarios.ask(self.scenario, self.sku).id, self.scenario)]
        return [f"the second process ended with {code}"] if code else []

    def _fresh(self, *, within: int = AT_ONCE, **told: str) -> int:
        return self.nursery.run(self._task("come back", within=within, **told))

    def _task(self, act: str, **told: Any) -> Task:
        return Task(act=act, scenario=self.name, sku=self.sku, planted=self.planted, **told)

    def _flaws(self) -> list[str]:
        """When what was put off has had its time too, and what was parked has been mended."""
        order = scenarios.ask(self.scenario, self.sku)
        let_pass(timedelta(minutes=5))
        settle()
        return self._mended(order) or audit.flaws(order.id, self.scenario)

    def _mended(self, order: Order) -> list[str]:
        """What was wrong before an operator came, who has everything that is parked tried again."""
        if not self.scenario.poisoned:
            return []
        flaws = audit.flaws_while_parked(order.id, self.scenario)
        module = self.scenario.poisoned.split(".")[0]
        operating.retry(module, "inbox", operating.parked_ids(module, "inbox"), who="ada")
        settle()
        return flaws
