"""From the file to the topology, or to what is wrong with it and where."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tearline.topology._lines import Key, line_of, line_of_error
from tearline.topology._values import CHECKS, PLATFORM, TRANSPORTS, Process, Topology, TopologyError

RESERVED = CHECKS | {PLATFORM, "tearline"}
"""Names that the platform's own database, apps and checks go by."""

BESIDE = frozenset({"postgres", "redis", "events", "tearline", "environment"})
"""Names that something else goes by in a deployment."""

NOT_TEXT = frozenset({"y", "yes", "n", "no", "on", "off", "true", "false", "null"})
"""Words that YAML takes for something other than text."""

PARTS = ("prepare", "worker", "beat")
"""What a process is made of in a deployment, besides the server that goes by its name."""

_NAME = re.compile(r"[a-z]([a-z0-9-]{0,38}[a-z0-9])?")


def load(path: Path, *, modules: Path, process: str | None = None) -> Topology:
    """Read the topology; we are the process of this name, or else the first one.

    A module is a package in the folder `modules`. Raises TopologyError.
    """
    file = _File.read(path)
    processes = tuple(_process(file, modules, name, table) for name, table in _tables(file).items())
    if not processes:
        raise file.wrong("no [processes.<name>] table: there is nothing to run")
    _refuse_two_hosts(file, processes)
    return Topology(
        processes=processes,
        process=_chosen(file, processes, process),
        transport=_transport(file, processes),
        entrance=_entrance(file, processes),
    )


@dataclass(frozen=True)
class _File:
    path: Path
    text: str
    content: Mapping[str, Any]

    @classmethod
    def read(cls, path: Path) -> "_File":
        """Raises TopologyError when it cannot be read, or is not TOML."""
        try:
            written = path.read_bytes()
        except OSError as error:
            raise TopologyError(f"{path}: cannot be read: {error.strerror}") from error
        try:
            text = written.decode("utf-8").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            line = written[: error.start].count(b"\n") + 1
            raise TopologyError(f"{path}:{line}: is not UTF-8 from here on") from error
        try:
            return cls(path, text, tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            raise TopologyError(f"{path}:{line_of_error(text, error)}: {error}") from error

    def wrong(self, message: str, *keys: Key) -> TopologyError:
        """What to raise about whatever these keys lead to."""
        return TopologyError(f"{self.path}:{line_of(self.text, *keys)}: {message}")


def _tables(file: _File) -> Mapping[str, Any]:
    for name in sorted(file.content.keys() - {"processes", "events", "gateway"}):
        known = "tables are named [processes.<name>], [events] and [gateway]"
        raise file.wrong(f"[{name}] is not known here; {known}", name)
    tables = file.content.get("processes", {})
    if not isinstance(tables, dict):
        raise file.wrong("`processes` must be tables named [processes.<name>]", "processes")
    return tables


def _process(file: _File, modules: Path, name: str, table: Any) -> Process:
    place, keys = f"[processes.{name}]", ("processes", name)
    if not isinstance(table, dict):
        raise file.wrong(f"{place} must be a table", *keys)
    if not _NAME.fullmatch(name):
        raise file.wrong(f"{place}: a process is called by small letters, digits and hyphens, 40 at most", *keys)
    if name in BESIDE | NOT_TEXT or name.endswith(tuple(f"-{part}" for part in PARTS)):
        raise file.wrong(f"{place}: no process may be called {name!r}: deployments take that for something else", *keys)
    for key in sorted(table.keys() - {"modules", "url", "own_databases"}):
        known = "known are `modules`, `url` and `own_databases`"
        raise file.wrong(f"{place}: `{key}` is not known here; {known}", *keys, key)
    hosted = _modules(file, modules, name, table.get("modules"))
    return Process(
        name=name,
        modules=hosted,
        url=_url(file, name, table.get("url")),
        own_databases=_own_databases(file, name, hosted, table.get("own_databases", [])),
    )


def _modules(file: _File, folder: Path, process: str, names: Any) -> tuple[str, ...]:
    place, keys = f"[processes.{process}]", ("processes", process, "modules")
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise file.wrong(f"{place}: `modules` must be a list that names at least one module", *keys)
    for index, name in enumerate(names):
        if name in RESERVED:
            message = f"no module may be called {name!r}: the platform itself goes by that name"
            raise file.wrong(f"{place}: {message}", *keys, index)
        if not (name.isidentifier() and (folder / name / "__init__.py").is_file()):
            raise file.wrong(f"{place}: there is no module {name!r}: no package modules/{name}", *keys, index)
    return tuple(names)


def _url(file: _File, process: str, url: Any) -> str | None:
    place, keys = f"[processes.{process}]", ("processes", process, "url")
    if url is None:
        return None
    if not isinstance(url, str):
        raise file.wrong(f"{place}: `url` must be text", *keys)
    if not _is_address(url):
        raise file.wrong(f"{place}: `url` must look like http://till.internal:8000", *keys)
    return url.rstrip("/")


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0) and not (
            parts.query or parts.fragment or parts.username or parts.password
        )
    except ValueError:  # a port that is no number
        return False


