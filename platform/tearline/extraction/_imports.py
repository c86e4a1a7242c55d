"""What the files of a project import of each other."""

import ast
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

SOURCES = (".", "platform")
"""Where packages lie."""


class Imports:
    """All imports between the Python files of a project's own packages."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def match(self, door: str) -> bool:
        """Whether a line of .importlinter, such as `modules.orders.** -> modules.*.facade`, speaks of any import."""
        importer, _, imported = (_pattern(side) for side in door.partition(" -> "))
        return any(importer.fullmatch(one) and imported.fullmatch(other) for one, other in self._all)

    def packages(self) -> set[str]:
        """The names of the project's own packages."""
        return {name.partition(".")[0] for name in self._files}

    def of(self, file: Path) -> set[str]:
        """The names of the project's own modules that a file imports."""
        return {name for name in imported_by(file) if name in self._files}

    def files(self) -> list[Path]:
        return list(self._files.values())

    def file(self, name: str) -> Path:
        return self._files[name]

    def names(self) -> set[str]:
        """The names of all imported modules, whoever they belong to."""
        return {name for file in self._files.values() for name in imported_by(file)}

    @cached_property
    def _all(self) -> set[tuple[str, str]]:
        return {(name, other) for name, file in self._files.items() for other in self.of(file)}

    @cached_property
    def _files(self) -> dict[str, Path]:
        return {_name(path, root): path for root in self._roots() for path in _python_files(root)}

    def _roots(self) -> list[Path]:
        return [self._root / source for source in SOURCES]


def imported_by(file: Path) -> set[str]:
    """Dotted names of all that a file imports, wherever in it. A name that is imported from a module counts as one."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names=names):
                found |= {alias.name for alias in names}
            case ast.ImportFrom(module=str(module), names=names):
                found |= {module, *(f"{module}.{alias.name}" for alias in names)}
    return found


def _python_files(root: Path) -> Iterator[Path]:
    """Those of packages: every folder on the way has an __init__.py."""
    for opening in sorted(root.glob("*/__init__.py")):
        yield from sorted(opening.parent.rglob("*.py"))


def _name(path: Path, root: Path) -> str:
    return ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


def _pattern(expression: str) -> re.Pattern[str]:
    """`*` is one part of a name, `**` any number of them, as import-linter has it."""
    parts = {"**": r"[\w.]+", "*": r"\w+"}
    return re.compile(r"\.".join(parts.get(part, re.escape(part)) for part in expression.strip().split(".")))
