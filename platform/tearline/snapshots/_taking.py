"""What the code of a module says of its public surface."""

import importlib
import inspect
import json
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

from pydantic import TypeAdapter

from tearline.acting import module_of
from tearline.api import RestApi
from tearline.api._describing import reached_from
from tearline.contracts import Refusal
from tearline.events import Event
from tearline.facades import Operation, operations_of
from tearline.facades._hosting import interface_of
from tearline.snapshots._keeping import (
    EventPromise,
    FacadePromise,
    OperationPromise,
    RefusalPromise,
    RestPromise,
    Surface,
)
from tearline.topology import API


def surface_of(module: str) -> Surface:
    """As the code is now. Needs a module that this process hosts, for its REST routes."""
    return {"facade": described_facade(module, interface_of(module)), "events": _events(module), "rest": _rest(module)}


def described_facade(module: str, interface: Callable[..., Any]) -> FacadePromise:
    operations = operations_of(interface)
    return {
        "operations": {operation.name: _operation(operation) for operation in operations.values()},
        "refusals": {
            code: _refusal(kind) for code, kind in Refusal.kinds.items() if module_of(kind.__module__) == module
        },
    }


def _operation(operation: Operation) -> OperationPromise:
    return {
        "kind": operation.kind,
        "undoes": operation.undoes,
        "arguments": operation.arguments.json_schema(mode="validation"),
        "answer": operation.answer.json_schema(mode="serialization"),
    }


def _refusal(kind: type[Refusal]) -> RefusalPromise:
    return {"status": kind.status, "fields": TypeAdapter(kind).json_schema(mode="serialization")}


def _events(module: str) -> dict[str, EventPromise]:
    if find_spec(f"modules.{module}.events") is None:
        return {}
    announced = importlib.import_module(f"modules.{module}.events")
    return {
        event.topic: {"aggregate": event.aggregate, "fields": event.model_json_schema(mode="serialization")}
        for event in vars(announced).values()
        if inspect.isclass(event) and issubclass(event, Event) and event.__module__ == announced.__name__
    }


def _rest(module: str) -> RestPromise:
    """The module's part of the API's description."""
    if find_spec(f"modules.{module}.api") is None:
        return {"prefixes": [], "paths": {}, "schemas": {}}
    edge = importlib.import_module(f"modules.{module}.api")
    alone = RestApi(title=module, version="v1", description="")
    alone.mount(module, edge.router, prefixes=edge.prefixes)
    document = json.loads(json.dumps(alone.promised(path_prefix=f"{API}/")))  # where numbers are no names
    paths, schemas = document["paths"], document["components"]["schemas"]
    return {
        "prefixes": list(edge.prefixes),
        "paths": paths,
        "schemas": {name: schemas[name] for name in reached_from(paths, schemas)},
    }
