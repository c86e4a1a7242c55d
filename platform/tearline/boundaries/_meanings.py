"""What the names in a file stand for, and what its strings come to.

A name stands for all that it is given to anywhere in its file, in whatever function, and for what it is in the file of
its module that it is imported from. Each of these is a path: `django.urls.reverse` after `from django.urls import
reverse as link`, `?apps.get_model` where `apps` is given by who calls. Strings are put together from what is constant;
what is not is a hole.
"""

import ast
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

HOLE = "{…}"
"""What is in a string where nobody can read what."""

UNKNOWN = "?"
"""How a path begins that nobody can read from where."""

NOWHERE = sys.maxsize
"""The place of an argument that is given by its name alone."""

LONGEST = 10_000
"""Letters of a string that are put together."""

WRAPPING = {"functools.partial", "functools.partialmethod", "functools.cache", "functools.lru_cache", "staticmethod"}
"""What makes of a function one that does the same."""

Paths = frozenset[str]


@dataclass(frozen=True)
class Call:
    """`paths`: all that it may be a call of."""

    node: ast.Call
    paths: Paths
    is_later: bool
    """Whether it stands in a function that does not run when Django starts."""

    @property
    def names(self) -> frozenset[str]:
        """The last names of these: `reverse`."""
        return last_names(self.paths)

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


def last_names(paths: Paths) -> frozenset[str]:
    return frozenset(path.rpartition(".")[2].removeprefix(UNKNOWN) for path in paths)


