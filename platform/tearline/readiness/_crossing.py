"""What passes between a module and others, by what journeys make them do. Asks no database."""

from collections.abc import Callable, Iterable, Sequence

from tearline.events._listeners import by_name
from tearline.journeys import Journey
from tearline.readiness._report import Calls, Delay, Edge, Transactions


def calls_of(module: str, journeys: Iterable[Journey]) -> tuple[Calls, Calls]:
    """(by caller, operations of the module; by module asked, operations that it asks), how often."""
    into: Calls = {}
    out: Calls = {}
    for journey in journeys:
        for caller, operations in journey.calls.items():
            for operation, times in operations.items():
                asked = operation.partition(".")[0]
                side, peer = (into, caller) if asked == module else (out, asked)
                if module in (caller, asked):
                    counted = side.setdefault(peer, {})
                    counted[operation] = counted.get(operation, 0) + times
    return into, out


def edges_of(module: str, journeys: Sequence[Journey]) -> tuple[list[Edge], list[Edge]]:
    """(in, out): what is declared by whoever listens in this process, and how often it comes."""
    declared = {(listener.event.topic, listener.event.module, listener.module) for listener in by_name.values()}
    crossing = sorted((topic, teller, hearer) for topic, teller, hearer in declared if teller != hearer)
    return (
        [_edge(topic, teller, hearer, journeys) for topic, teller, hearer in crossing if hearer == module],
        [_edge(topic, hearer, hearer, journeys) for topic, teller, hearer in crossing if teller == module],
    )


def _edge(topic: str, peer: str, hearer: str, journeys: Sequence[Journey]) -> Edge:
    times = [journey.events[topic].heard.get(hearer, 0) for journey in journeys if topic in journey.events]
    return Edge(topic=topic, peer=peer, per_order=sum(times) if journeys else None)


def transactions_of(module: str, journeys: Iterable[Journey]) -> Transactions:
    found = [journey.transactions[module] for journey in journeys if module in journey.transactions]
    widest = max((writes.widest for writes in found), key=len, default=[])
    return Transactions(per_order=sum(writes.times for writes in found), widest=widest)


def times_across(module: str, journey: Journey, *, is_away: Callable[[str], bool] = lambda _peer: False) -> int:
    """How often the journey makes it ask others, or others ask it. `is_away`: peers who do not count."""
    return sum(
        times
        for side in calls_of(module, [journey])
        for peer, operations in side.items()
        if not is_away(peer)
        for times in operations.values()
    )


def forecast(
    module: str, journeys: Iterable[Journey], added_ms: float, *, is_away: Callable[[str], bool]
) -> dict[str, Delay]:
    """By journey. At most, as calls are taken to follow each other; what events take on their way is not in it.

    `is_away`: whether a peer is in another process than the module already.
    """
    found = {}
    for journey in journeys:
        calls = times_across(module, journey, is_away=is_away)
        found[journey.name] = Delay(added=round(calls * added_ms, 3), calls=calls, waited_for=journey.waited_for)
    return found
