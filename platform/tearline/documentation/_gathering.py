"""Reads off the modules that are hosted here what they declare."""

import ast
import importlib
import inspect
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.apps import apps
from django.conf import ENVIRONMENT_VARIABLE, settings

from tearline.boundaries import asked_by_modules
from tearline.boundaries._sources import sources
from tearline.contracts import Refusal as AnyRefusal
from tearline.documentation import _model as told
from tearline.documentation._calls import Call, by_peer, calls
from tearline.documentation._leaving import leaving
from tearline.documentation._words import first_sentences, in_words, variables
from tearline.events._listeners import Listener, by_name
from tearline.facades import Operation, operations_of
from tearline.facades._hosting import interface_of
from tearline.projections._projections import projections
from tearline.resilience._declared import declared, needed
from tearline.sagas._saga import Saga, Step, sagas
from tearline.snapshots._taking import surface_of
from tearline.states import machines
from tearline.topology import API
from tearline.work._tasks import tasks

Part = Mapping[str, Any]


def gathered() -> told.Model:
    """Of all modules that are hosted here."""
    topology, everyone = settings.TEARLINE_TOPOLOGY, calls()
    modules = [_module(name, everyone) for name in sorted(topology.hosted)]
    return told.Model(
        modules=modules,
        callers=sorted({call.caller for call in everyone} - {*topology.modules}),
        processes=[told.Process(name=each.name, modules=sorted(each.modules)) for each in topology.processes],
        leaving=[leaving(module, topology.host_of(module.name)) for module in modules],
    )


def _module(name: str, everyone: Sequence[Call]) -> told.Module:
    surface = surface_of(name)
    return told.Module(
        name=name,
        owns=inspect.cleandoc(importlib.import_module(f"modules.{name}").__doc__ or ""),
        operations=[
            _operation(each, surface["facade"]["operations"][each.name], everyone)
            for each in operations_of(interface_of(name)).values()
        ],
        refusals=[_refusal(code) for code in sorted(surface["facade"]["refusals"])],
        announces=[_event(topic, surface["events"][topic]) for topic in sorted(surface["events"])],
        hears=_hears(name),
        sagas=[_saga(saga, everyone) for saga in sagas.values() if saga.module == name and _is_ours(saga.subject)],
        states=_states(name),
        tables=[_table(model) for model in apps.get_app_config(name).get_models() if not model._meta.proxy],
        projections=_projections(name),
        tasks=_tasks(name),
        routes=[*_routes(surface["rest"]["paths"])],
        settings=_settings(name),
        adapters=_adapters(name),
        asks=by_peer((call.module, call.operation) for call in everyone if call.caller == name),
        asked_by=by_peer((call.caller, call.operation) for call in everyone if call.module == name),
        declared=asked_by_modules(settings.BASE_DIR / ".importlinter").get(name, []),
    )


def _is_ours(thing: Any) -> bool:
    """Whether it was declared by a module, and not by a test."""
    place = str(thing.__module__)
    return place.startswith("modules.") and ".tests." not in place


# The facade


def _operation(operation: Operation, promise: Part, everyone: Iterable[Call]) -> told.Operation:
    sense = inspect.cleandoc(operation.method.__doc__ or "")
    return told.Operation(
        name=operation.name,
        kind=operation.kind,
        undoes=operation.undoes,
        sense=sense,
        takes=_fields(promise["arguments"]),
        answers=in_words(promise["answer"]),
        refusals=sorted(code for code, kind in AnyRefusal.kinds.items() if re.search(rf"\b{kind.__name__}\b", sense)),
        callers=sorted({call.caller for call in everyone if call.full_name == operation.full_name}),
    )


def _refusal(code: str) -> told.Refusal:
    kind = AnyRefusal.kinds[code]
    return told.Refusal(code=code, status=kind.status, sense=first_sentences(kind.__doc__))


def _fields(schema: Part) -> list[told.Field]:
    return [
        told.Field(name=name, kind=in_words(field, schema.get("$defs", {})), sense=str(field.get("description", "")))
        for name, field in schema.get("properties", {}).items()
    ]


# Events


def _event(topic: str, promise: Part) -> told.Event:
    heard_by = sorted({each.module for each in _listeners() if each.event.topic == topic})
    fields = promise["fields"]
    return told.Event(
        topic=topic,
        aggregate=promise["aggregate"],
        sense=first_sentences(fields.get("description")),
        carries=_fields(fields),
        heard_by=heard_by,
    )


