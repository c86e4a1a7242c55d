"""Who takes part, in turns: each plays every number of clients once, then all play again."""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import partial

from benchmarks import cpu
from benchmarks.children import Child, ask_all, child
from benchmarks.closed_loop import Run, Score
from benchmarks.orders import by_hand, ours, pgbench
from benchmarks.server import Server

CLIENTS = (1, 4, 16)
BY_HAND = "psycopg by hand"
BARE = "Tearline, bare"
BARE_IN_TWO = f"{BARE}, 2 processes"
BARE_ONES = (BARE, BARE_IN_TWO)

Play = Callable[..., Run]
"""`play(clients=…, seconds=…)` is one run."""


@dataclass(frozen=True)
class Contestant:
    """`open` gets it ready for a turn, and puts it away after it."""

    name: str
    open: Callable[[], AbstractContextManager[Play]]
    fewest: int = 1
    """Clients that it takes."""


Scores = Mapping[tuple[str, int], Score]
"""By contestant's name and number of clients."""


def take_turns(
    server: Server, contestants: Sequence[Contestant], *, clients: Sequence[int], seconds: float, rounds: int
) -> Scores:
    """Interleaved: whatever slows the machine for a while slows all of them."""
    runs: dict[tuple[str, int], list[Run]] = {}
    for _ in range(rounds):
        for each in contestants:
            with each.open() as play:
                for count in clients:
                    if count >= each.fewest:
                        run = _costed(server, partial(play, clients=count, seconds=seconds))
                        runs.setdefault((each.name, count), []).append(run)
    return {place: Score(played) for place, played in runs.items()}


def _costed(server: Server, play: Callable[[], Run]) -> Run:
    before = cpu.seconds(server)
    run = play()
    return replace(run, cpu=cpu.seconds(server) - before)


@contextlib.contextmanager
def contestants(server: Server) -> Iterator[list[Contestant]]:
    """The database's limit, the limit by hand, and ours."""
    with server.connect() as admin:
        for each in (pgbench, by_hand, ours):
            each.make_tables(admin)
    with contextlib.ExitStack() as children:

        def processes(module: str, count: int) -> list[Child]:
            return [children.enter_context(child(module, server.environ)) for _ in range(count)]

        own = processes("benchmarks.orders.ours", 2)
        hand = processes("benchmarks.orders.by_hand", 1)
        yield [
            always_ready("pgbench, one transaction", partial(pgbench.go, server)),
            always_ready(BY_HAND, partial(play, hand)),
            always_ready(BARE, partial(play, own[:1], how="remote")),
            always_ready(BARE_IN_TWO, partial(play, own, how="remote"), fewest=2),
            always_ready("Tearline, own steps local", partial(play, own[:1], how="at home")),
        ]


def always_ready(name: str, play: Play, *, fewest: int = 1) -> Contestant:
    return Contestant(name, lambda: nullcontext(play), fewest)


def play(children: Sequence[Child], *, clients: int, seconds: float, **how: str) -> Run:
    """One run, the clients shared out evenly among the children."""
    answers = ask_all(children, clients=clients // len(children), seconds=seconds, **how)
    runs = [Run(**answer) for answer in answers]
    return Run(seconds, [took for run in runs for took in run.took], done=sum(run.done for run in runs))
