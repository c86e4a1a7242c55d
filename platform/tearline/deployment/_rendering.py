"""What deploys a topology: its templates filled in.

The templates lie in `templates/`, and read like what they make. Django's template language fills them in, without its
escaping: all that goes into them has been validated with the file, or is given by whoever renders.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.template import Context, Engine

from tearline.deployment._deployed import WORKER_CHILDREN, Deployed, deployed
from tearline.deployment._routes import WHOLE, Backend, routes_of
from tearline.topology import API, Topology, TopologyError

USUAL_CONNECTIONS = 100
"""What PostgreSQL allows unless told otherwise."""

SPARE_CONNECTIONS = 10
"""For superusers, and for preparing while others serve."""

_engine = Engine(dirs=[str(Path(__file__).with_name("templates"))], autoescape=False)


@dataclass(frozen=True, kw_only=True)
class Site:
    """What differs between clusters: which image is run, by which name the world asks, which Gateway lets it in.

    `shifts`: by module, who besides the gateway process gets a share of its requests.
    """

    image: str
    host: str
    gateway: str
    shifts: Mapping[str, Backend] = field(default_factory=dict)


def usual_image() -> str:
    """What `docker compose build` makes of the repository, by this version."""
    return f"tearline:{version('tearline')}"


def compose(topology: Topology, *, image: str = "") -> str:
    """The text of docker-compose.yml, for the processes whose modules are in this checkout.

    Raises TopologyError for urls at which containers could not listen.
    """
    processes = deployed(topology)
    connections = sum(each.connections for each in processes)
    told: dict[str, Any] = {"image": image or usual_image(), "a_database_is_shared": connections > 0}
    if connections + SPARE_CONNECTIONS > USUAL_CONNECTIONS:
        told["max_connections"] = connections + SPARE_CONNECTIONS
    return _filled("docker-compose.yml", topology, processes=processes, **told)


def kubernetes(topology: Topology, site: Site, *, pages: Sequence[str]) -> dict[str, str]:
    """Manifests by the names of their files. `pages`: paths served besides the API, by the gateway process.

    Raises TopologyError for urls at which Services could not be reached, and for shifts of modules that nobody hosts.
    """
    processes = deployed(topology)
    shared = any(each.shares_a_database for each in processes)
    told = {"processes": processes, "a_database_is_shared": shared}
    files = {"tearline.yaml": _filled("kubernetes/tearline.yaml", topology, **told)}
    for each in processes:
        files[f"process-{each.process.name}.yaml"] = _process(topology, each, site, pages)
    return files


def _process(topology: Topology, each: Deployed, site: Site, pages: Sequence[str]) -> str:
    name = each.process.name
    if each.host.partition(".")[0] != name:
        raise TopologyError(f"[processes.{name}]: in a cluster `url` must begin with http://{name}")
    told: dict[str, Any] = {"deployed": each, "site": site, "is_gateway": each.process == topology.gateway}
    told |= {"routes": routes_of(topology, site.shifts), "paths": [API, *pages], "whole": WHOLE}
    return _filled("kubernetes/process.yaml", topology, **told)


def _filled(template: str, topology: Topology, **told: Any) -> str:
    several = len(topology.processes) > 1
    told |= {"children": WORKER_CHILDREN, "several": several, "transport": topology.transport if several else "local"}
    told["broker_is_ours"] = told["transport"] == "redis" and not topology.elsewhere
    return _engine.get_template(template).render(Context(told))
