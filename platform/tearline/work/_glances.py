"""How all queues of a module stand, in one statement: what a watch needs to know, again and again."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connections

from tearline.work._carriers import Carrier, carriers


@dataclass(frozen=True)
class Glance:
    """`next_due`: see `Queue.next_due`; `parked`: whether any row is; `owners`: who holds leases."""

    carrier: Carrier
    next_due: float | None
    parked: bool
    owners: frozenset[str]


def glances(module: str) -> Iterator[Glance]:
    """Every queue of a module."""
    connection = connections[module]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(carrier.queue.glance(connection) for carrier in carriers), [])
        seen = {kind: told for kind, *told in cursor.fetchall()}
    for carrier in carriers:
        seconds, parked, owners = seen[carrier.kind]
        next_due = None if seconds is None else max(float(seconds), 0.0)
        yield Glance(carrier, next_due, bool(parked), frozenset(owners.split(",") if owners else ()))
