"""Where a request goes that is not answered here.

A request is taken by one shift at most, or goes to the host of its module: never to both.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.urls import Resolver404, resolve

from tearline.gateway._surface import is_below, parameters_of
from tearline.snapshots import prefixes_of
from tearline.topology import API, METHODS, Process, Shift, Topology

VERSION = "Tearline-Version"

BUCKETS = 10_000


@dataclass(frozen=True)
class Destination:
    """`target`: whose policy holds; `prefix`: of the paths that are led there, below the API.

    `process`: who answers there, None when it is no process of ours.
    """

    target: str
    prefix: str
    url: str
    process: str | None


def destination_of(request: HttpRequest, topology: Topology, *, who: Callable[[], str]) -> Destination | None:
    """None: it is answered here. `who` names the caller, and is asked only if that decides."""
    if (topology.all_here and not topology.shifts) or request.method not in METHODS or _is_ours(request, topology):
        return None
    path = request.path_info.removeprefix(API)
    for shift in topology.shifts:
        if _is_meant(shift, request, path) and _is_in_share(shift, request, path, topology, who):
            return Destination(f"gateway.{shift.name}", shift.prefix, shift.url, shift.process)
    for module, host in modules_elsewhere(topology):
        for prefix in prefixes_of(module):
            if is_below(path, prefix):
                return Destination(f"gateway.{module}", prefix, url_of(host, module), host.name)
    return None


def modules_elsewhere(topology: Topology) -> list[tuple[str, Process]]:
    """Those that serve REST, and their hosts."""
    elsewhere = [(module, topology.host_of(module)) for module in topology.modules if module not in topology.hosted]
    return [(module, host) for module, host in elsewhere if prefixes_of(module)]


def url_of(host: Process, module: str) -> str:
    """Raises ImproperlyConfigured when nobody can reach it."""
    if host.url is None:
        raise ImproperlyConfigured(
            f"the gateway leads requests to {module}: [processes.{host.name}] needs a url in the topology"
        )
    return host.url


def bucket_of(shift: str, key: str) -> int:
    """0 to 9999, always the same for this key. Each shift, by its name, draws anew."""
    drawn = hashlib.sha256(f"{shift}\0{key}".encode(errors="surrogateescape")).digest()
    return int.from_bytes(drawn[:8]) % BUCKETS


def _is_ours(request: HttpRequest, topology: Topology) -> bool:
    """What is served here and is no module's: the description, and what the gateway puts together itself."""
    if parameters_of(request.path_info.removeprefix(API), topology.modules) is not None:
        return False
    try:
        resolve(request.path_info)
    except Resolver404:
        return False
    return True


def _is_meant(shift: Shift, request: HttpRequest, path: str) -> bool:
    return (
        is_below(path, shift.prefix)
        and (not shift.methods or request.method in shift.methods)
        and (shift.version is None or request.headers.get(VERSION) == shift.version)
    )


def _is_in_share(shift: Shift, request: HttpRequest, path: str, topology: Topology, who: Callable[[], str]) -> bool:
    """Whoever is in a share stays in it as it grows."""
    share = round(shift.percent * BUCKETS / 100)
    if share in (0, BUCKETS):
        return share == BUCKETS
    key = _business_key(shift.by, request, path, topology) if shift.by else None
    return bucket_of(shift.name, key or _caller(shift, request, who)) < share


def _business_key(parameter: str, request: HttpRequest, path: str, topology: Topology) -> str | None:
    return (parameters_of(path, topology.modules) or {}).get(parameter) or request.GET.get(parameter)


def _caller(shift: Shift, request: HttpRequest, who: Callable[[], str]) -> str:
    """Whom a system that is not ours knows by other credentials than ours goes by those."""
    return who() if shift.process else request.headers.get("Authorization", "")
