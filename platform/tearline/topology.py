"""Which process hosts which module, as `topology.toml` says.

    [processes.shop]
    modules = ["catalog", "orders"]

    [processes.till]
    modules = ["payments"]
    url = "http://till.internal:8000"

All in one process is the usual topology.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RESERVED = frozenset({"default", "platform", "tearline"})
"""Names that the platform's own database and apps go by."""


class TopologyError(Exception):
    """The topology cannot be used. The message names the file and the table in it."""


@dataclass(frozen=True, kw_only=True)
class Process:
    """Something that runs and hosts one or more modules. `url` is where the others reach it."""

    name: str
    modules: tuple[str, ...]
    url: str | None = None


@dataclass(frozen=True, kw_only=True)
class Topology:
    """All processes, and the one that we are."""

    processes: tuple[Process, ...]
    process: Process

    @property
    def modules(self) -> tuple[str, ...]:
        """Every module, wherever it is hosted, in the order of the file."""
        return tuple(module for process in self.processes for module in process.modules)

    @property
    def hosted(self) -> tuple[str, ...]:
        """The modules of the process that we are."""
        return self.process.modules


def load(path: Path, *, process: str | None = None) -> Topology:
    """Read the topology; we are the process of this name, or else the first one.

    A module is a package in the folder `modules` next to the file. Raises TopologyError.
    """
    processes = tuple(_process(path, name, table) for name, table in _tables(path).items())
    if not processes:
        raise TopologyError(f"{path}: no [processes.<name>] table: there is nothing to run")
    _refuse_two_hosts(path, processes)
    return Topology(processes=processes, process=_chosen(path, processes, process))


def _tables(path: Path) -> Mapping[str, Any]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TopologyError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TopologyError(f"{path}: {error}") from error
    unknown = sorted(content.keys() - {"processes"})
    if unknown:
        raise TopologyError(f"{path}: [{unknown[0]}] is not known here; tables are named [processes.<name>]")
    tables = content.get("processes", {})
    if not isinstance(tables, dict):
        raise TopologyError(f"{path}: `processes` must be tables named [processes.<name>]")
    return tables


def _process(path: Path, name: str, table: Any) -> Process:
    place = f"{path}: [processes.{name}]"
    if not isinstance(table, dict):
        raise TopologyError(f"{place} must be a table")
    unknown = sorted(table.keys() - {"modules", "url"})
    if unknown:
        raise TopologyError(f"{place}: `{unknown[0]}` is not known here; known are `modules` and `url`")
    url = table.get("url")
    if url is not None and not isinstance(url, str):
        raise TopologyError(f"{place}: `url` must be text")
    return Process(name=name, modules=_modules(path, place, table.get("modules")), url=url)


def _modules(path: Path, place: str, names: Any) -> tuple[str, ...]:
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise TopologyError(f"{place}: `modules` must be a list that names at least one module")
    for name in names:
        if name in RESERVED:
            raise TopologyError(f"{place}: no module may be called {name!r}: the platform itself goes by that name")
        if not (name.isidentifier() and (path.parent / "modules" / name / "__init__.py").is_file()):
            raise TopologyError(f"{place}: there is no module {name!r}: no package modules/{name}")
    return tuple(names)


def _refuse_two_hosts(path: Path, processes: tuple[Process, ...]) -> None:
    hosts: dict[str, str] = {}
    for process in processes:
        for module in process.modules:
            if module in hosts:
                where = f"and in [processes.{hosts[module]}]" if hosts[module] != process.name else "twice"
                raise TopologyError(f"{path}: [processes.{process.name}]: {module!r} is hosted here {where}")
            hosts[module] = process.name


def _chosen(path: Path, processes: tuple[Process, ...], name: str | None) -> Process:
    if name is None:
        return processes[0]
    for process in processes:
        if process.name == name:
            return process
    known = ", ".join(process.name for process in processes)
    raise TopologyError(f"{path}: there is no [processes.{name}]; known are: {known}")
