"""A shop whose payments are hosted elsewhere, at an address where a test decides what is said."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings

from tearline.resilience.clients import clients
from tearline.topology import Process, Shift, Topology

ELSEWHERE = "payments"


def of(url: str | None, *shifts: Shift, us: str = "shop") -> Topology:
    """The shop, which is the gateway, and the till at this address. `us`: who we are."""
    rest = tuple(module for module in settings.TEARLINE_TOPOLOGY.modules if module != ELSEWHERE)
    both = Process(name="shop", modules=rest), Process(name="till", modules=(ELSEWHERE,), url=url)
    ours = next(process for process in both if process.name == us)
    return Topology(processes=both, process=ours, transport="redis", shifts=shifts)


@contextmanager
def being(topology: Topology, changed: Any) -> Iterator[None]:
    """This process is one of those. `changed`: pytest-django's settings, which are put back after the test."""
    changed.TEARLINE_TOPOLOGY = topology
    shifts: dict[str, dict[str, float]] = {f"gateway.{shift.name}": {} for shift in topology.shifts}
    changed.TEARLINE_POLICIES = settings.TEARLINE_POLICIES | shifts
    yield
    clients.close()