class Meanings:
    """What stands in one file.

    `place`: the file, `modules.orders.services`. `imported_from`: where the names of an import are from. `elsewhere`:
    what stands in another file, if that is one of the same module.
    """

    def __init__(
        self,
        tree: ast.Module,
        place: str,
        imported_from: Callable[[ast.ImportFrom], str],
        elsewhere: Callable[[str], "Meanings | None"],
    ) -> None:
        self._tree = tree
        self._place = place
        self._imported_from = imported_from
        self._elsewhere = elsewhere
        self._found: dict[str, Paths] = {}
        self._of_attributes: dict[int, Paths] = {}
        self._texts_of_names: dict[str, str] = {}

    def paths(self, node: ast.expr) -> Paths:
        """All that this may be."""
        match node:
            case ast.Name(id=name):
                return self._paths_of_name(name)
            case ast.Attribute(value=value, attr=name):
                if id(node) not in self._of_attributes:
                    self._of_attributes[id(node)] = self._paths_of_attribute(value, name)
                return self._of_attributes[id(node)]
            case ast.Call(func=ast.Name(id="getattr"), args=[value, named, *_]):
                return self._paths_of_attribute(value, self.text(named))
            case ast.Call(func=function, args=[wrapped, *_]) if WRAPPING & self.paths(function):
                return self.paths(wrapped)
            case ast.IfExp(body=one, orelse=other):
                return self.paths(one) | self.paths(other)
            case ast.BoolOp(values=values):
                return frozenset[str]().union(*map(self.paths, values))
            case ast.NamedExpr(value=value):
                return self.paths(value)
        return frozenset({UNKNOWN})

    def _paths_of_attribute(self, value: ast.expr, name: str) -> Paths:
        on = {f"{path}.{name}" for path in self.paths(value)}
        own = isinstance(value, ast.Name) and (value.id in ("self", "cls") or value.id in self._classes)
        return frozenset(on) | (self._paths_under(f".{name}") if own else frozenset())

    def _paths_of_name(self, name: str) -> Paths:
        return self._paths_under(name) or frozenset({name})

    def _paths_under(self, name: str) -> Paths:
        """All at the ends of the ways that lead from name to name. None where these go round by an attribute."""
        if name not in self._found:
            self._found[name] = frozenset()
            self._found[name] = frozenset[str]().union(*self._paths_given(name))
        return self._found[name]

    def _paths_given(self, name: str) -> Iterator[Paths]:
        ahead, seen = [name], {name}
        while ahead:
            for thing in self._given.get(ahead.pop(), ()):
                if isinstance(thing, str):
                    yield self._paths_imported(thing)
                elif not isinstance(thing, ast.Name) or thing.id not in self._given:
                    yield self.paths(thing)
                elif thing.id not in seen:
                    seen.add(thing.id)
                    ahead.append(thing.id)

    def _paths_imported(self, path: str) -> Paths:
        place, _, name = path.rpartition(".")
        other = self._elsewhere(place)
        return frozenset({path}) | (other.paths(ast.Name(name)) if other and other is not self else frozenset())

    def text(self, node: ast.expr | None) -> str:
        """The string that this comes to, or its beginning."""
        match node:
            case ast.Constant(value=str(value)):
                return value
            case ast.JoinedStr(values=parts):
                return "".join(map(self.text, parts))[:LONGEST]
            case ast.FormattedValue(value=value, conversion=-1, format_spec=None):
                return self.text(value)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return (self.text(left) + self.text(right))[:LONGEST]
            case ast.Name(id=name) if self._times_bound[name] == 1:
                return self._text_of_name(name)
        return HOLE

    def _text_of_name(self, name: str) -> str:
        if name not in self._texts_of_names:
            self._texts_of_names[name] = HOLE
            given = next(iter(self._given.get(name, ())), None)
            self._texts_of_names[name] = HOLE if isinstance(given, str) else self.text(given)
        return self._texts_of_names[name]

    def constant(self, node: ast.expr | None) -> str | None:
        """The string that this comes to, if it has no hole."""
        text = self.text(node)
        return None if HOLE in text else text

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """Every call, also the one that a partial leaves for later."""
        return tuple(self._calls())

    def _calls(self) -> Iterator[Call]:
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Call):
                paths, is_later = self.paths(node.func), id(node) in self._later
                yield Call(node, paths, is_later)
                if "functools.partial" in paths and node.args:
                    left = ast.copy_location(ast.Call(node.args[0], node.args[1:], node.keywords), node)
                    yield Call(left, self.paths(left.func), is_later)

    @cached_property
    def handed_on(self) -> tuple[tuple[ast.expr, Paths], ...]:
        """What is neither called nor given to a name, but goes where nobody follows it: into a list, or a call."""
        followed = {id(end) for things in self._given.values() for thing in things for end in _ends(thing)}
        followed |= {id(end) for call in self.calls for end in _ends(call.node.func)}
        followed |= {id(node.value) for node in ast.walk(self._tree) if isinstance(node, ast.Attribute)}
        named = (node for node in ast.walk(self._tree) if isinstance(node, ast.Name | ast.Attribute))
        return tuple(
            (node, self.paths(node)) for node in named if isinstance(node.ctx, ast.Load) and id(node) not in followed
        )

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        """Every string that is not a docstring; one that is put together is one."""
        return tuple(self._texts())

    def _texts(self) -> Iterator[Text]:
        ahead: list[tuple[ast.AST, frozenset[str]]] = [(self._tree, frozenset())]
        while ahead:
            node, handed_to = ahead.pop()
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                continue
            parts = list(_parts(node))
            if any(isinstance(part, ast.Constant) and isinstance(part.value, str) for part in parts):
                assert isinstance(node, ast.expr)  # noqa: S101 - as what has such parts is
                yield Text(node, self.text(node), handed_to, id(node) in self._later)
            if isinstance(node, ast.Call):
                handed_to = last_names(self.paths(node.func))
            ahead += [(child, handed_to) for part in parts for child in ast.iter_child_nodes(part)]

    @cached_property
    def _given(self) -> Mapping[str, list[ast.expr | str]]:
        """By each name what it is given to: a thing, or the path of what is imported. By `.name`, of attributes."""
        given: dict[str, list[ast.expr | str]] = {}
        for node in ast.walk(self._tree):
            for name, thing in self._names_given(node):
                given.setdefault(name, []).append(thing)
        return given

    def _names_given(self, node: ast.AST) -> Iterator[tuple[str, ast.expr | str]]:
        match node:
            case ast.Import(names=names):
                for each in names:
                    yield (each.asname, each.name) if each.asname else (each.name.partition(".")[0],) * 2
            case ast.ImportFrom(names=names):
                yield from ((each.asname or each.name, f"{self._imported_from(node)}.{each.name}") for each in names)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name, f"{self._place}.{name}"
                if isinstance(node, ast.ClassDef):
                    yield from ((f".{name}", thing) for line in node.body for name, thing in _assigned(line))
            case ast.arguments():
                yield from _parameters(node)
            case _:
                yield from _assigned(node)

    @cached_property
    def _classes(self) -> frozenset[str]:
        return frozenset(node.name for node in ast.walk(self._tree) if isinstance(node, ast.ClassDef))

    @cached_property
    def _times_bound(self) -> Counter[str]:
        """How often something gets each name, whatever it is."""
        return Counter(name for node in ast.walk(self._tree) for name in _names_bound(node))

    @cached_property
    def _later(self) -> frozenset[int]:
        """What stands in functions. Those of apps that are called `ready` run when Django starts."""
        bodies = (_body_of(node) for node in ast.walk(self._tree))
        return frozenset(id(node) for body in bodies for line in body for node in ast.walk(line))


