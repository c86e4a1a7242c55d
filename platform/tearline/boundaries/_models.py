"""Relations between models of two modules, and code that goes along them. Read from the model registry."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import Field, ManyToManyField, Model, OneToOneField

from tearline.boundaries._finding import ANY, Finding
from tearline.boundaries._sources import Source, line_of, modules, owner_of_model, sources, where
from tearline.databases.routing import EVERYWHERE

ALONG = {"select_related", "prefetch_related", "prefetch_related_objects", "Prefetch"}
"""What takes the names of relations for themselves; else they are followed by what is wanted of the other's rows."""


@dataclass(frozen=True)
class Relation:
    """A field of one module's model that points to a model which is not the module's."""

    module: str
    owner: str
    model: type[Model]
    field: "Field[Any, Any]"

    @property
    def channel(self) -> str:
        if isinstance(self.field, ManyToManyField):
            return "many to many"
        return "one to one" if isinstance(self.field, OneToOneField) else "foreign key"

    @property
    def target(self) -> str:
        """`payments.Payment`"""
        return str(self.field.related_model._meta.label)  # type: ignore[union-attr]  # it is a model

    @property
    def accessor(self) -> str | None:
        """By what name the other module's rows lead back."""
        name: str | None = self.field.remote_field.get_accessor_name()  # type: ignore[union-attr]  # it is a relation
        return name

    @property
    def query_name(self) -> str:
        """By what name the other module's queries lead back."""
        return str(self.field.related_query_name())  # type: ignore[attr-defined]  # it is a relation


@cache
def relations_across() -> tuple[Relation, ...]:
    """Every field that points out of its module, swapped ones too. What Django keeps in `default` is outside too."""
    return tuple(
        Relation(module, owner_of_model(field.related_model), model, field)
        for module in modules()
        for model in _models_of(module)
        for field in (*model._meta.local_fields, *model._meta.local_many_to_many)
        if isinstance(field.related_model, type) and owner_of_model(field.related_model) not in (module, EVERYWHERE)
    )


def _models_of(module: str) -> list[type[Model]]:
    return [model for model in apps.get_models() if owner_of_model(model) == module]


def relations() -> Iterator[Finding]:
    """The fields themselves."""
    for relation in relations_across():
        path, _ = where(relation.model)
        line = line_of(path, within=relation.model.__name__, named=relation.field.name)
        what = f"{relation.model.__name__}.{relation.field.name} to {relation.target}"
        yield Finding(path, line, relation.channel, relation.module, relation.owner, what)


def inheritance() -> Iterator[Finding]:
    """Models that go on in, or stand in for, those of another module: their tables are joined or the same."""
    for module in modules():
        for model in _models_of(module):
            for parent in (
                model._meta.all_parents if hasattr(model._meta, "all_parents") else model._meta.get_parent_list()
            ):
                owner = owner_of_model(parent)
                if owner not in (module, EVERYWHERE):
                    yield Finding(*where(model), "inheritance", module, owner, f"{model.__name__}({parent.__name__})")


def labels() -> Iterator[Finding]:
    """Models that say they are another app's: their rows would be kept with its own."""
    for module in modules():
        for model in _models_of(module):
            label = model._meta.app_label
            if label != module:
                yield Finding(*where(model), "app label", module, label, f"{model.__name__} is labelled {label}")


def tables() -> Iterator[Finding]:
    """Models that keep their rows in a table which is another one's."""
    for table, (first, *others) in _claims().items():
        owner = owner_of_model(first)
        for model in others:
            module = owner_of_model(model)
            if module != owner and module in modules():
                yield Finding(*where(model), "table", module, owner, f"{model.__name__} keeps its rows in {table}")


@cache
def owners_of_tables() -> dict[str, str]:
    """Whose each table is, by its name. The tables that every module has are nobody's."""
    owners = {table: owner_of_model(models[0]) for table, models in _claims().items()}
    return {table: owner for table, owner in owners.items() if owner in modules()}


@cache
def _claims() -> dict[str, list[type[Model]]]:
    """By table, the models that have their rows there. First its owner's: who is called like it, then who makes it."""
    found: dict[str, list[type[Model]]] = {}
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.proxy:
            found.setdefault(_unquoted(model._meta.db_table), []).append(model)
    for table, models in found.items():
        models.sort(key=lambda model: (not table.startswith(f"{owner_of_model(model)}_"), not model._meta.managed))
    return found


def _unquoted(table: str) -> str:
    """`"payments"."payments_payment"` is a name of it, too."""
    return table.replace('"', "").rpartition(".")[2].lower()


def reverse_accessors() -> Iterator[Finding]:
    """Attributes by which the rows that are pointed to lead back to who points: `order.payment_set`."""
    for relation in relations_across():
        for source in _of(relation.owner):
            for node in ast.walk(source.tree):
                if isinstance(node, ast.Attribute) and node.attr == relation.accessor:
                    yield source.found(node, "reverse accessor", relation.module, ast.unparse(node))


def joins() -> Iterator[Finding]:
    """Queries along a relation, in either direction: `filter(payment__status=...)`."""
    for relation in relations_across():
        yield from _joins(relation.module, relation.field.name, owner=relation.owner)
        yield from _joins(relation.owner, relation.query_name, owner=relation.module)


def _joins(module: str, name: str, *, owner: str) -> Iterator[Finding]:
    along = re.compile(rf"-?{name}__\w+")
    for source in _of(module):
        for call in source.meanings.calls:
            if any(keyword.arg and along.fullmatch(keyword.arg) for keyword in call.node.keywords):
                yield source.found(call.node, "join", owner, ast.unparse(call.node))
        for said in source.meanings.texts:
            if along.fullmatch(said.text) or (said.text == name and said.handed_to & ALONG):
                yield source.found(said.node, "join", owner, repr(said.text))


def rows_followed() -> Iterator[Finding]:
    """What is asked of the row that a relation leads to: `order.payment.state`."""
    for relation in relations_across():
        for source in _of(relation.module):
            for node in ast.walk(source.tree):
                row = node.value if isinstance(node, ast.Attribute) else None
                if isinstance(row, ast.Attribute) and row.attr == relation.field.name:
                    yield source.found(node, "join", relation.owner, ast.unparse(node))


def related_models() -> Iterator[Finding]:
    """Models that are got at by a field that points to them: `_meta.get_field("payment").related_model`."""
    outward = {(relation.module, relation.field.name): relation.owner for relation in relations_across()}
    reaching = {relation.module for relation in relations_across()}
    for source in sources():
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Attribute) and node.attr in ("related_model", "remote_field"):
                field = _field_asked_for(node.value, source)
                unread = ANY if source.module in reaching else None
                owner = outward.get((source.module, field)) if field else unread
                if owner:
                    yield source.found(node, "related model", owner, ast.unparse(node))


def _field_asked_for(node: ast.expr, source: Source) -> str | None:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get_field":
        return source.meanings.constant(node.args[0]) if node.args else None
    return None


def _of(module: str) -> list[Source]:
    return [source for source in sources() if source.module == module]
