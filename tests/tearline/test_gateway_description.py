"""One description of the API in every topology, and none by anybody but the gateway."""

import json
from typing import Any

import pytest
from django.conf import settings
from django.urls import path
from pytest_django import Settings

from config.urls import rest_api
from tearline.snapshots import snapshot_of
from tearline.topology import Process, Topology
from tests.tearline import gateways

MODULES = settings.TEARLINE_TOPOLOGY.modules


def apart(*out: str) -> Topology:
    """With these modules out, as the gateway sees it; with none, all in one."""
    rest = Process(name="shop", modules=tuple(module for module in MODULES if module not in out))
    hosts = [Process(name=module, modules=(module,), url=f"http://{module}") for module in out]
    processes = (rest, *hosts) if rest.modules else tuple(hosts)
    return Topology(processes=processes, process=processes[0])


def described() -> Any:
    return as_json(rest_api().get_openapi_schema(path_prefix="/api/v1/"))


def as_json(value: Any) -> Any:
    return json.loads(json.dumps(value))


@pytest.mark.parametrize("out", [*((module,) for module in MODULES), MODULES], ids=str)
def test_it_is_the_same_in_every_topology(settings: Settings, out: tuple[str, ...]) -> None:
    usual = described()
    settings.TEARLINE_TOPOLOGY = apart(*out)
    told = described()
    assert list(told["paths"]) == list(usual["paths"])
    assert told == usual


def test_it_describes_what_every_module_serves_and_what_the_gateway_does_itself() -> None:
    paths = described()["paths"]
    promised = {path for module in MODULES for path in snapshot_of(module)["rest"]["paths"]}
    assert set(paths) == promised | {"/api/v1/orders/{order_id}/overview"}


def test_it_promises_what_is_served(settings: Settings) -> None:
    """The routes themselves say the same of each other, all in one."""
    live = as_json(super(type(api := rest_api()), api).get_openapi_schema(path_prefix="/api/v1/"))
    told = described()
    assert told["paths"] == live["paths"]
    assert told["components"]["schemas"].items() <= live["components"]["schemas"].items()
    assert told["components"]["securitySchemes"] == live["components"]["securitySchemes"]


def test_all_that_it_refers_to_is_there() -> None:
    told = described()
    there = {f"#/components/{kind}/{name}" for kind, names in told["components"].items() for name in names}
    assert references(told) <= there
    assert {ref.split("/")[2] for ref in references(told)} == {"schemas", "examples", "headers"}


def references(part: Any) -> set[str]:
    if isinstance(part, list):
        return set().union(*map(references, part))
    if isinstance(part, dict):
        own = {part["$ref"]} if isinstance(part.get("$ref"), str) else set()
        return own.union(*map(references, part.values()))
    return set()


def test_no_two_modules_mean_different_things_by_one_name() -> None:
    meant: dict[str, Any] = {}
    for module in MODULES:
        for name, schema in snapshot_of(module)["rest"]["schemas"].items():
            assert meant.setdefault(name, schema) == schema, f"{name} of {module}"


def test_who_is_not_the_gateway_describes_nothing(settings: Settings) -> None:
    settings.TEARLINE_TOPOLOGY = gateways.of(None, us="till")
    served = {str(each.pattern) for each in path("api/v1/", rest_api().urls).url_patterns}
    assert {"openapi.json", "docs"} & served == set()
