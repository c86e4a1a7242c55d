"""What modules have declared of each other, read from where the linter reads it too.

Import-linter's contract of declared doors has a line for each dependency and door:

    modules.orders.** -> modules.payments.facade
    modules.shipping.** -> modules.orders.events

Who is declared to go by a module's facade may call it, and who goes by its events hears it, wherever either of them
runs. What modules of other repositories have declared of ours, or once did here, stands in a section of its own, as the
linter sees none of their imports.
"""

import configparser
import re
from pathlib import Path

DOORS = "importlinter:contract:doors"
ELSEWHERE = "tearline:elsewhere"

_DOOR = re.compile(r"modules\.(?P<importer>\w+)\.\*\* -> modules\.(?P<module>\w+)\.(?P<door>\w+)")

_CALL = re.compile(r"(?:modules|config)\.(?P<importer>[\w.]+?)(?:\.\*\*)? -> modules\.(?P<module>\w+)\.facade")

Declared = dict[str, list[str]]
"""By module, the modules that it goes to."""


def asked_by_modules(importlinter: Path) -> Declared:
    """Whose facades each module may call, as declared in this file. Raises OSError and KeyError when nothing is."""
    return _going_by("facade", importlinter)


def allowed_calls(importlinter: Path) -> Declared:
    """By caller, whose facades it may call from another process. The pages and commands of `config` are callers, too.

    A caller goes by the last name of its package: `orders`, `landing`. Raises OSError and KeyError when nothing is.
    """
    found: dict[str, set[str]] = {}
    for line in _lines(importlinter):
        if call := _CALL.fullmatch(line):
            found.setdefault(call["importer"].rpartition(".")[2], set()).add(call["module"])
    return {caller: sorted(found[caller]) for caller in sorted(found)}


def heard_by_modules(importlinter: Path) -> Declared:
    """Whose events each module may hear, as declared in this file. Raises OSError and KeyError when nothing is."""
    return _going_by("events", importlinter)


def declared_doors(importlinter: Path) -> set[tuple[str, str, str]]:
    """(importer, module, door) of each declared line. Raises OSError and KeyError when nothing is."""
    declared = map(_DOOR.fullmatch, _lines(importlinter))
    return {(door["importer"], door["module"], door["door"]) for door in declared if door}


def _going_by(door: str, importlinter: Path) -> Declared:
    found: dict[str, list[str]] = {}
    for importer, module, by in declared_doors(importlinter):
        if by == door:
            found.setdefault(importer, []).append(module)
    return {importer: sorted(found[importer]) for importer in sorted(found)}


def _lines(importlinter: Path) -> list[str]:
    config = configparser.ConfigParser()
    config.read_string(importlinter.read_text(encoding="utf-8"))
    declared = config[DOORS]["ignore_imports"] + config.get(ELSEWHERE, "doors", fallback="")
    return [line.strip() for line in declared.splitlines()]
