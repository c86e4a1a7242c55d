"""What a change of a description means beyond its schemas: operations, refusals, events, routes, names."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tearline.snapshots._comparing import changes

Json = dict[str, Any]

TEXT: Json = {"type": "string"}
TEXTS: Json = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Text"}}}}
LIMIT: Json = {"in": "query", "name": "limit", "required": False, "schema": {"type": "integer", "default": 5}}

SURFACE: Json = {
    "facade": {
        "operations": {
            "do": {"kind": "command", "undoes": None, "arguments": {"type": "object"}, "answer": {"enum": ["a"]}},
            "ask": {"kind": "query", "undoes": None, "arguments": {"type": "object"}, "answer": {"enum": ["a"]}},
        },
        "refusals": {"shop.closed": {"status": 409, "fields": {"type": "object"}}},
    },
    "events": {"shop.opened.v1": {"aggregate": "id", "fields": {"type": "object", "properties": {"id": TEXT}}}},
    "rest": {
        "prefixes": ["/doors"],
        "paths": {
            "/api/v1/doors": {
                "get": {
                    "operationId": "shop_doors",
                    "summary": "Doors",
                    "parameters": [LIMIT],
                    "requestBody": TEXTS | {"required": True},
                    "responses": {"200": TEXTS, "default": TEXTS},
                    "security": [{"ApiKeyAuth": ["shop:read"]}],
                }
            }
        },
        "schemas": {"Text": TEXT | {"maxLength": 5}},
    },
}

Change = Callable[[Json], object]


def changed(change: Change, *, retired: tuple[str, ...] = ()) -> list[str]:
    """What is told of this change, the way out left aside."""
    surface = copy.deepcopy(SURFACE)
    change(surface)
    found = changes("shop", SURFACE, surface, retired=retired)
    return [f"{told.surface} {told.name}: {told.what}{' BREAKS' if told.breaks else ''}" for told in found]


def operation(surface: Json, name: str = "do") -> Any:
    return surface["facade"]["operations"][name]


def route(surface: Json) -> Any:
    return surface["rest"]["paths"]["/api/v1/doors"]["get"]


DOORS = "REST GET /doors:"

CASES: dict[str, tuple[Change, list[str]]] = {
    "nothing": (lambda _: None, []),
    "a new operation": (
        lambda s: s["facade"]["operations"].update(wait=operation(s)),
        ["facade shop.wait: is new"],
    ),
    "an operation that is gone": (lambda s: s["facade"]["operations"].pop("do"), ["facade shop.do: is gone BREAKS"]),
    "another kind": (
        lambda s: operation(s, "ask").update(kind="command"),
        ['facade shop.ask: kind "query" became "command" BREAKS'],
    ),
    "another undo": (
        lambda s: operation(s).update(undoes="ask"),
        ['facade shop.do: undoes null became "ask" BREAKS'],
    ),
    "something of which we know nothing": (
        lambda s: operation(s).update(price=3),
        ["facade shop.do: price null became 3 BREAKS"],
    ),
    "fewer values that a command answers, as older ones are kept": (
        lambda s: operation(s).update(answer={"enum": []}),
        ['facade shop.do: answer may no longer be "a" BREAKS'],
    ),
    "fewer values that a query answers": (
        lambda s: operation(s, "ask").update(answer={"enum": []}),
        ['facade shop.ask: answer may no longer be "a"'],
    ),
    "an argument": (
        lambda s: operation(s).update(arguments={"type": "object", "properties": {"x": TEXT}}),
        ["facade shop.do: arguments.x is new"],
    ),
    "a new refusal": (
        lambda s: s["facade"]["refusals"].update({"shop.full": {"status": 409, "fields": {}}}),
        ["refusal shop.full: is new"],
    ),
    "a refusal that is gone": (lambda s: s["facade"]["refusals"].clear(), ["refusal shop.closed: is gone BREAKS"]),
    "a refusal of another status": (
        lambda s: s["facade"]["refusals"]["shop.closed"].update(status=404),
        ["refusal shop.closed: status 409 became 404 BREAKS"],
    ),
    "a refusal with a field that those kept lack": (
        lambda s: s["facade"]["refusals"]["shop.closed"].update(
            fields={"type": "object", "properties": {"x": TEXT}, "required": ["x"]}
        ),
        ["refusal shop.closed: fields.x is new, and must be there BREAKS"],
    ),
    "an event of another aggregate": (
        lambda s: s["events"]["shop.opened.v1"].update(aggregate="door"),
        ['event shop.opened.v1: aggregate "id" became "door" BREAKS'],
    ),
    "another version of an event": (
        lambda s: s["events"].update({"shop.opened.v2": s["events"]["shop.opened.v1"]}),
        ["event shop.opened.v2: is new"],
    ),
    "an event of which less may be": (
        lambda s: s["events"]["shop.opened.v1"]["fields"]["properties"].update(id=TEXT | {"minLength": 1}),
        ["event shop.opened.v1: fields.id minLength 1 is new BREAKS"],
    ),
    "a prefix": (lambda s: s["rest"]["prefixes"].append("/gates"), []),
    "other words": (
        lambda s: route(s).update(summary="Gates", tags=["gates"]),
        [f"{DOORS} is described otherwise (summary)", f"{DOORS} is described otherwise (tags)"],
    ),
    "another name for clients to call": (
        lambda s: route(s).update(operationId="shop_gates"),
        [f'{DOORS} operationId "shop_doors" became "shop_gates" BREAKS'],
    ),
    "no key": (
        lambda s: route(s).pop("security"),
        [f'{DOORS} security [{{"ApiKeyAuth": ["shop:read"]}}] became null BREAKS'],
    ),
    "another method": (
        lambda s: s["rest"]["paths"]["/api/v1/doors"].update(put=route(s)),
        ["REST PUT /doors: is new"],
    ),
    "a route that is gone": (lambda s: s["rest"]["paths"].clear(), ["REST GET /doors: is gone BREAKS"]),
    "a parameter that may be left out": (
        lambda s: route(s)["parameters"].append(LIMIT | {"name": "page"}),
        [f"{DOORS} query parameter page is new"],
    ),
    "a header that must be there": (
        lambda s: route(s)["parameters"].append(LIMIT | {"in": "header", "name": "X", "required": True}),
        [f"{DOORS} header parameter X is new BREAKS"],
    ),
    "a parameter that is gone": (
        lambda s: route(s)["parameters"].clear(),
        [f"{DOORS} query parameter limit is gone BREAKS"],
    ),
    "a parameter that must be there from now on": (
        lambda s: route(s)["parameters"][0].update(required=True, schema={"type": "integer"}),
        [f"{DOORS} query parameter limit must be there now BREAKS"],
    ),
    "a parameter of which less is allowed": (
        lambda s: route(s)["parameters"][0]["schema"].update(maximum=9),
        [f"{DOORS} query parameter limit maximum 9 is new BREAKS"],
    ),
    "a parameter with another default": (
        lambda s: route(s)["parameters"][0]["schema"].update(default=6),
        [f"{DOORS} query parameter limit default 5 became 6 BREAKS"],
    ),
    "a parameter in another style": (
        lambda s: route(s)["parameters"][0].update(style="deepObject"),
        [f'{DOORS} query parameter limit style null became "deepObject" BREAKS'],
    ),
    "a body that is gone": (lambda s: route(s).pop("requestBody"), [f"{DOORS} body is gone BREAKS"]),
    "a body that may be left out": (
        lambda s: route(s)["requestBody"].update(required=False),
        [f"{DOORS} body may be left out now"],
    ),
    "a body in another format": (
        lambda s: route(s)["requestBody"].update(content={"text/csv": {}}),
        [f"{DOORS} body as application/json is gone BREAKS", f"{DOORS} body as text/csv is new"],
    ),
    "an answer in another format": (
        lambda s: route(s)["responses"].update({"200": {"content": TEXTS["content"] | {"text/csv": {}}}}),
        [f"{DOORS} answer 200 as text/csv is new BREAKS"],
    ),
    "an answer in a format of which nothing is said": (
        lambda s: route(s)["responses"].update({"200": {"content": {"application/json": {}}}}),
        [f"{DOORS} answer 200 maxLength 5 is gone BREAKS", f"{DOORS} answer 200 type string is gone BREAKS"],
    ),
    "an answer without content": (
        lambda s: route(s)["responses"].update({"200": {}}),
        [f"{DOORS} answer 200 as application/json is gone BREAKS"],
    ),
    "another success": (
        lambda s: route(s)["responses"].update({"202": TEXTS}),
        [f"{DOORS} answer 202 is new BREAKS"],
    ),
    "another failure, which clients expect by default": (
        lambda s: route(s)["responses"].update({"409": TEXTS}),
        [f"{DOORS} answer 409 is new"],
    ),
    "no failure by default": (
        lambda s: route(s)["responses"].pop("default"),
        [f"{DOORS} answer default is gone BREAKS"],
    ),
    "a header of an answer": (
        lambda s: route(s)["responses"].update({"200": TEXTS | {"headers": {"Location": {}}}}),
        [f'{DOORS} answer 200 headers null became {{"Location": {{}}}} BREAKS'],
    ),
    "what bodies and answers share": (
        lambda s: s["rest"]["schemas"]["Text"].update(maxLength=6),
        [
            f"{DOORS} body maxLength 5 became 6",
            f"{DOORS} answer 200 maxLength 5 became 6 BREAKS",
            f"{DOORS} answer default maxLength 5 became 6 BREAKS",
        ],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_change_is_told_under_its_name_and_breaks_or_not(case: str) -> None:
    change, told = CASES[case]
    assert changed(change) == told


def test_a_body_that_was_not_asked_for_breaks_if_it_must_be_there() -> None:
    before, after = copy.deepcopy(SURFACE), copy.deepcopy(SURFACE)
    route(before).pop("requestBody")
    assert [told.breaks is not None for told in changes("shop", before, after, retired=())] == [True]
    route(after)["requestBody"]["required"] = False
    assert [told.breaks is not None for told in changes("shop", before, after, retired=())] == [False]


def test_another_failure_breaks_if_clients_expect_none() -> None:
    before, after = copy.deepcopy(SURFACE), copy.deepcopy(SURFACE)
    route(before)["responses"].pop("default")
    assert [told.breaks is not None for told in changes("shop", before, after, retired=())] == [True]


def test_what_was_retired_may_be_gone_and_may_not_come_back() -> None:
    gone = ("shop.do", "shop.closed", "shop.opened.v1", "GET /doors")

    def clear(surface: Json) -> None:
        surface["facade"] = {"operations": {}, "refusals": {}}
        surface["events"], surface["rest"]["paths"] = {}, {}

    assert changed(clear, retired=gone) == ["facade shop.ask: is gone BREAKS"]
    assert changed(lambda _: None, retired=("shop.do",)) == ["facade shop.do: was retired, and is used again BREAKS"]
