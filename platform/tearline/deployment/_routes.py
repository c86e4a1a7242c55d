"""Where a Gateway leads requests from outside: to the gateway process, and a share of some modules' elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass

from tearline.snapshots import prefixes_of
from tearline.topology import API, Topology, TopologyError

WHOLE = 100
"""The weight of all requests of a module."""


@dataclass(frozen=True, kw_only=True)
class Backend:
    """A Service, and its share of the requests: `weight` of 100."""

    service: str
    weight: int


@dataclass(frozen=True, kw_only=True)
class Route:
    """Requests below these paths go to these backends. `name` is fit for DNS."""

    name: str
    prefixes: tuple[str, ...]
    backends: tuple[Backend, ...]


def routes_of(topology: Topology, shifts: Mapping[str, Backend]) -> list[Route]:
    """One for each shift, by its module: who gets a share besides the gateway, at the same port.

    Raises TopologyError for a module that nobody hosts, or that serves no REST.
    """
    return [_route(topology, module, shift) for module, shift in shifts.items()]


def _route(topology: Topology, module: str, shift: Backend) -> Route:
    topology.host_of(module)
    prefixes = prefixes_of(module)
    if not prefixes:
        raise TopologyError(f"{module} serves no REST: there is nothing to lead elsewhere")
    rest = Backend(service=topology.gateway.name, weight=WHOLE - shift.weight)
    paths = tuple(f"{API}{prefix}" for prefix in prefixes)
    return Route(name=module.replace("_", "-"), prefixes=paths, backends=(rest, shift))
