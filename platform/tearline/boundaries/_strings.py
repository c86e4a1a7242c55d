"""Strings that name what is another module's, whatever is done with them: its code, models, tasks, routes and tables.

That they do is told by what there is: the registry of models, the tasks that Celery knows, the routes.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from celery import current_app
from django.apps import apps
from django.conf import settings
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

from tearline.boundaries._declared import declared_doors
from tearline.boundaries._finding import Finding
from tearline.boundaries._meanings import HOLE, Text
from tearline.boundaries._models import owners_of_tables
from tearline.boundaries._sources import Source, modules, owner_of, texts
from tearline.topology import API

CODE = re.compile(r"(?<![\w./])modules([./])\w+(?:$|\1[\w./:]+|(?=\s+import\b))")
LABEL = re.compile(r"(\w+)\.(\w+)")
ADDRESS = re.compile(rf"(https?://[^/\s\"'<>]*)?(/?{API[1:]}/[^\s\"'<>?#]*|^/[^\s?#]*$|/facades/[\w/]+)")
PLACEHOLDER = re.compile(r"{{.*?}}|{%.*?%}|{[^{}]*}|%\(\w+\)s|%s")
STATEMENT = re.compile(
    r"\s*(/\*.*?\*/\s*|--[^\n]*\n\s*)*\(?\s*"
    r"(EXPLAIN|SELECT|INSERT|UPDATE|DELETE|WITH|MERGE|TRUNCATE|LOCK|ALTER|DROP|CREATE|COPY)\b",
    re.IGNORECASE | re.DOTALL,
)
ON_TABLE = r"\b(FROM|JOIN|INTO|UPDATE|TABLE|TRUNCATE|COPY|REFERENCES|ONLY|USING|ON)\s+[\"\w]*\.?\"?{table}\b"

IMPORTING = {"import_module", "__import__", "import_string", "find_spec", "resolve_name", "locate", "run_module"}
SENDING = {"send_task", "signature", "subtask", "Signature"}
LINKING = {"reverse", "reverse_lazy", "redirect", "resolve_url"}
RELATING = {"ForeignKey", "OneToOneField", "ManyToManyField"}
HEARING = {"connect", "receiver"}
GETTING = {"get_model", "get_registered_model", "get_app_config"}
ASKING_DATABASES = {"execute", "executemany", "raw", "RawSQL", "RunSQL", "extra", "quote_name", "callproc"}


def dotted_strings() -> Iterator[Finding]:
    """Paths of another module's code or files, but of declared doors, in an import that is a call or anywhere else."""
    doors = declared_doors(settings.BASE_DIR / ".importlinter")
    for source, said in texts():
        importing = sorted(said.handed_to & IMPORTING)
        for path in _paths_in(said.text):
            _, owner, door, *_ = (*path.split("."), "")
            if owner_of(path) in (None, source.module) or (source.module, owner, door) in doors:
                continue
            if importing:
                yield source.found(said.node, "dynamic import", owner, f"{importing[0]}({said.text!r})")
            elif not said.handed_to & SENDING:
                yield source.found(said.node, "dotted string", owner, repr(said.text))


def owners_named_in(value: Any) -> set[str]:
    """The modules whose code or files this value names, if it is a string, or in what it holds."""
    if isinstance(value, str):
        return {owner for owner in map(owner_of, _paths_in(value)) if owner}
    if isinstance(value, dict):
        value = [*value, *value.values()]
    return set().union(*map(owners_named_in, value)) if isinstance(value, list | tuple | set | frozenset) else set()


def _paths_in(text: str) -> set[str]:
    """`modules.payments.services`, also of a file."""
    return {match[0].replace("/", ".").replace(":", ".") for match in CODE.finditer(text)}


def model_labels() -> Iterator[Finding]:
    """`"payments.Payment"`, wherever it leads."""
    for source, said in texts():
        label = LABEL.fullmatch(said.text)
        if label and _is_model(label[1], label[2], source) and not _seen_elsewhere(said, source):
            yield source.found(said.node, "model label", label[1], repr(said.text))


def _is_model(label: str, name: str, source: Source) -> bool:
    """Whether this is a model of another module, in its own letters."""
    model = apps.all_models[label].get(name.lower()) if label in modules() and label != source.module else None
    return model is not None and model._meta.object_name == name


def _seen_elsewhere(said: Text, source: Source) -> bool:
    """Whether it is looked at by itself, or is seen by what came of it when Django started."""
    if source.is_migration and said.handed_to & (RELATING | {"CreateModel"}):
        return True
    return bool(said.handed_to & (GETTING | HEARING)) or (bool(said.handed_to & RELATING) and not said.is_later)


def task_names() -> Iterator[Finding]:
    """Tasks of another module: by their names, or sent by what would be one."""
    for source, said in texts():
        task = current_app.tasks.get(said.text)
        if task is None and not said.handed_to & SENDING:
            continue
        owner = owner_of(task.__module__ if task else said.text)
        if owner not in (None, source.module):
            yield source.found(said.node, "celery name", str(owner), repr(said.text))


def route_names() -> Iterator[Finding]:
    """Another module's routes: by names with a namespace, or in a link."""
    for source, said in texts():
        owner = owners_of_routes().get(said.text) if ":" in said.text or said.handed_to & LINKING else None
        if owner not in (None, source.module):
            yield source.found(said.node, "url name", str(owner), repr(said.text))


def route_addresses() -> Iterator[Finding]:
    """Another module's routes, by their addresses. Tests may ask at them: they look on from outside."""
    for source, said in texts():
        for owner in () if source.is_test else sorted(owners_of_addresses_in(said.text) - {source.module}):
            yield source.found(said.node, "url", owner, repr(said.text))


def owners_of_addresses_in(text: str) -> set[str]:
    """The modules whose routes are addressed in a text, on a host that may be ours."""
    found = set()
    for host, path in ADDRESS.findall(PLACEHOLDER.sub("1", text.replace(HOLE, "1"))):
        if not host or urlsplit(host).hostname in _our_hosts():
            found.add(_owner_of_address(f"/{path.lstrip('/')}"))
    return {owner for owner in found if owner}


@cache
def _our_hosts() -> frozenset[str | None]:
    """1: what is not said."""
    served = (urlsplit(process.url).hostname for process in settings.TEARLINE_TOPOLOGY.processes if process.url)
    return frozenset({"1", "localhost", "127.0.0.1", "testserver", *served})


@cache
def _owner_of_address(path: str) -> str | None:
    try:
        route = resolve(path)
    except Resolver404:
        return None
    asked = str(route.kwargs.get("module", ""))
    return asked if asked in modules() else _owner_of_view(route.func)


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
    """Tables of another module, in what is a statement, or a piece of one."""
    for source, said in texts():
        is_sql = bool(STATEMENT.match(said.text) or said.handed_to & ASKING_DATABASES)
        for table in sorted(set(re.findall(r"\w+", said.text.lower()))):
            owner = owners_of_tables().get(table, source.module)
            if owner != source.module and (is_sql or _is_asked_for(table, said.text)):
                yield source.found(said.node, "sql", owner, f"a statement on {table}")


def _is_asked_for(table: str, text: str) -> bool:
    """A table that is called like a word, `refunds`, may be one."""
    return "_" in table and bool(re.search(ON_TABLE.format(table=re.escape(table)), text, re.IGNORECASE))
