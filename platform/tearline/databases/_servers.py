"""Which databases live and crash together."""

from collections.abc import Iterable

from django.db import connections


def on_one_server(aliases: Iterable[str]) -> bool:
    """Whether all of these databases live and crash together: what was committed later never survives without what was
    committed before."""
    return len({(told["HOST"], told["PORT"]) for told in map(connections.settings.__getitem__, aliases)}) == 1
