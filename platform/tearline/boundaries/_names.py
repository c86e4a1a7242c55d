"""Strings by which code reaches another module: labels, dotted paths, names of tasks and URLs, settings, SQL."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib.util import resolve_name
from typing import Any

from celery import current_app
from django.apps import apps
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from tearline.boundaries._finding import ANY, Finding
from tearline.boundaries._models import owners_of_tables
from tearline.boundaries._sources import Source, called, column_of, constant, modules, owner_of, sources

DOTTED = re.compile(r"modules\.\w+(\.\w+)*(:\w+(\.\w+)*)?")
LABEL = re.compile(r"(\w+)\.(\w+)")
SQL = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH|MERGE|TRUNCATE|LOCK|ALTER|DROP|CREATE|COPY)\b", re.IGNORECASE)

GETTING = {"get_model", "get_registered_model", "get_app_config"}
IMPORTING = {"import_module", "__import__", "import_string", "find_spec", "resolve_name"}
SENDING = {"send_task", "signature", "subtask", "Signature"}
LINKING = {"reverse", "reverse_lazy", "redirect", "resolve_url"}
SEEN_ELSEWHERE = {"ForeignKey", "OneToOneField", "ManyToManyField", "connect", "receiver", *GETTING}
"""What takes a model's label and is seen by what comes of it, or looked at by itself."""


def dotted_strings() -> Iterator[Finding]:
    """Paths of another module's code, in an import that is a call or anywhere else."""
    for source in sources():
        for handed_to, string, text in source.strings():
            owner = owner_of(text.partition(":")[0]) if DOTTED.fullmatch(text) else None
            if owner and owner != source.module and handed_to not in SENDING:
                channel = "dynamic import" if handed_to in IMPORTING else "dotted string"
                yield _found(source, string, channel, owner, f"{handed_to}({text!r})")


def computed_imports() -> Iterator[Finding]:
    """Imports that are calls and name what they import relatively, or in no constant: these may lead anywhere."""
    for source in sources():
        for function, call in source.calls():
            if function in IMPORTING:
                owner = _imported_by(call, source)
                if owner not in (None, source.module):
                    yield _found(source, call, "dynamic import", str(owner), ast.unparse(call))


def _imported_by(call: ast.Call, source: Source) -> str | None:
    """Whom it reaches, but by a whole path or a setting: these are found among the dotted strings and the settings."""
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    name = constant(given[0]) if given else None
    if name is None:
        return None if given and _setting(given[0]) else ANY
    if not name.startswith("."):
        return None
    package = _package(given[1], source) if len(given) > 1 else None
    try:
        return owner_of(resolve_name(name, package)) if package else ANY
    except ImportError:
        return ANY


def _package(said: ast.expr, source: Source) -> str | None:
    if isinstance(said, ast.Name) and said.id == "__package__":
        return source.name if source.path.endswith("/__init__.py") else source.name.rpartition(".")[0]
    return constant(said)


def model_labels() -> Iterator[Finding]:
    """`"payments.Payment"`, wherever it leads."""
    for source in sources():
        for handed_to, string, text in source.strings():
            label = LABEL.fullmatch(text)
            if label and _is_model(label[1], label[2], source) and handed_to not in SEEN_ELSEWHERE:
                yield _found(source, string, "model label", label[1], repr(text))


def models_got() -> Iterator[Finding]:
    """What is got from the registry of another module's models, or of those of one that is not to be seen here."""
    for source in sources():
        called_here = {id(call.func) for _, call in source.calls()}
        for node in ast.walk(source.tree):
            owner = None if id(node) in called_here else _got_from(node)
            if owner and (owner == ANY or _is_foreign(owner, source)):
                yield _found(source, node, "get_model", owner, ast.unparse(node))


def _got_from(node: ast.AST) -> str | None:
    """The app. Any, where a function of the registry is not called but given another name."""
    if isinstance(node, ast.Call) and called(node) in GETTING:
        said = constant(node.args[0]) if node.args else _keyword(node, "app_label")
        return said.split(".")[0] if said else ANY
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute) and node.value.attr == "all_models":
        return constant(node.slice) or ANY
    return ANY if isinstance(node, ast.Attribute) and node.attr in GETTING else None


def content_types() -> Iterator[Finding]:
    """Content types know every model, and are kept where no module may look."""
    for source in sources():
        for function, call in source.calls():
            if function == "get_by_natural_key" or "ContentType" in _names_in(call.func):
                said = (constant(call.args[0]) if call.args else None) or _keyword(call, "app_label")
                yield _found(source, call, "content type", said or ANY, ast.unparse(call))


