"""From what was measured, and what people say, to a recommendation and its reasons. Where the bars stand, and why.

The framework: what must be released or grow by itself, by a team of its own, leaves; one team, or a deadline, means one
process; without a clear boundary nothing is ready to leave. So there are reasons of four kinds:

for       need    somebody gains by it
          ease    it would cost little
against   first   something is to be done before
          cost    it would be dearer than it is

Without a need nothing has to leave, and with a need nothing leaves before what comes first is done.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from tearline.readiness._people import People
from tearline.readiness._report import Measured, Number, Reason, Recommendation, Report

MOST_CALLS = 4
"""Between the module and others, an order: one for each step of a workflow of four, as reserve, authorize, capture."""
MOST_SYNCHRONOUS = 0.5
"""Of all that passes between the module and others: more waits than facts make it a part of its callers."""
COUPLED = 0.3
"""Of the module's commits, with one other module: code-maat's `--min-coupling` of 30 %."""
FEWEST_COMMITS = 5
"""For a share of them to say anything: code-maat's `--min-revs`."""
LONGEST_ADDED_MS = 10.0
"""To what somebody waits for: a tenth of the 100 ms within which an answer is felt to be at once (Nielsen, 1993)."""
HEAVY = 0.5
"""Of the work, or of the seconds of all requests: as much as all others together."""
LATE_SECONDS = 60.0
"""Due work that is later is behind: where the alert on lag stands."""
FAILING = 0.05
"""Of finished work, more than one try."""
LONGEST_COPYING_SECONDS = 60.0
"""A module that moves is away meanwhile, and a step of a saga is asked for a minute before the run turns back."""
PRESSING = timedelta(days=90)
"""A deadline that is nearer leaves no time to extract anything: a quarter."""

Kind = Literal["need", "ease", "first", "cost"]


@dataclass(frozen=True)
class Argument:
    kind: Kind
    because: str
    measured: Number | str

    def reason(self) -> Reason:
        side: Literal["for", "against"] = "for" if self.kind in ("need", "ease") else "against"
        return Reason(for_or_against=side, because=self.because, measured=self.measured)


def decided(measured: Measured, people: People, *, today: date) -> Report:
    """Reasons for it come first, and of each side those that decide."""
    arguments = sorted(_arguments(measured, people, today), key=lambda each: _ORDER.index(each.kind))
    return Report(
        **dict(measured),
        recommendation=recommended(each.kind for each in arguments),
        reasons=[each.reason() for each in arguments],
        questions=people.questions(measured.module),
    )


_ORDER: list[Kind] = ["need", "ease", "first", "cost"]


def recommended(kinds: Iterable[Kind]) -> Recommendation:
    there_are = set(kinds)
    something_against = bool(there_are & {"first", "cost"})
    if "need" in there_are:
        return "not yet" if something_against else "should leave"
    return "stay" if something_against else "could leave"


def _arguments(measured: Measured, people: People, today: date) -> Iterator[Argument]:
    yield from _team(measured.module, people)
    yield from _deadline(people, today)
    yield from _boundary(measured)
    yield from _chattiness(measured)
    yield from _waiting(measured)
    yield from _scaling(measured, people)
    yield from _outside(measured)
    yield from _moving(measured)


def _team(module: str, people: People) -> Iterator[Argument]:
    told = people.of(module)
    if people.teams == 1:
        yield Argument("cost", "one team works on all of it, and would run two systems", people.teams)
    elif people.teams and told.team and told.own_releases:
        yield Argument("need", f"the team {told.team} has to release it by itself", people.teams)


def _deadline(people: People, today: date) -> Iterator[Argument]:
    if people.deadline and today <= people.deadline < today + PRESSING:
        yield Argument("first", "the deadline is near: ship, then extract", people.deadline.isoformat())


def _boundary(measured: Measured) -> Iterator[Argument]:
    if measured.blockers:
        yield Argument("first", "modules reach each other past the doors", len(measured.blockers))
    elif measured.blockers is not None:
        yield Argument("ease", "nothing reaches it, and it reaches nothing, past the doors", 0)
    coupling = measured.coupling
    if coupling.commits >= FEWEST_COMMITS:
        peer, share = max(coupling.peers.items(), key=lambda each: each[1], default=("another module", 0.0))
        if share >= COUPLED:
            yield Argument("first", f"it changes together with {peer}, so the boundary is not where changes are", share)
        else:
            yield Argument("ease", f"it changes by itself, and with {peer} at the most", share)


def _chattiness(measured: Measured) -> Iterator[Argument]:
    calls, waits = measured.calls_per_order, measured.synchronous
    if calls > MOST_CALLS:
        yield Argument("cost", "it and others call each other too often for an order", calls)
    else:
        yield Argument("ease", "it and others seldom call each other for an order", calls)
    if waits is not None and waits > MOST_SYNCHRONOUS:
        yield Argument("cost", "most of what passes between it and others is waited for", waits)
    elif waits is not None:
        yield Argument("ease", "at least half of what passes between it and others are events", waits)


def _waiting(measured: Measured) -> Iterator[Argument]:
    added = max((delay.added for delay in measured.forecast_ms.values() if delay.waited_for), default=0.0)
    if added > LONGEST_ADDED_MS:
        yield Argument("cost", "somebody would wait longer for an answer, in milliseconds", added)
    else:
        yield Argument("ease", "whoever waits for an answer would hardly notice, in milliseconds", added)


def _scaling(measured: Measured, people: People) -> Iterator[Argument]:
    work, requests = measured.work, measured.requests
    if people.of(measured.module).own_scaling:
        yield Argument("need", "it has to grow when the others need not", "said")
    if work.share is not None and work.share >= HEAVY:
        if work.lag > LATE_SECONDS:
            yield Argument("need", "it has as much work as all others, and is behind with it, in seconds", work.lag)
        else:
            yield Argument("ease", "it has as much work as all others", work.share)
    if requests and requests.share is not None and requests.share >= HEAVY:
        yield Argument("ease", "its requests take as long as those of all others", requests.share)


def _outside(measured: Measured) -> Iterator[Argument]:
    if not measured.outside:
        return
    if away := [f"{target} {outside.circuit}" for target, outside in measured.outside.items() if outside.circuit]:
        yield Argument("ease", "whom it asks outside is away, and keeps the others' threads waiting", ", ".join(away))
    if measured.work.retried is not None and measured.work.retried >= FAILING:
        yield Argument("ease", "its work fails at first, and it asks outside", measured.work.retried)


def _moving(measured: Measured) -> Iterator[Argument]:
    if measured.work.parked:
        yield Argument("first", "work is parked: an operator has to look at it", measured.work.parked)
    if measured.database == "its own":
        yield Argument("ease", "its rows are apart already", measured.database)
    elif measured.copying_seconds > LONGEST_COPYING_SECONDS:
        yield Argument("first", "to copy its rows takes longer than a saga waits, in seconds", measured.copying_seconds)
