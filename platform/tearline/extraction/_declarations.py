""".importlinter without what is not there: a line at a time, so that its order and its comments stay."""

import configparser
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tearline.boundaries import DOORS, ELSEWHERE
from tearline.extraction._imports import Imports

DECLARED_ELSEWHERE = f"""
# Declared in other repositories, where its imports are seen.
[{ELSEWHERE}]
doors =
"""

_PUBLIC_DOOR = re.compile(r"(?:modules|config)\..* -> modules\.(?P<module>\w+)\.(?:facade|events)")
_HEADER = re.compile(r"\[(?P<section>.*)\]")

Keeps = Callable[[str], bool]


@dataclass(frozen=True)
class Declarations:
    """What a project's .importlinter says. `doors` are the lines that allow an import."""

    text: str

    @property
    def doors(self) -> list[str]:
        return _lines(self._read[DOORS]["ignore_imports"])

    @property
    def elsewhere(self) -> list[str]:
        return _lines(self._read.get(ELSEWHERE, "doors", fallback=""))

    @property
    def packages(self) -> list[str]:
        return _lines(self._read["importlinter"]["root_packages"])

    def doors_of(self, module: str) -> list[str]:
        """By which doors a module goes."""
        return [door for door in self.doors if door.startswith((f"modules.{module}.", f"modules.{module} "))]

    def for_service(self, module: str, imports: Imports) -> str:
        """What the project of this module, which has these imports, declares.

        Also by whom the module is called and heard, though those are not there.
        """
        gone = set(self.packages) - imports.packages()
        sections = {name for name in self._read.sections() if gone.issuperset(self._sources(name) or ["*"])}
        kept = _kept(
            self.text,
            sections=lambda name: name not in sections | {ELSEWHERE},
            values=lambda value: imports.match(value) if " -> " in value else value.partition(".")[0] not in gone,
        )
        public = (door for door in [*self.doors, *self.elsewhere] if self._leads_to(door, module))
        return _with_elsewhere(kept, (door for door in public if not imports.match(door)))

    def without(self, module: str, imports: Imports) -> str:
        """What a project declares whose imports are these, now that the module has left it."""
        kept = _kept(
            self.text,
            sections=lambda name: name != ELSEWHERE,
            values=lambda value: " -> " not in value or imports.match(value),
        )
        left = (door for door in self.doors_of(module) if _PUBLIC_DOOR.fullmatch(door) and not imports.match(door))
        return _with_elsewhere(kept, [*self.elsewhere, *left])

    @property
    def _read(self) -> configparser.ConfigParser:
        read = configparser.ConfigParser()
        read.read_string(self.text)
        return read

    def _sources(self, section: str) -> list[str]:
        return _lines(self._read.get(section, "source_modules", fallback=""))

    def _leads_to(self, door: str, module: str) -> bool:
        found = _PUBLIC_DOOR.fullmatch(door)
        return found is not None and found["module"] == module


def _with_elsewhere(text: str, doors: Iterable[str]) -> str:
    lines = "".join(f"    {door}\n" for door in doors)
    return f"{text.rstrip()}\n{DECLARED_ELSEWHERE}{lines}" if lines else f"{text.rstrip()}\n"


def _lines(value: str) -> list[str]:
    return [line.strip() for line in value.splitlines() if line.strip()]


def _kept(text: str, *, sections: Keeps, values: Keeps) -> str:
    """A comment goes with what it stands above: a section, or all values up to the next comment."""
    return "".join(f"{line}\n" for line in _lines_kept(text.splitlines(), sections, values))


def _lines_kept(lines: Iterable[str], sections: Keeps, values: Keeps) -> Iterator[str]:
    in_kept_section, above, above_ends = True, list[str](), False
    for line in lines:
        said = line.strip()
        if not said or said.startswith("#"):
            above = [line] if above_ends else [*above, line]
            above_ends = False
            continue
        above_ends = True
        is_value = line.startswith(" ")
        if header := _HEADER.fullmatch(said):
            in_kept_section = sections(header["section"])
        if not is_value:
            above = [comment for comment in above if not comment.startswith(" ")]
        if in_kept_section and (not is_value or values(said)):
            yield from [*above, line]
            above = []
