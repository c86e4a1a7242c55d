"""How much processor time everything has taken: it says what an order costs, whatever else the machine is doing."""

from collections.abc import Iterator

import psutil  # type: ignore[import-untyped]

from benchmarks.server import Server


def seconds(server: Server) -> float:
    """Of PostgreSQL, of this process and of all that it has started, those that have ended included."""
    return sum(_of(process) for root in (psutil.Process(), server.process) for process in _family(root))


def _family(root: psutil.Process) -> Iterator[psutil.Process]:
    yield root
    yield from root.children(recursive=True)


def _of(process: psutil.Process) -> float:
    """What its ended children took counts as its own; one that ends this very moment takes nothing."""
    try:
        taken = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(taken.user + taken.system + taken.children_user + taken.children_system)
