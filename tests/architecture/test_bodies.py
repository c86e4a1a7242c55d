"""No body says what nobody reads: each write of each module refuses it, wherever it stands."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.test import Client

from config.urls import rest_api
from tearline.api._describing import reached_from
from tearline.api._examples import example_of
from tearline.api.keys import issue
from tests.served import writes

UNHEARD = "unheard_of"
PREFIX = "/api/v1"

READ_AS_THEY_CAME = {
    ("POST", "/products/import"),
    ("POST", "/payments/webhooks/{provider}"),
    ("POST", "/shipments/webhooks/{carrier}"),
    ("POST", "/notifications/tracking/{provider}"),
}
"""A file, and what others have signed."""

Place = tuple[str | int, ...]


@pytest.fixture(scope="module")
def document() -> Any:
    return json.loads(json.dumps(rest_api().get_openapi_schema(path_prefix=f"{PREFIX}/")))


@pytest.fixture
def client(db: None) -> Client:
    _, token = issue(name="careless", scopes=["*"])
    return Client(headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "one"})


def places(schema: Mapping[str, Any], value: Any, document: Any, at: Place = ()) -> Iterator[Place]:
    """Where a value has an object whose fields are all described."""
    schema = resolved(schema, document)
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from places(schema["items"], item, document, (*at, index))
    elif isinstance(value, dict) and "properties" in schema:
        yield at
        for name, item in value.items():
            yield from places(schema["properties"][name], item, document, (*at, name))


def resolved(schema: Mapping[str, Any], document: Any) -> Mapping[str, Any]:
    """Of what may be null, what else it may be."""
    if "$ref" in schema:
        return resolved(document["components"]["schemas"][schema["$ref"].rpartition("/")[2]], document)
    if "anyOf" in schema:
        return resolved(next(each for each in schema["anyOf"] if each.get("type") != "null"), document)
    return schema


def with_more(body: Any, at: Place) -> Any:
    """The same body, and what nobody has heard of at this place."""
    body = json.loads(json.dumps(body))
    part = body
    for step in at:
        part = part[step]
    part[UNHEARD] = 1
    return body


def bodies(operation: Any, document: Any) -> Iterator[tuple[Any, Place]]:
    """All that say one thing too much, each at another place. Where none is asked for, one that says only that."""
    if "requestBody" not in operation:
        yield {UNHEARD: 1}, ()
        return
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    full = example_of(schema, document["components"]["schemas"], full=True)
    for at in places(schema, full, document):
        yield with_more(full, at), at


def address(path: str, operation: Any, document: Any) -> str:
    examples = {
        each["name"]: example_of({"examples": ["one"]} | each["schema"], {}, full=False)
        for each in operation.get("parameters", ())
        if each["in"] == "path"
    }
    return re.sub(r"{(\w+)}", lambda found: str(examples[found[1]]), path)


def test_each_write_refuses_what_it_does_not_know_wherever_that_stands(client: Client, document: Any) -> None:
    """Whoever adds a module or a route finds it here, whether it is described or not."""
    asked, deepest = set(), 0
    for method, path in writes() - READ_AS_THEY_CAME:
        operation = document["paths"][f"{PREFIX}{path}"][method.lower()]
        for body, at in bodies(operation, document):
            where = address(f"{PREFIX}{path}", operation, document)
            answer = client.generic(method, where, json.dumps(body), content_type="application/json")
            pointer = "".join(f"/{step}" for step in (*at, UNHEARD))
            assert answer.status_code == 422, (method, path, body, answer.content)
            flaws = [(flaw["pointer"], flaw["code"]) for flaw in answer.json()["errors"]]
            assert flaws == [(pointer, "unknown_field")], (method, path)
            asked.add((method, path))
            deepest = max(deepest, len(at))
    assert asked == writes() - READ_AS_THEY_CAME
    assert deepest >= 3


def test_what_bodies_alone_are_made_of_is_described_as_closed_and_what_is_answered_is_not(document: Any) -> None:
    schemas = document["components"]["schemas"]
    operations = [each for methods in document["paths"].values() for each in methods.values()]
    made_of = reached_from([each.get("requestBody") for each in operations], schemas)
    answered = reached_from([each["responses"] for each in operations], schemas)
    closed = {name for name, schema in schemas.items() if schema.get("additionalProperties") is False}
    assert closed == {name for name in made_of - answered if "properties" in schemas[name]}
    assert made_of & answered == {"Address", "Money", "ShipmentLine"}
