"""Writes the files of a new module, and its line in topology.toml."""

import keyword
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tomlkit
from django.apps import apps
from django.template import Context, Engine

from tearline.boundaries import ANY
from tearline.topology import RESERVED, Topology

NAME = re.compile(r"[a-z]{3,20}")
TAKEN = RESERVED | {ANY, "default", "config", "tests", "platform", "modules", "public"}
"""Names of folders, of a database, of PostgreSQL's own schema, and those by which the platform goes or calls nobody."""

_TEMPLATES = Path(__file__).with_name("templates")
_SUFFIX = "-tpl"
"""Keeps what a template makes from being taken for a part of this platform."""

_engine = Engine(dirs=[str(_TEMPLATES)], autoescape=False)


class CannotStart(Exception):
    """Nothing was written. The message says why."""


def start(name: str, *, process: str | None, root: Path, topology_file: Path, topology: Topology) -> list[Path]:
    """Write the module, hosted by this process or else by the first. What was written or changed.

    Raises CannotStart.
    """
    folder = root / "modules" / name
    _refuse(name, folder, topology)
    processes = [each.name for each in topology.processes]
    host = process or processes[0]
    if host not in processes:
        raise CannotStart(f"{topology_file.name} has no process {host!r}; there are {', '.join(processes)}")
    written = list(_write(name, folder))
    text = topology_file.read_text(encoding="utf-8")
    topology_file.write_text(_hosting(text, name, host), encoding="utf-8")
    return [*written, topology_file]


def _refuse(name: str, folder: Path, topology: Topology) -> None:
    if not NAME.fullmatch(name) or keyword.iskeyword(name) or name in TAKEN:
        raise CannotStart(
            f"{name!r} is no name for a module: 3 to 20 letters in lower case, which Python and Tearline leave free"
        )
    if folder.exists() or name in topology.modules:
        raise CannotStart(f"there is a module {name} already")
    if name in apps.app_configs:
        raise CannotStart(f"Django knows another app as {name!r}: {apps.get_app_config(name).name}")


def _write(name: str, folder: Path) -> Iterator[Path]:
    draft = folder.with_name(f".{name}")
    shutil.rmtree(draft, ignore_errors=True)
    for template in sorted(_TEMPLATES.rglob(f"*{_SUFFIX}")):
        inside = template.relative_to(_TEMPLATES)
        target = draft / inside.with_name(inside.name.removesuffix(_SUFFIX))
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_engine.get_template(str(inside)).render(Context(_names(name))), encoding="utf-8")
    draft.rename(folder)  # all of it or nothing
    yield from sorted(path for path in folder.rglob("*.py"))


def _names(name: str) -> dict[str, str]:
    return {
        "module": name,
        "Module": name.capitalize(),
        "prefix": name[:3],
    }


def _hosting(text: str, name: str, process: str) -> str:
    written: Any = tomlkit.parse(text)
    written["processes"][process]["modules"].append(name)
    return tomlkit.dumps(written)