def celery_names() -> Iterator[Finding]:
    """Tasks of another module, sent by name."""
    for source in sources():
        for function, call in source.calls():
            name = _said_first(call, "name", "task") if function in SENDING else None
            owner = _owner_of_task(name) if name else None
            if owner and owner != source.module:
                yield _found(source, call, "celery name", owner, ast.unparse(call))


def _owner_of_task(name: str) -> str | None:
    task = current_app.tasks.get(name)
    return owner_of(task.__module__ if task else name)


def url_names() -> Iterator[Finding]:
    """Links to another module's routes."""
    for source in sources():
        for function, call in source.calls():
            name = _said_first(call, "viewname") if function in LINKING else None
            owner = owners_of_urls().get(name) if name else None
            if owner and owner != source.module:
                yield _found(source, call, "url name", owner, ast.unparse(call))


@cache
def owners_of_urls() -> dict[str, str]:
    """Whose each named route is, by its name with its namespaces."""
    return dict(_named(get_resolver(), ""))


def _named(resolver: URLResolver, space: str) -> Iterator[tuple[str, str]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _named(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        elif isinstance(pattern, URLPattern) and pattern.name and (owner := _owner_of_view(pattern.callback)):
            yield f"{space}{pattern.name}", owner


def _owner_of_view(view: Any) -> str | None:
    held = [cell.cell_contents for cell in getattr(view, "__closure__", None) or ()]
    routes = [getattr(operation, "view_func", None) for each in held for operation in getattr(each, "operations", ())]
    return next(filter(None, (owner_of(getattr(each, "__module__", "")) for each in (view, *routes))), None)


def settings_read() -> Iterator[Finding]:
    """Settings that name another module's code."""
    for source in sources():
        for node in ast.walk(source.tree):
            if name := _setting(node):
                for owner in sorted(set(_named_in(getattr(settings, name, None))) - {source.module}):
                    yield _found(source, node, "setting", owner, f"settings.{name}")


def _setting(node: ast.AST) -> str | None:
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "settings":
        return node.attr
    if isinstance(node, ast.Call) and called(node) == "getattr" and len(node.args) > 1:
        return constant(node.args[1]) if isinstance(node.args[0], ast.Name) and node.args[0].id == "settings" else None
    return None


def _named_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if DOTTED.fullmatch(value) and (owner := owner_of(value)):
            yield owner
    elif isinstance(value, dict):
        yield from _named_in([*value, *value.values()])
    elif isinstance(value, list | tuple | set | frozenset):
        for each in value:
            yield from _named_in(each)


def sql() -> Iterator[Finding]:
    """Statements that are written out and name another module's table."""
    for source in sources():
        for node in _texts(source.tree):
            for owner, table in _tables_in(_statement(node)):
                if owner != source.module:
                    yield _found(source, node, "sql", owner, f"a statement on {table}")


def _texts(tree: ast.Module) -> Iterator[ast.AST]:
    """Every node but the parts of a formatted string, which is looked at as a whole."""
    nodes = list(ast.walk(tree))
    parts = {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
    return (node for node in nodes if id(node) not in parts)


def _statement(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        text = "".join(constant(part) or "{}" for part in node.values)
    else:
        text = constant(node) or ""
    return text if SQL.match(text) else ""


def _tables_in(statement: str) -> Iterator[tuple[str, str]]:
    if statement:
        for word in sorted(set(re.findall(r"\w+", statement.lower()))):
            if word in owners_of_tables():
                yield owners_of_tables()[word], word


def _is_model(label: str, name: str, source: Source) -> bool:
    """Whether this is a model of another module."""
    return _is_foreign(label, source) and name.lower() in apps.all_models[label]


def _is_foreign(label: str, source: Source) -> bool:
    return label in modules() and label != source.module


def _said_first(call: ast.Call, *names: str) -> str | None:
    """The string that it is given first, or by one of these names."""
    return constant(call.args[0]) if call.args else next(filter(None, (_keyword(call, name) for name in names)), None)


def _keyword(call: ast.Call, name: str) -> str | None:
    return next((constant(keyword.value) for keyword in call.keywords if keyword.arg == name), None)


def _names_in(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def _found(source: Source, node: ast.AST, channel: str, owner: str, what: str) -> Finding:
    return Finding(source.path, getattr(node, "lineno", 1), channel, source.module, owner, what, column_of(node))