def _own_databases(file: _File, process: str, modules: tuple[str, ...], names: Any) -> tuple[str, ...]:
    place, keys = f"[processes.{process}]", ("processes", process, "own_databases")
    if not isinstance(names, list):
        raise file.wrong(f"{place}: `own_databases` must be a list of names", *keys)
    for index, name in enumerate(names):
        if name not in (PLATFORM, *modules):
            message = f"{name!r} is neither {PLATFORM!r} nor a module of this process"
            raise file.wrong(f"{place}: {message}", *keys, index)
        if name in names[:index]:
            raise file.wrong(f"{place}: {name!r} is named twice", *keys, index)
    return tuple(names)


def _refuse_two_hosts(file: _File, processes: tuple[Process, ...]) -> None:
    hosts: dict[str, str] = {}
    for process in processes:
        for index, module in enumerate(process.modules):
            if module in hosts:
                where = f"and in [processes.{hosts[module]}]" if hosts[module] != process.name else "twice"
                message = f"[processes.{process.name}]: {module!r} is hosted here {where}"
                raise file.wrong(message, "processes", process.name, "modules", index)
            hosts[module] = process.name


def _transport(file: _File, processes: tuple[Process, ...]) -> str:
    table = file.content.get("events", {})
    if not isinstance(table, dict):
        raise file.wrong("[events] must be a table", "events")
    for key in sorted(table.keys() - {"transport"}):
        raise file.wrong(f"[events]: `{key}` is not known here; known is `transport`", "events", key)
    transport = table.get("transport", TRANSPORTS[0])
    if transport not in TRANSPORTS:
        raise file.wrong(f"[events]: `transport` must be one of {', '.join(TRANSPORTS)}", "events", "transport")
    if len(processes) > 1 and transport == TRANSPORTS[0]:
        keys = ("events", "transport") if table else ("processes", processes[1].name)
        crossing = " or ".join(f'"{name}"' for name in TRANSPORTS[1:])
        raise file.wrong(f"[events]: between several processes `transport` must be {crossing}", *keys)
    return str(transport)


def _entrance(file: _File, processes: tuple[Process, ...]) -> str | None:
    table = file.content.get("gateway", {})
    if not isinstance(table, dict):
        raise file.wrong("[gateway] must be a table", "gateway")
    for key in sorted(table.keys() - {"process"}):
        raise file.wrong(f"[gateway]: `{key}` is not known here; known is `process`", "gateway", key)
    name = table.get("process", processes[0].name)
    if name not in (known := [process.name for process in processes]):
        raise file.wrong(f"[gateway]: `process` must be one of {', '.join(known)}", "gateway", "process")
    return str(name)


def _chosen(file: _File, processes: tuple[Process, ...], name: str | None) -> Process:
    if name is None:
        return processes[0]
    for process in processes:
        if process.name == name:
            return process
    known = ", ".join(process.name for process in processes)
    raise TopologyError(f"{file.path}: there is no [processes.{name}]; known are: {known}")
