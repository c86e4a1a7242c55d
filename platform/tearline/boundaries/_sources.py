"""The files of the modules, read once."""

import ast
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.db.models import Model

from tearline.boundaries._finding import Finding
from tearline.boundaries._meanings import Call, Meanings, Text


class Unreadable(Exception):
    """A file of a module is none that Python can read."""


@dataclass(frozen=True)
class Source:
    """A Python file of a module. `path`: below the root."""

    module: str
    path: str
    tree: ast.Module

    @property
    def name(self) -> str:
        """`modules.orders.services`"""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def is_test(self) -> bool:
        return "tests" in self.name.split(".")

    @property
    def is_migration(self) -> bool:
        return "migrations" in self.name.split(".")

    def is_foreign(self, label: str) -> bool:
        """Whether this is another module."""
        return label in modules() and label != self.module

    @cached_property
    def meanings(self) -> Meanings:
        return Meanings(self.tree, self.name, self.place_of, self._elsewhere)

    def _elsewhere(self, place: str) -> Meanings | None:
        source = _by_name().get(place)
        return source.meanings if source and source.module == self.module else None

    def place_of(self, node: ast.ImportFrom) -> str:
        """Where names are imported from: `modules.payments` of `from . import models`."""
        if not node.level:
            return node.module or ""
        folder = PurePosixPath(self.path).parts[: -node.level]
        return ".".join((*folder, node.module) if node.module else folder)

    def imports(self) -> Iterator[tuple[int, str]]:
        """Each name that is imported, by the whole path that it may be: relative imports too."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom):
                place = self.place_of(node)
                names = [f"{place}.{alias.name}" for alias in node.names] if place.count(".") <= 1 else [place]
                yield from ((node.lineno, name) for name in names)
            elif isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)

    def found(self, node: ast.AST, channel: str, owner: str, what: str) -> Finding:
        """That this place reaches the owner."""
        return Finding(self.path, getattr(node, "lineno", 1), channel, self.module, owner, what, column_of(node))


def column_of(node: ast.AST) -> int:
    """Where on its line it begins, from 1: by it two of a kind on one line are told apart."""
    return getattr(node, "col_offset", -1) + 1


@cache
def sources() -> tuple[Source, ...]:
    """Every Python file of the modules that are here. Raises Unreadable."""
    return tuple(
        Source(module, below_root(path), _parsed(path))
        for module in modules()
        for path in sorted((settings.BASE_DIR / "modules" / module).rglob("*.py"))
        if _is_ours(path)
    )


def calls() -> Iterator[tuple[Source, Call]]:
    """Every call in these, with its file."""
    return ((source, call) for source in sources() for call in source.meanings.calls)


def texts() -> Iterator[tuple[Source, Text]]:
    """Every string in these, with its file."""
    return ((source, said) for source in sources() for said in source.meanings.texts)


def _parsed(path: Path) -> ast.Module:
    try:
        return ast.parse(path.read_bytes())  # as bytes, it says itself how it is encoded
    except (OSError, SyntaxError, ValueError) as error:
        raise Unreadable(f"{below_root(path)} cannot be read: {error}") from error


def _is_ours(path: Path) -> bool:
    """What editors and systems leave behind begins with a dot."""
    return path.is_file() and not path.name.startswith(".")


@cache
def _by_name() -> dict[str, Source]:
    return {source.name: source for source in sources()}


def templates() -> Iterator[tuple[str, Path]]:
    """Every template of the modules that are here, with its module."""
    for module in modules():
        for path in sorted((settings.BASE_DIR / "modules" / module / "templates").rglob("*")):
            if _is_ours(path):
                yield module, path


def modules() -> list[str]:
    """Those that this process hosts: the others' models and signals are not to be seen."""
    return list(settings.TEARLINE_TOPOLOGY.hosted)


def below_root(path: Path) -> str:
    return path.relative_to(settings.BASE_DIR).as_posix()


def owner_of(place: str) -> str | None:
    """The module whose code `modules.orders.services` is. None for what belongs to no module that is here."""
    parts = place.split(".")
    return parts[1] if len(parts) > 1 and parts[0] == "modules" and parts[1] in modules() else None


def owner_of_model(model: type[Model]) -> str:
    """The module in whose code it stands, whatever its label says; by the label what is no module's."""
    return owner_of(model.__module__) or model._meta.app_label


def where(thing: Any) -> tuple[str, int]:
    """The file, below the root, and the line that a class or function begins at. Past decorators and wrappers.

    Of what is written out nowhere below the root, as what `type()` has made: the first line of the file that it names.
    """
    try:
        inside = inspect.unwrap(thing, stop=_is_the_last_here)
        return below_root(Path(inspect.getsourcefile(inside) or "")), inspect.findsource(inside)[1] + 1
    except (OSError, TypeError, ValueError):
        return f"{thing.__module__.replace('.', '/')}.py", 1


def _is_the_last_here(wrapper: Any) -> bool:
    """Whether what it wraps is another's code."""
    try:
        return not Path(inspect.getsourcefile(wrapper.__wrapped__) or "").is_relative_to(settings.BASE_DIR)
    except TypeError:
        return True


def line_of(path: str, *, within: str, named: str) -> int:
    """Where a class gives a name to something, or else where it begins."""
    trees = [source.tree for source in sources() if source.path == path]
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.ClassDef) and node.name == within:
            given = (line for line in node.body if named in _names_given(line))
            return next((line.lineno for line in given), node.lineno)
    return 1


def _names_given(line: ast.stmt) -> set[str]:
    if isinstance(line, ast.Assign):
        return {target.id for target in line.targets if isinstance(target, ast.Name)}
    return {line.target.id} if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name) else set()
