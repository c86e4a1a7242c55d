"""What shall happen when, chosen by a seed: so many seconds after the customers have come."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from tearline.work import LEASE

Deed = Literal["kill", "pause", "deploy", "the database dies", "redis dies", "redis forgets"]
PAST_THE_LEASE = LEASE + 2.0


@dataclass(frozen=True, order=True)
class Blow:
    """`at`: seconds; `to`: a program, where it is one that is hit; `lasts`: seconds until it is over."""

    at: float
    deed: Deed
    to: str = ""
    lasts: float = 0.0

    def __str__(self) -> str:
        return f"{self.at:.1f} s: {self.deed} {self.to}".strip()


def everything(*, seed: int, programs: Sequence[str], postgres: bool) -> list[Blow]:
    """Two long pauses that overlap all the rest; a rolling deploy that begins meanwhile and ends after them."""
    choose = random.Random(seed)
    long_ones = ["worker", "server b"]
    blows = [Blow(2.0 + 3 * number, "pause", name, PAST_THE_LEASE) for number, name in enumerate(long_ones)]
    others = [name for name in programs if name not in long_ones]
    at = 4.0
    for deed in _shuffled(choose, postgres=postgres, rounds=2):
        if deed in ("kill", "pause"):
            blows.append(Blow(at, deed, choose.choice(others), choose.uniform(0.5, 3.0)))
        else:
            blows.append(Blow(at, deed, lasts=choose.uniform(0.5, 2.5)))
        at += choose.uniform(1.0, 2.5)
    blows += [Blow(18.0, "deploy", name) for name in ("server a", "celery") if name in programs]
    after = 2.0 + 3 + PAST_THE_LEASE + 2.0
    blows += [Blow(after + number, "kill", name, 0.5) for number, name in enumerate(long_ones)]
    blows += [Blow(after + 8 + 2 * number, "deploy", name) for number, name in enumerate(long_ones)]
    return sorted(blows)


def half_a_deploy() -> list[Blow]:
    """Two versions side by side, and the old one beginning anew."""
    return [Blow(1.0, "deploy", "server a"), Blow(15.0, "kill", "server b", 0.5)]


def _shuffled(choose: random.Random, *, postgres: bool, rounds: int) -> Iterator[Deed]:
    deeds: list[Deed] = ["kill", "kill", "kill", "kill", "pause", "pause", "redis dies", "redis forgets"]
    if postgres:
        deeds.append("the database dies")
    for _ in range(rounds):
        choose.shuffle(deeds)
        yield from deeds