def _hears(module: str) -> list[told.Hearing]:
    heard: dict[str, list[str]] = {}
    for each in _listeners():
        if each.module == module:
            heard.setdefault(each.event.topic, []).append(each.fold.name if each.fold else each.name)
    return [told.Hearing(topic=topic, by=sorted(heard[topic])) for topic in sorted(heard)]


def _listeners() -> list[Listener]:
    return [each for each in by_name.values() if _is_ours(each.event) and (each.fold or _is_ours(each.handle))]


# Sagas and states


def _saga(saga: Saga[Any], everyone: Iterable[Call]) -> told.Saga:
    steps = [_step(step, everyone) for step in saga.steps]
    return told.Saga(name=saga.name, version=saga.version, subject=saga.subject.__name__, steps=steps)


def _step(step: Step[Any], everyone: Iterable[Call]) -> told.Step:
    return told.Step(
        name=step.name,
        kind=step.kind,
        pivot=step.pivot,
        undo=step.undo_act.__name__ if step.undo_act else None,
        why_no_undo=step.needs_no_undo,
        asks=_asked_within(step.act, everyone),
        undo_asks=_asked_within(step.undo_act, everyone) if step.undo_act else [],
        beside=step.beside.name if step.beside else None,
        seconds=None if step.kind == "local" else step.deadline.total_seconds(),
    )


def _asked_within(function: Any, everyone: Iterable[Call]) -> list[str]:
    path = f"{function.__module__.replace('.', '/')}.py"
    asked = [call for call in everyone if call.path == path and call.within == function.__name__]
    return sorted({call.full_name for call in asked})


def _states(module: str) -> list[told.States]:
    ours = sorted((name, machine) for name, machine in machines.items() if name.startswith(f"{module}."))
    return [told.States(name=name, states=[*machine.states], picture=machine.drawn()) for name, machine in ours]


# Rows, and work


def _table(model: Any) -> told.Table:
    meta = model._meta
    return told.Table(
        name=meta.db_table,
        sense=first_sentences(model.__doc__ if not (model.__doc__ or "").startswith(f"{model.__name__}(") else ""),
        append_only=getattr(model, "append_only", False),
        columns=[_column(field) for field in meta.local_concrete_fields],
        rules=sorted(constraint.name for constraint in meta.constraints),
    )


def _column(field: Any) -> told.Field:
    traits = {"primary key": field.primary_key, "unique": field.unique and not field.primary_key, "or null": field.null}
    kind = " ".join([field.get_internal_type(), *(trait for trait, has_it in traits.items() if has_it)])
    values = ", ".join(str(value) for value, _ in field.flatchoices)
    sense = field.help_text or (f"One of {values}." if values else "")
    if field.is_relation:
        sense = sense or f"Of {field.related_model._meta.db_table}."
    return told.Field(name=field.column, kind=kind, sense=str(sense))


def _projections(module: str) -> list[told.Projection]:
    return [
        told.Projection(
            name=each.name,
            tables=[table._meta.db_table for table in each.tables],
            events=[event.topic for event in each.events],
            asks_others=each.asks_others,
        )
        for each in projections.values()
        if each.module == module and all(map(_is_ours, each.tables))
    ]


def _tasks(module: str) -> list[told.Task]:
    ours = sorted((name, task) for name, task in tasks.items() if task.module == module and _is_ours(task.function))
    return [told.Task(name=name, sense=first_sentences(task.__doc__)) for name, task in ours]


# Edges


def _routes(paths: Part) -> Iterator[told.Route]:
    for path, methods in paths.items():
        for method, each in methods.items():
            scopes = {scope for way in each.get("security") or () for asked in way.values() for scope in asked}
            sense = first_sentences(each.get("description") or each.get("summary"))
            yield told.Route(method=method.upper(), path=path.removeprefix(API), sense=sense, scopes=sorted(scopes))


def _settings(module: str) -> list[told.Setting]:
    """That its code reads, by name."""
    explained = variables(importlib.import_module(os.environ[ENVIRONMENT_VARIABLE]).__doc__ or "")
    named = {
        name
        for source in sources()
        if source.module == module and "/tests/" not in source.path
        for name in _settings_in(source.tree)
    }
    return [told.Setting(name=name, sense=explained.get(name, "")) for name in sorted(named)]


def _settings_in(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "settings":
            yield node.attr
        elif isinstance(node, ast.keyword) and node.arg == "setting" and isinstance(node.value, ast.Constant):
            yield str(node.value.value)


def _adapters(module: str) -> list[told.Adapter]:
    targets = sorted(target for target, asked_by in needed.items() if asked_by == module)
    policies = {target: asdict(declared(target)) for target in targets}
    return [told.Adapter(target=target, policy=policies[target]) for target in targets]
