"""What a topology is, wherever it comes from."""

import hashlib
import json
from dataclasses import asdict, dataclass

API = "/api/v1"
"""Below which modules serve their path prefixes."""

PLATFORM = "platform"
"""The database that every process has besides those of its modules: its staff, API keys and switches."""

STREAMS = ("module", "type")
"""For what there is a stream or topic of its own: for each module that announces events, or for each type of event."""

CHECKS = frozenset({"default", "migrations", "events", "wake_ups", "circuits"})
"""What a process's health is called by that is not a module's. See `tearline.health`."""

TRANSPORTS = ("local", "redis", "kafka")
"""How events travel. The first stays in its process, the others cross."""


class TopologyError(Exception):
    """The topology cannot be used. The message names the file, the line and the table in it."""


@dataclass(frozen=True, kw_only=True)
class Process:
    """Something that runs and hosts one or more modules. `url` is where the others reach it.

    `own_databases` names those of its databases that have a variable of their own.
    """

    name: str
    modules: tuple[str, ...]
    url: str | None = None
    own_databases: tuple[str, ...] = ()

    @property
    def databases(self) -> dict[str, str]:
        """For `platform` and each module the environment variable that says where its data is."""
        return {name: self._variable(name) for name in (PLATFORM, *self.modules)}

    def _variable(self, name: str) -> str:
        return f"{name.upper()}_DATABASE_URL" if name in self.own_databases else "DATABASE_URL"


@dataclass(frozen=True, kw_only=True)
class Shift:
    """Requests that the gateway leads to another address than the host of their module.

    `process` is who answers there, by the name that it goes by; None when that is no process of ours.
    """

    name: str
    prefix: str
    url: str
    process: str | None = None
    percent: float = 100
    by: str | None = None
    version: str | None = None
    methods: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Topology:
    """All processes, and the one that we are. `elsewhere` names those whose modules are not in this checkout."""

    processes: tuple[Process, ...]
    process: Process
    transport: str = TRANSPORTS[0]
    streams: str = STREAMS[0]
    entrance: str | None = None
    """The name of the process that lets the world in; None stands for the first one."""
    shifts: tuple[Shift, ...] = ()
    """The first one that takes a request has it."""
    elsewhere: frozenset[str] = frozenset()

    @property
    def modules(self) -> tuple[str, ...]:
        """Every module, wherever it is hosted, in the order of the file."""
        return tuple(module for process in self.processes for module in process.modules)

    @property
    def hosted(self) -> tuple[str, ...]:
        """The modules of the process that we are."""
        return self.process.modules

    @property
    def present(self) -> tuple[str, ...]:
        """The modules that are in this checkout, whichever process hosts them."""
        here = (process for process in self.processes if process.name not in self.elsewhere)
        return tuple(module for process in here for module in process.modules)

    @property
    def all_here(self) -> bool:
        """Whether there is no other process."""
        return self.hosted == self.modules

    @property
    def gateway(self) -> Process:
        """The process by which the world gets in: it knows who asks, and leads requests to whoever hosts the module."""
        return next((process for process in self.processes if process.name == self.entrance), self.processes[0])

    @property
    def is_gateway(self) -> bool:
        """Whether that is us."""
        return self.process == self.gateway

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits, the same for all processes that go by the same file, whatever its comments say."""
        processes, shifts = ([asdict(each) for each in all_] for all_ in (self.processes, self.shifts))
        said = json.dumps([processes, self.transport, self.streams, self.gateway.name, shifts])
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    def host_of(self, module: str) -> Process:
        """Where a module is hosted. Raises TopologyError when no process hosts it."""
        for process in self.processes:
            if module in process.modules:
                return process
        raise TopologyError(f"no process hosts {module}")
