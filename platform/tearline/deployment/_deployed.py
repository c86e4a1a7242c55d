"""A process as it is deployed: where it listens, what it is given, how many connections it takes."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from tearline.topology._values import PLATFORM, Process, Topology, TopologyError

USUAL_PORT = 8000
UNPRIVILEGED = 1024
WORKER_CHILDREN = 4
POOL = 6
"""Connections that a server keeps to each database at most: the default of DATABASE_POOL_SIZE."""


@dataclass(frozen=True)
class Deployed:
    """A process as the templates see it: `number` counts from 0, its server is reached as `host` at `port`."""

    process: Process
    number: int
    host: str
    port: int

    @property
    def published_port(self) -> int:
        """Where this machine reaches the server, when all run on it."""
        return USUAL_PORT + self.number

    @property
    def shares_a_database(self) -> bool:
        return "DATABASE_URL" in self.process.databases.values()

    @property
    def databases(self) -> list[dict[str, str]]:
        """For each database of its own the variable that says where, and how the whole deployment calls it."""
        own = self.process.own_databases
        return [{"variable": self.process.databases[name], "given": self._given(name)} for name in own]

    @property
    def connections(self) -> int:
        """How many its server and its worker may open to the shared database at once. A child has one for itself."""
        shared = list(self.process.databases.values()).count("DATABASE_URL")
        return shared * POOL + WORKER_CHILDREN * (shared + 1) if shared else 0

    def _given(self, name: str) -> str:
        """The platform's database of one process is not that of another, though both call it the same."""
        variable = self.process.databases[name]
        return f"{self.process.name.upper().replace('-', '_')}_{variable}" if name == PLATFORM else variable


def deployed(topology: Topology) -> list[Deployed]:
    """All processes that can run here. Raises TopologyError for a url at which no container could listen."""
    return [
        Deployed(process, number, *_listening(process))
        for number, process in enumerate(topology.processes)
        if process.name not in topology.elsewhere
    ]


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
