"""Functions by which code gets at another module when it has no more than a name: of an app, a path, a setting."""

import ast
from collections.abc import Iterator
from importlib.util import resolve_name

from django.conf import settings

from tearline.boundaries._finding import ANY, Finding
from tearline.boundaries._meanings import HOLE, NOWHERE, Call
from tearline.boundaries._sources import Source, modules, owner_of, sources
from tearline.boundaries._strings import GETTING, IMPORTING, owners_named_in

GETTING_ALL = {"get_models", "get_app_configs"}
REGISTERED = {"all_models", "app_configs"}
CONTENT_TYPES = {"ContentType", "GenericForeignKey", "GenericRelation"}
NAMED = (("url name", {"reverse", "reverse_lazy"}, "viewname"), ("celery name", {"send_task"}, "name"))
"""(channel, functions, argument): what takes nothing but a name."""


def computed_imports() -> Iterator[Finding]:
    """Imports that are calls and name what they import relatively, or in no constant: these may lead anywhere."""
    for source in sources():
        for call in source.meanings.calls:
            if call.functions & IMPORTING:
                owner = _imported_by(call, source)
                if owner not in (None, source.module):
                    yield source.found(call.node, "dynamic import", str(owner), ast.unparse(call.node))


def _imported_by(call: Call, source: Source) -> str | None:
    """Whom it reaches, but by a whole path or a setting: these are found among the strings and the settings."""
    said = call.argument(0, "name", "dotted_path")
    name = source.meanings.constant(said)
    if name is None:
        return None if said is None or _setting(said, source) else ANY
    if not name.startswith("."):
        return None
    package = _package(call.argument(1, "package"), source)
    try:
        return owner_of(resolve_name(name, package)) if package else ANY
    except ImportError:
        return ANY


def _package(said: ast.expr | None, source: Source) -> str | None:
    if isinstance(said, ast.Name) and said.id == "__package__":
        return source.name if source.path.endswith("/__init__.py") else source.name.rpartition(".")[0]
    return source.meanings.constant(said)


def models_got() -> Iterator[Finding]:
    """What is got from the registry of another module's models, or of those of one that is not to be seen here."""
    for source in sources():
        for node, app in _got(source):
            owner = ANY if app is None else app.split(".")[0]
            if owner == ANY or _is_foreign(owner, source):
                yield source.found(node, "get_model", owner, ast.unparse(node))


def _got(source: Source) -> Iterator[tuple[ast.expr, str | None]]:
    """Where the registry is asked, and for which app or model. None: for all of them, or nobody can read for which."""
    called = set()
    for call in source.meanings.calls:
        called.add(id(call.node.func))
        if call.functions & GETTING:
            yield call.node, source.meanings.constant(call.argument(0, "app_label"))
        elif call.functions & GETTING_ALL and "apps" in source.meanings.names(
            getattr(call.node.func, "value", call.node)
        ):
            yield call.node, None
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute) and node.value.attr in REGISTERED:
            called.add(id(node.value))
            yield node, source.meanings.constant(node.slice)
        elif isinstance(node, ast.Attribute) and node.attr in GETTING | REGISTERED and id(node) not in called:
            yield node, None


def content_types() -> Iterator[Finding]:
    """Content types know every model, and are kept where no module may look."""
    for source in sources():
        for call in source.meanings.calls:
            by_natural_key = "get_by_natural_key" in call.functions
            if by_natural_key or CONTENT_TYPES & _names_in(call.node.func, source):
                said = call.argument(0 if by_natural_key else NOWHERE, "app_label")
                yield source.found(
                    call.node, "content type", source.meanings.constant(said) or ANY, ast.unparse(call.node)
                )


def _names_in(node: ast.expr, source: Source) -> set[str]:
    named = (each for each in ast.walk(node) if isinstance(each, ast.Name | ast.Attribute))
    return {name for each in named for name in source.meanings.names(each)}


def computed_links() -> Iterator[Finding]:
    """Links to a route, and tasks that are sent, by a name that is no constant: these may be anybody's."""
    for source in sources():
        for call in source.meanings.calls:
            for channel, functions, name in NAMED:
                said = call.argument(0, name) if call.functions & functions else None
                if said is not None and source.meanings.constant(said) is None:
                    yield source.found(call.node, channel, ANY, ast.unparse(call.node))


def settings_read() -> Iterator[Finding]:
    """Settings that are another module's by their name, or name its code."""
    for source in sources():
        for node in ast.walk(source.tree):
            if name := _setting(node, source):
                for owner in sorted(_owners_of_setting(name) - {source.module}):
                    yield source.found(node, "setting", owner, f"settings.{name}")


def _setting(node: ast.AST, source: Source) -> str | None:
    """The name of the setting that this reads, which may have holes; None if it reads none."""
    match node:
        case ast.Attribute(value=value, attr=name) if "settings" in source.meanings.names(value):
            return name
        case ast.Call(func=ast.Name(id="getattr"), args=[value, said, *_]) if "settings" in source.meanings.names(
            value
        ):
            return source.meanings.text(said)
    return None


def _owners_of_setting(name: str) -> set[str]:
    """`PAYMENT_PROVIDER` and `PAYMENTS_LIMIT` are payments' own."""
    if HOLE in name:
        return {ANY}
    named = {
        module
        for module in modules()
        if name.startswith((f"{module}_".upper(), f"{module.removesuffix('s')}_".upper()))
    }
    return named | owners_named_in(getattr(settings, name, None))


def databases() -> Iterator[Finding]:
    """Connections to another module's database. Tests may have them: they look on from outside."""
    for source in sources():
        for node, said in _databases_named(source):
            name = source.meanings.constant(said)
            if name and _is_foreign(name, source) and not source.is_test:
                yield source.found(node, "database", name, ast.unparse(node))


def _databases_named(source: Source) -> Iterator[tuple[ast.expr, ast.expr]]:
    for call in source.meanings.calls:
        if call.functions & {"using", "db_manager", "atomic", "get_connection"} and call.node.args:
            yield call.node, call.node.args[0]
        yield from ((call.node, keyword.value) for keyword in call.node.keywords if keyword.arg == "using")
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Subscript) and "connections" in source.meanings.names(node.value):
            yield node, node.slice


def _is_foreign(label: str, source: Source) -> bool:
    return label in modules() and label != source.module