def _body_of(node: ast.AST) -> Iterable[ast.AST]:
    match node:
        case ast.FunctionDef(name=name, body=body) | ast.AsyncFunctionDef(name=name, body=body) if name != "ready":
            return body
        case ast.Lambda(body=body):
            return [body]
    return []


def _ends(thing: ast.expr | str) -> Iterator[ast.expr]:
    """What is followed where a name is given to this."""
    match thing:
        case ast.IfExp(body=one, orelse=other):
            yield from (*_ends(one), *_ends(other))
        case ast.BoolOp(values=values):
            yield from (end for value in values for end in _ends(value))
        case ast.NamedExpr(value=value):
            yield from _ends(value)
        case ast.Call(args=[wrapped, *_]):
            yield wrapped
        case ast.expr():
            yield thing


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


def _assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr | str]]:
    match node:
        case ast.Assign(targets=targets, value=value):
            yield from (pair for target in targets for pair in _pairs(target, value))
        case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.NamedExpr(target=target, value=value):
            yield from _pairs(target, value)
        case ast.For(target=target, iter=ast.Tuple(elts=values) | ast.List(elts=values)):
            yield from (pair for value in values for pair in _pairs(target, value))
        case ast.comprehension(target=target, iter=ast.Tuple(elts=values) | ast.List(elts=values)):
            yield from (pair for value in values for pair in _pairs(target, value))


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr | str]]:
    match target, value:
        case ast.Name(id=name), _:
            yield name, value
        case ast.Attribute(attr=name), _:
            yield f".{name}", value
        case ((ast.Tuple(elts=targets) | ast.List(elts=targets)), (ast.Tuple(elts=values) | ast.List(elts=values))):
            yield from (pair for each in zip(targets, values, strict=False) for pair in _pairs(*each))


def _parameters(node: ast.arguments) -> Iterator[tuple[str, ast.expr | str]]:
    """By what they are by default, and by their own names, as whoever calls gives them to anything."""
    for each in (*node.posonlyargs, *node.args, *node.kwonlyargs):
        yield each.arg, f"{UNKNOWN}{each.arg}"
    with_defaults = (*node.posonlyargs, *node.args)[-len(node.defaults) :] if node.defaults else ()
    yield from ((each.arg, default) for each, default in zip(with_defaults, node.defaults, strict=True))
    named = zip(node.kwonlyargs, node.kw_defaults, strict=True)
    yield from ((each.arg, default) for each, default in named if default)


def _names_bound(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store()) | ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.arg(arg=name):
            yield name
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            yield from (each.asname or each.name.partition(".")[0] for each in names)
