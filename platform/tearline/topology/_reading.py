"""From the file to the topology, or to what is wrong with it and where."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tearline.topology._file import File, is_address
from tearline.topology._shifts import shifts_of
from tearline.topology._values import CHECKS, PLATFORM, STREAMS, TRANSPORTS, Process, Topology, TopologyError

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
    """Read the topology; we are the process of this name, or else the first one that can run here.

    A module is a package in the folder `modules`, and can run here if it is a Django app: of one that has left there
    are but its public files, or nothing. Raises TopologyError.
    """
    file = File.read(path)
    processes = tuple(_process(file, name, table) for name, table in _tables(file).items())
    if not processes:
        raise file.wrong("no [processes.<name>] table: there is nothing to run")
    _refuse_two_hosts(file, processes)
    elsewhere = _elsewhere(file, modules, processes)
    entrance = _entrance(file, processes)
    hosted = [module for each in processes for module in each.modules]
    return Topology(
        processes=processes,
        process=_chosen(file, processes, elsewhere, process),
        transport=_transport(file, processes),
        streams=_streams(file),
        entrance=entrance,
        shifts=tuple(shifts_of(file, gateway=entrance, modules=hosted)),
        elsewhere=elsewhere,
    )


def _tables(file: File) -> Mapping[str, Any]:
    for name in sorted(file.content.keys() - {"processes", "events", "gateway"}):
        known = "tables are named [processes.<name>], [events] and [gateway]"
        raise file.wrong(f"[{name}] is not known here; {known}", name)
    tables = file.content.get("processes", {})
    if not isinstance(tables, dict):
        raise file.wrong("`processes` must be tables named [processes.<name>]", "processes")
    return tables


def _process(file: File, name: str, table: Any) -> Process:
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
    hosted = _modules(file, name, table.get("modules"))
    return Process(
        name=name,
        modules=hosted,
        url=_url(file, name, table.get("url")),
        own_databases=_own_databases(file, name, hosted, table.get("own_databases", [])),
    )


def _modules(file: File, process: str, names: Any) -> tuple[str, ...]:
    place, keys = f"[processes.{process}]", ("processes", process, "modules")
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise file.wrong(f"{place}: `modules` must be a list that names at least one module", *keys)
    for index, name in enumerate(names):
        if name in RESERVED:
            message = f"no module may be called {name!r}: the platform itself goes by that name"
            raise file.wrong(f"{place}: {message}", *keys, index)
        if not name.isidentifier():
            raise file.wrong(f"{place}: there is no module {name!r}: it is no name of a package", *keys, index)
    return tuple(names)


def _url(file: File, process: str, url: Any) -> str | None:
    place, keys = f"[processes.{process}]", ("processes", process, "url")
    if url is None:
        return None
    if not isinstance(url, str):
        raise file.wrong(f"{place}: `url` must be text", *keys)
    if not is_address(url):
        raise file.wrong(f"{place}: `url` must look like http://till.internal:8000", *keys)
    return url.rstrip("/")


def _own_databases(file: File, process: str, modules: tuple[str, ...], names: Any) -> tuple[str, ...]:
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


def _refuse_two_hosts(file: File, processes: tuple[Process, ...]) -> None:
    hosts: dict[str, str] = {}
    for process in processes:
        for index, module in enumerate(process.modules):
            if module in hosts:
                where = f"and in [processes.{hosts[module]}]" if hosts[module] != process.name else "twice"
                message = f"[processes.{process.name}]: {module!r} is hosted here {where}"
                raise file.wrong(message, "processes", process.name, "modules", index)
            hosts[module] = process.name


def _transport(file: File, processes: tuple[Process, ...]) -> str:
    table = file.content.get("events", {})
    if not isinstance(table, dict):
        raise file.wrong("[events] must be a table", "events")
    for key in sorted(table.keys() - {"transport", "streams"}):
        raise file.wrong(f"[events]: `{key}` is not known here; known are `transport` and `streams`", "events", key)
    transport = table.get("transport", TRANSPORTS[0])
    if transport not in TRANSPORTS:
        raise file.wrong(f"[events]: `transport` must be one of {', '.join(TRANSPORTS)}", "events", "transport")
    if len(processes) > 1 and transport == TRANSPORTS[0]:
        keys = ("events", "transport") if table else ("processes", processes[1].name)
        crossing = " or ".join(f'"{name}"' for name in TRANSPORTS[1:])
        raise file.wrong(f"[events]: between several processes `transport` must be {crossing}", *keys)
    return str(transport)


def _streams(file: File) -> str:
    streams = file.content.get("events", {}).get("streams", STREAMS[0])
    if streams not in STREAMS:
        raise file.wrong(f"[events]: `streams` must be one of {', '.join(STREAMS)}", "events", "streams")
    return str(streams)


def _entrance(file: File, processes: tuple[Process, ...]) -> str:
    table = file.content.get("gateway", {})
    if not isinstance(table, dict):
        raise file.wrong("[gateway] must be a table", "gateway")
    for key in sorted(table.keys() - {"process", "shift"}):
        raise file.wrong(f"[gateway]: `{key}` is not known here; known are `process` and `shift`", "gateway", key)
    name = table.get("process", processes[0].name)
    if name not in (known := [process.name for process in processes]):
        raise file.wrong(f"[gateway]: `process` must be one of {', '.join(known)}", "gateway", "process")
    return str(name)


def _elsewhere(file: File, folder: Path, processes: tuple[Process, ...]) -> frozenset[str]:
    """The processes that cannot run here, as none of their modules is here."""
    elsewhere = set()
    for process in processes:
        here = {module for module in process.modules if (folder / module / "apps.py").is_file()}
        if here:
            _refuse_scattered(file, folder, process, here)
        else:
            _refuse_misspelt(file, folder, process, processes)
            elsewhere.add(process.name)
    return frozenset(elsewhere)


def _refuse_scattered(file: File, folder: Path, process: Process, here: set[str]) -> None:
    for index, module in enumerate(process.modules):
        if module not in here:
            left = "only its public files are here" if _is_package(folder, module) else f"no package modules/{module}"
            message = f"[processes.{process.name}]: there is no module {module!r}: {left}"
            raise file.wrong(message, "processes", process.name, "modules", index)


def _refuse_misspelt(file: File, folder: Path, process: Process, processes: tuple[Process, ...]) -> None:
    """A name without a package is a module of elsewhere; but while a package here has no host, it may be meant."""
    hosted = {module for each in processes for module in each.modules}
    hostless = sorted({opening.parent.name for opening in folder.glob("*/__init__.py")} - hosted)
    for index, module in enumerate(process.modules):
        if hostless and not _is_package(folder, module):
            message = f"there is no module {module!r}: no package modules/{module}, and nobody hosts {hostless[0]}"
            raise file.wrong(f"[processes.{process.name}]: {message}", "processes", process.name, "modules", index)


def _is_package(folder: Path, module: str) -> bool:
    return (folder / module / "__init__.py").is_file()


def _chosen(file: File, processes: tuple[Process, ...], elsewhere: frozenset[str], name: str | None) -> Process:
    here = [process for process in processes if process.name not in elsewhere]
    for process in here:
        if name in (None, process.name):
            return process
    if name is None or name in elsewhere:
        name = name or processes[0].name
        raise file.wrong(f"[processes.{name}] cannot run here, as its modules are not here", "processes", name)
    known = ", ".join(process.name for process in processes)
    raise TopologyError(f"{file.path}: there is no [processes.{name}]; known are: {known}")
