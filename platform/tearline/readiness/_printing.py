"""Reports for people: a screen for one module, a line each for several; and for programs."""

import json
import textwrap
from collections.abc import Iterator, Sequence

from tearline.readiness._report import Calls, Departure, Edge, Measured, Number, Report

COLUMNS = "{:<15}{:<14}{:>6}{:>8}{:>10}{:>10}{:>10}{:>7}{:>8}  {}"

WIDTH = 100


def as_json(reports: Sequence[Report]) -> str:
    """A list of them, also of one."""
    return json.dumps([report.model_dump(mode="json") for report in reports], indent=2)


def as_table(reports: Sequence[Report]) -> Iterator[str]:
    heads = ("module", "recommended", "calls", "waits", "adds ms", "rows", "recent", "work", "parked", "changes with")
    yield COLUMNS.format(*heads)
    for report in reports:
        yield COLUMNS.format(
            report.module,
            report.recommendation,
            report.calls_per_order,
            _percent(report.synchronous),
            f"{max((delay.added for delay in report.forecast_ms.values()), default=0.0):.1f}",
            f"{_rows(report):,}",
            f"{_recent(report):,}",
            _percent(report.work.share),
            report.work.parked,
            _peers(report, most=1),
        ).rstrip()
    yield ""
    yield "calls: with others, an order. waits: of what passes between, the share of calls, the rest being events."
    yield "adds ms: to the journey that it would add most to. Why: manage.py readiness <module>"


def as_screen(report: Report) -> Iterator[str]:
    yield f"{report.module}: {report.recommendation}"
    yield ""
    for reason in report.reasons:
        yield f"  {reason.for_or_against:<8} {reason.because}: {_shown(reason.measured)}"
    yield ""
    yield from _lines("an order", _order(report))
    yield from _lines("data", _data(report))
    yield from _lines("changes", [_coupling(report)])
    yield from _lines("work", _work(report))
    yield from _lines("outside", _outside(report))
    yield from _lines("blockers", _blockers(report))
    yield ""
    yield f"  If it left, each call would take {report.probe_ms:.2f} ms more; {_measured(report.departure)}:"
    for journey, delay in report.forecast_ms.items():
        waits = ", and somebody waits for it" if delay.waited_for and delay.calls else ""
        calls = "1 call" if delay.calls == 1 else f"{delay.calls} calls"
        yield f"    {journey:<28} {delay.added:7.2f} ms by {calls}{waits}{_beside(report.departure, journey)}"
    if report.questions:
        yield ""
        yield "  Nobody has said:"
        for question in report.questions:
            yield f"    {question}"


def _measured(departure: Departure | None) -> str:
    if departure is None:
        return "python -m benchmarks extracting --keep measures what it takes"
    return f"measured, on one machine, on {departure.measured_on}"


def _beside(departure: Departure | None, journey: str) -> str:
    if departure is None:
        return ""
    longer = departure.journeys.get(journey)
    return f"; measured {longer.added:.1f}, where {longer.forecast:.1f} were forecast" if longer else "; not measured"


def _lines(head: str, lines: Sequence[str]) -> Iterator[str]:
    first, rest = f"  {head:<9} ", " " * 12
    for line in lines:
        yield from textwrap.wrap(line, WIDTH, initial_indent=first, subsequent_indent=f"{rest}  ")
        first = rest


def _order(report: Measured) -> list[str]:
    writes = report.transactions
    wide = f", the widest to {', '.join(writes.widest)}" if writes.widest else ""
    return [
        f"is asked by {_calls(report.calls_in)}",
        f"asks {_calls(report.calls_out)}",
        f"hears {_events(report.events_in, 'from')}",
        f"tells {_events(report.events_out, 'to')}",
        f"{_percent(report.synchronous)} of that is waited for",
        f"writes rows in {writes.per_order} transactions{wide}; none crosses modules",
    ]


def _calls(calls: Calls) -> str:
    named = [
        f"{peer} ({', '.join(f'{times} {operation}' for operation, times in operations.items())})"
        for peer, operations in calls.items()
    ]
    return ", ".join(named) or "nobody"


def _events(edges: Sequence[Edge], way: str) -> str:
    named = {edge.peer: [each for each in edges if each.peer == edge.peer] for edge in edges}
    told = [
        f"{sum(edge.per_order or 0 for edge in edges)} {way} {peer} (of {_kinds(len(edges))})"
        for peer, edges in named.items()
    ]
    return f"of events {', '.join(told)}" if told else "of nothing"


def _kinds(number: int) -> str:
    return "1 kind" if number == 1 else f"{number} kinds"


def _data(report: Measured) -> list[str]:
    sizes = [table.bytes for table in report.tables.values() if table.bytes is not None]
    size = f", {sum(sizes) / 1e6:,.1f} MB" if sizes else ""
    largest = sorted(report.tables.items(), key=lambda each: -each[1].rows)[:3]
    asking = [f"read models that ask others: {name}" for name in report.read_models_asking_others]
    return [
        f"{_rows(report):,} rows{size}, {_recent(report):,} of them recent; in a database that is {report.database}",
        f"most in {', '.join(f'{name} ({table.rows:,})' for name, table in largest)}",
        f"some {report.copying_seconds:,.1f} s to copy them elsewhere",
        *asking,
    ]


def _coupling(report: Measured) -> str:
    if report.coupling.unknown:
        return f"unknown: {report.coupling.unknown}"
    share = _percent(report.coupling.shared)
    return f"{share} of {report.coupling.commits} commits touch another module: {_peers(report, most=3)}"


def _peers(report: Measured, *, most: int) -> str:
    peers = list(report.coupling.peers.items())[:most]
    return ", ".join(f"{peer} {_percent(share)}" for peer, share in peers) or "none"


def _work(report: Measured) -> list[str]:
    work = report.work
    lines = [f"{work.lag:.0f} s behind, {work.parked} parked, {work.done:,} pieces done lately"]
    if work.seconds is not None:
        took = f"{work.seconds:.2f} s from made to done"
        lines.append(f"{_percent(work.share)} of what all modules did; {took}, {_percent(work.retried)} not at once")
    if report.requests:
        share = _percent(report.requests.share)
        lines.append(f"{report.requests.count:,} requests, {share} of the time that all requests took")
    return lines


def _outside(report: Measured) -> list[str]:
    return [", ".join(f"{target} ({each.circuit or 'asked'})" for target, each in report.outside.items()) or "nobody"]


def _blockers(report: Measured) -> list[str]:
    return ["unknown: what looks for them is not installed here"] if report.blockers is None else report.blockers


def _rows(report: Measured) -> int:
    return sum(table.rows for table in report.tables.values())


def _recent(report: Measured) -> int:
    return sum(table.recent or 0 for table in report.tables.values())


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.0%}"


def _shown(measured: Number | str) -> str:
    return measured if isinstance(measured, str) else f"{measured:,.4g}"
