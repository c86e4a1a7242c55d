"""Strings that name what is another module's, whatever is done with them: its code, models, tasks, routes and tables.

That they do is told by what there is: the registry of models, the tasks that Celery knows, the routes.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from celery import current_app
from django.apps import apps
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

from tearline.boundaries._finding import Finding
from tearline.boundaries._meanings import HOLE, Text
from tearline.boundaries._models import owners_of_tables
from tearline.boundaries._sources import Source, modules, owner_of, sources

CODE = re.compile(r"(?<![\w./])modules[./]\w+[\w./:]*")
LABEL = re.compile(r"(\w+)\.(\w+)")
ADDRESS = re.compile(r"(?:https?://[^/]+)?(/[^\s?#]*)")
STATEMENT = re.compile(
    r"\b(SELECT|INSERT|UPDATE|DELETE|WITH|MERGE|TRUNCATE|LOCK|ALTER|DROP|CREATE|COPY)\b", re.IGNORECASE
)

IMPORTING = {"import_module", "__import__", "import_string", "find_spec", "resolve_name"}
SENDING = {"send_task", "signature", "subtask", "Signature"}
LINKING = {"reverse", "reverse_lazy", "redirect", "resolve_url"}
RELATING = {"ForeignKey", "OneToOneField", "ManyToManyField"}
HEARING = {"connect", "receiver"}
GETTING = {"get_model", "get_registered_model", "get_app_config"}


def dotted_strings() -> Iterator[Finding]:
    """Paths of another module's code or files, in an import that is a call or anywhere else."""
    for source, said in _texts():
        importing = sorted(said.handed_to & IMPORTING)
        for owner in owners_named_in(said.text) - {source.module}:
            if importing:
                yield source.found(said.node, "dynamic import", owner, f"{importing[0]}({said.text!r})")
            elif not said.handed_to & SENDING:
                yield source.found(said.node, "dotted string", owner, repr(said.text))


def owners_named_in(value: Any) -> set[str]:
    """The modules whose code or files this value names, if it is a string, or in what it holds."""
    if isinstance(value, str):
        named = (owner_of(path.replace("/", ".")) for path in CODE.findall(value))
        return {owner for owner in named if owner}
    if isinstance(value, dict):
        value = [*value, *value.values()]
    return set().union(*map(owners_named_in, value)) if isinstance(value, list | tuple | set | frozenset) else set()


def model_labels() -> Iterator[Finding]:
    """`"payments.Payment"`, wherever it leads."""
    for source, said in _texts():
        label = LABEL.fullmatch(said.text)
        if label and _is_model(label[1], label[2], source) and not _seen_elsewhere(said, source):
            yield source.found(said.node, "model label", label[1], repr(said.text))


def _is_model(label: str, name: str, source: Source) -> bool:
    """Whether this is a model of another module."""
    return label in modules() and label != source.module and name.lower() in apps.all_models[label]


def _seen_elsewhere(said: Text, source: Source) -> bool:
    """Whether it is looked at by itself, or is seen by what came of it when Django started."""
    is_migrated = "migrations" in source.name.split(".")
    related = bool(said.handed_to & RELATING) and (is_migrated or not said.is_later)
    return related or bool(said.handed_to & (GETTING | HEARING))


def task_names() -> Iterator[Finding]:
    """Tasks of another module: by their names, or sent by what would be one."""
    for source, said in _texts():
        task = current_app.tasks.get(said.text)
        if task is None and not said.handed_to & SENDING:
            continue
        owner = owner_of(task.__module__ if task else said.text)
        if owner not in (None, source.module):
            yield source.found(said.node, "celery name", str(owner), repr(said.text))


def route_names() -> Iterator[Finding]:
    """Another module's routes: by names with a namespace, or in a link."""
    for source, said in _texts():
        owner = owners_of_routes().get(said.text) if ":" in said.text or said.handed_to & LINKING else None
        if owner not in (None, source.module):
            yield source.found(said.node, "url name", str(owner), repr(said.text))


def route_addresses() -> Iterator[Finding]:
    """Another module's routes, by their addresses. Tests may ask at them: they look on from outside."""
    for source, said in _texts():
        address = ADDRESS.match(said.text.replace(HOLE, "1"))
        owner = _owner_of_address(address[1]) if address and not source.is_test else None
        if owner not in (None, source.module):
            yield source.found(said.node, "url", str(owner), repr(said.text))


@cache
def _owner_of_address(path: str) -> str | None:
    try:
        return _owner_of_view(resolve(path).func)
    except Resolver404:
        return None


@cache
def owners_of_routes() -> dict[str, str]:
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


def sql() -> Iterator[Finding]:
    """Tables of another module. One that is called like a word, `refunds`, is looked for in statements alone."""
    for source, said in _texts():
        for table in sorted(set(re.findall(r"\w+", said.text.lower()))):
            owner = owners_of_tables().get(table, source.module)
            if owner != source.module and ("_" in table or STATEMENT.search(said.text)):
                yield source.found(said.node, "sql", owner, f"a statement on {table}")


def _texts() -> Iterator[tuple[Source, Text]]:
    return ((source, said) for source in sources() for said in source.meanings.texts)
