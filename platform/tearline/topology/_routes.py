"""Where requests from outside are led, by the path prefixes of the modules."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from tearline.topology._values import Process, TopologyError

API = "/api/v1"
"""Below which modules serve their path prefixes."""

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


def routes_of(process: Process, shifts: Mapping[str, Backend]) -> list[Route]:
    """One for each of its modules that serves REST. `shifts`: by module, who else gets a share, at the same port."""
    return [
        Route(
            name=module.replace("_", "-"),
            prefixes=tuple(f"{API}{prefix}" for prefix in prefixes),
            backends=_backends(process, shifts.get(module)),
        )
        for module in process.modules
        if (prefixes := prefixes_of(module))
    ]


def prefixes_of(module: str) -> tuple[str, ...]:
    """The path prefixes in a module's api.py, which is read and not run: other processes may host the module."""
    spec = find_spec(f"modules.{module}.api")
    if spec is None or spec.origin is None:
        return ()
    for statement in ast.parse(Path(spec.origin).read_text(encoding="utf-8")).body:
        match statement:
            case ast.Assign(targets=[ast.Name(id="prefixes")], value=value):
                return tuple(ast.literal_eval(value))
    raise TopologyError(f"modules/{module}/api.py has no `prefixes`")


def _backends(process: Process, shift: Backend | None) -> tuple[Backend, ...]:
    if shift is None:
        return (Backend(service=process.name, weight=WHOLE),)
    return Backend(service=process.name, weight=WHOLE - shift.weight), shift
