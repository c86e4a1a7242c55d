"""What the names in a file stand for, and what its strings come to.

A name stands for all that it is given to anywhere in its file, in whatever function, and for what it is in the file of
its module that it is imported from. Strings are put together from what is constant; what is not is a hole.
"""

import ast
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

HOLE = "{…}"
"""What is in a string where nobody can read what."""

NOWHERE = sys.maxsize
"""The place of an argument that is given by its name alone."""

WRAPPING = {"partial", "partialmethod", "staticmethod", "classmethod", "cache", "lru_cache"}
"""What makes of a function one that does the same."""


@dataclass(frozen=True)
class Call:
    """`functions`: all that it may be a call of, each by its last name: `reverse`."""

    node: ast.Call
    functions: frozenset[str]
    is_later: bool
    """Whether it stands in a function that does not run when Django starts."""

    def argument(self, place: int, *names: str) -> ast.expr | None:
        """What is given at this place, from 0, or by one of these names."""
        if len(self.node.args) > place:
            return self.node.args[place]
        return next((keyword.value for keyword in self.node.keywords if keyword.arg in names), None)


@dataclass(frozen=True)
class Text:
    """A string as it comes to be, with its holes. `handed_to`: the functions of the call that it stands in, if any."""

    node: ast.expr
    text: str
    handed_to: frozenset[str]
    is_later: bool


class Meanings:
    """What stands in one file.

    `place`: the file, `modules.orders.services`. `imports`: the names that it imports from others of its module, with
    where each is from and its name there. `elsewhere`: what stands in these.
    """

    def __init__(
        self,
        tree: ast.Module,
        place: str,
        imports: Mapping[str, tuple[str, str]],
        elsewhere: Callable[[str], "Meanings | None"],
    ) -> None:
        self._tree = tree
        self._place = place
        self._imports = imports
        self._elsewhere = elsewhere

    def names(self, node: ast.expr, *, but: frozenset[str] = frozenset()) -> frozenset[str]:
        """All that this may be, each by its last name: of `link` after `from django.urls import reverse as link`, both.

        `but`: names that were followed already.
        """
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                return frozenset({name}).union(*self._followed(name, but))
            case ast.Call(args=[_, named, *_]) if "getattr" in self.names(node.func, but=but):
                return frozenset({self.text(named)})
            case ast.Call(args=[wrapped, *_]) if WRAPPING & self.names(node.func, but=but):
                return self.names(wrapped, but=but)
            case ast.IfExp(body=one, orelse=other):
                return self.names(one, but=but) | self.names(other, but=but)
            case ast.BoolOp(values=values):
                return frozenset().union(*(self.names(value, but=but) for value in values))
            case ast.NamedExpr(value=value):
                return self.names(value, but=but)
        return frozenset()

    def _followed(self, name: str, but: frozenset[str]) -> Iterator[frozenset[str]]:
        here = f"{self._place}.{name}"
        if here not in but:
            yield from (self.names(each, but=but | {here}) for each in self._given.get(name, ()))
            if name in self._imports:
                place, there = self._imports[name]
                if other := self._elsewhere(place):
                    yield other.names(ast.Name(there), but=but | {here})

    def text(self, node: ast.expr | None, *, but: frozenset[str] = frozenset()) -> str:
        """The string that this comes to."""
        match node:
            case ast.Constant(value=str(value)):
                return value
            case ast.JoinedStr(values=parts):
                return "".join(self.text(part, but=but) for part in parts)
            case ast.FormattedValue(value=value, conversion=-1, format_spec=None):
                return self.text(value, but=but)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self.text(left, but=but) + self.text(right, but=but)
            case ast.Name(id=name) if name not in but and self._times_bound[name] == 1:
                given = next(iter(self._given.get(name, ())), None)
                return self.text(given, but=but | {name})
        return HOLE

    def constant(self, node: ast.expr | None) -> str | None:
        """The string that this comes to, if it has no hole."""
        text = self.text(node)
        return None if HOLE in text else text

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """Every call, also the one that a partial leaves for later."""
        return tuple(self._calls())

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        """Every string that is not a docstring; one that is put together is one."""
        return tuple(self._texts(self._tree, frozenset()))

    def _calls(self) -> Iterator[Call]:
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Call):
                is_later = id(node) in self._later
                functions = self.names(node.func)
                yield Call(node, functions, is_later)
                if "partial" in functions and node.args:
                    left = ast.copy_location(ast.Call(node.args[0], node.args[1:], node.keywords), node)
                    yield Call(left, self.names(left.func), is_later)

    def _texts(self, node: ast.AST, handed_to: frozenset[str]) -> Iterator[Text]:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return
        parts = list(_parts(node))
        if any(isinstance(part, ast.Constant) and isinstance(part.value, str) for part in parts):
            assert isinstance(node, ast.expr)  # noqa: S101 - as what has such parts is
            yield Text(node, self.text(node), handed_to, id(node) in self._later)
        if isinstance(node, ast.Call):
            handed_to = self.names(node.func)
        for part in parts:
            for child in ast.iter_child_nodes(part):
                yield from self._texts(child, handed_to)

    @cached_property
    def _given(self) -> dict[str, list[ast.expr]]:
        """By each name what it is given to."""
        given: dict[str, list[ast.expr]] = {}
        for node in ast.walk(self._tree):
            for name, thing in _names_given(node):
                given.setdefault(name, []).append(thing)
        return given

    @cached_property
    def _times_bound(self) -> Counter[str]:
        """How often something gets each name, whatever it is."""
        return Counter(name for node in ast.walk(self._tree) for name in _names_bound(node))

    @cached_property
    def _later(self) -> frozenset[int]:
        """What stands in functions. Those of apps that are called `ready` run when Django starts."""
        functions = (
            node
            for node in ast.walk(self._tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name != "ready"
        )
        return frozenset(id(node) for function in functions for line in function.body for node in ast.walk(line))


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    """What a string is put together from, in its order; anything else is itself."""
    match node:
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            yield from _parts(left)
            yield from _parts(right)
        case ast.JoinedStr(values=parts):
            yield from (each for part in parts for each in _parts(part))
        case ast.FormattedValue(value=value, format_spec=None):
            yield from _parts(value)
        case _:
            yield node


def _names_given(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    match node:
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            yield from ((each.asname, ast.Name(each.name.rpartition(".")[2])) for each in names if each.asname)
        case ast.Assign(targets=targets, value=value):
            yield from (pair for target in targets for pair in _pairs(target, value))
        case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.NamedExpr(target=target, value=value):
            yield from _pairs(target, value)
        case ast.arguments():
            with_defaults = (*node.posonlyargs, *node.args)[-len(node.defaults) :] if node.defaults else ()
            yield from ((each.arg, default) for each, default in zip(with_defaults, node.defaults, strict=True))
            named = zip(node.kwonlyargs, node.kw_defaults, strict=True)
            yield from ((each.arg, default) for each, default in named if default)


def _pairs(target: ast.expr, value: ast.expr) -> Iterable[tuple[str, ast.expr]]:
    match target, value:
        case ((ast.Name(id=name) | ast.Attribute(attr=name)), _):
            return [(name, value)]
        case ast.Tuple(elts=targets), ast.Tuple(elts=values):
            return [pair for each in zip(targets, values, strict=False) for pair in _pairs(*each)]
    return []


def _names_bound(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store()) | ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.arg(arg=name):
            yield from (name, name)  # by its default, and by whoever calls
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            yield from (each.asname or each.name.partition(".")[0] for each in names)
