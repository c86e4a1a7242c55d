"""The topology that a checkout and a service go by, once the module has a process of its own."""

import re
from typing import Any

import tomlkit

from tearline.topology import TRANSPORTS, Topology

PORT = 8000

_TABLE = re.compile(r"^([^#\n].*)\n\[", re.MULTILINE)
"""A table right below something else, but for a comment."""


def apart(text: str, topology: Topology, module: str, *, url: str | None = None) -> str:
    """The file in which this module is alone in its process, and all processes can be reached. As it is, if it says so.

    `url`: where the module's process is reached, unless the file says.
    """
    written: Any = tomlkit.parse(text)
    tables = written["processes"]
    host = topology.host_of(module)
    if host.modules != (module,):
        tables[host.name]["modules"] = [name for name in tables[host.name]["modules"] if name != module]
        tables[_process_name(module)] = tomlkit.table().add("modules", [module])
    for name, table in tables.items():
        if "url" not in table:
            table["url"] = (url if list(table["modules"]) == [module] else None) or f"http://{name}:{PORT}"
    if topology.transport == TRANSPORTS[0]:
        written["events"] = {"transport": TRANSPORTS[1]}
    return _TABLE.sub(r"\1\n\n[", tomlkit.dumps(written))


def _process_name(module: str) -> str:
    """One that DNS allows, as deployments call the process's server by it."""
    return module.replace("_", "-").strip("-").lower()
