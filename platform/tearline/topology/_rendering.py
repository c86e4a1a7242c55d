"""What deploys a topology: its templates filled in.

The templates lie in `templates/`, and read like what they make. Django's template language fills them in, without its
escaping: all that goes into them has been validated with the file, or is given by whoever renders.
"""

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.template import Context, Engine

from tearline.topology._values import Process, Topology, TopologyError

USUAL_PORT = 8000
UNPRIVILEGED = 1024
API = "/api/v1"
"""Below which modules serve their path prefixes."""

_engine = Engine(dirs=[str(Path(__file__).with_name("templates"))], autoescape=False)


@dataclass(frozen=True, kw_only=True)
class Site:
    """What differs between clusters: which image is run, by which name the world asks, which Gateway lets it in."""

    image: str
    host: str
    gateway: str


@dataclass(frozen=True)
class Deployed:
    """A process as the templates see it: `number` counts from 0, `port` is the one that its server listens on."""

    process: Process
    number: int
    host: str
    port: int

    @property
    def published_port(self) -> int:
        """Where this machine reaches the server, when all run on it."""
        return USUAL_PORT + self.number

    @property
    def databases(self) -> list[dict[str, str]]:
        """Each variable that says where data is, once, and how the whole deployment calls it."""
        own = [self.process.databases[name] for name in self.process.databases if name in self.process.own_databases]
        return [{"variable": variable, "given": self._given(variable)} for variable in own]

    @property
    def shares_a_database(self) -> bool:
        return "DATABASE_URL" in self.process.databases.values()

    @property
    def routes(self) -> list[dict[str, Any]]:
        """For each module that serves REST its path prefixes."""
        served = ((module, prefixes_of(module)) for module in self.process.modules)
        return [
            {"name": module.replace("_", "-"), "prefixes": [f"{API}{prefix}" for prefix in prefixes]}
            for module, prefixes in served
            if prefixes
        ]

    def _given(self, variable: str) -> str:
        """The platform's database of one process is not that of another, though both call it the same."""
        if variable == "PLATFORM_DATABASE_URL":
            return f"{self.process.name.upper().replace('-', '_')}_{variable}"
        return variable


def compose(topology: Topology) -> str:
    """The text of docker-compose.yml. Raises TopologyError for urls at which containers could not listen."""
    return _filled("docker-compose.yml", topology, image=usual_image())


def kubernetes(topology: Topology, site: Site, *, pages: Sequence[str]) -> dict[str, str]:
    """Manifests by the names of their files. `pages`: paths served besides the API, by the first process.

    Raises TopologyError for urls at which Services could not be reached.
    """
    told = {"site": site, "pages": pages, "api": API}
    files = {"tearline.yaml": _filled("kubernetes/tearline.yaml", topology, **told)}
    for deployed in _deployed(topology):
        if deployed.host.partition(".")[0] != deployed.process.name:
            place = f"[processes.{deployed.process.name}]"
            raise TopologyError(f"{place}: in a cluster `url` must begin with http://{deployed.process.name}")
        files[f"process-{deployed.process.name}.yaml"] = _filled(
            "kubernetes/process.yaml", topology, deployed=deployed, **told
        )
    return files


def usual_image() -> str:
    """What `docker compose build` makes of the repository, by this version."""
    return f"tearline:{version('tearline')}"


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


def _filled(template: str, topology: Topology, **told: Any) -> str:
    deployed = _deployed(topology)
    shared = any(each.shares_a_database for each in deployed)
    told |= {"processes": deployed, "a_database_is_shared": shared}
    return _engine.get_template(template).render(Context(told))


def _deployed(topology: Topology) -> list[Deployed]:
    return [Deployed(each, number, *_listening(each)) for number, each in enumerate(topology.processes)]


def _listening(process: Process) -> tuple[str, int]:
    """By which name and at which port the server is reached."""
    if process.url is None:
        return process.name, USUAL_PORT
    parts = urlsplit(process.url)
    if parts.scheme != "http" or (parts.port or 0) < UNPRIVILEGED or parts.path:
        raise TopologyError(
            f"[processes.{process.name}]: to be deployed, `url` must look like http://{process.name}:{USUAL_PORT}, "
            f"with a port from {UNPRIVILEGED}: its server listens there, and speaks no TLS"
        )
    return str(parts.hostname), int(parts.port or 0)
