"""What the description says beyond what ninja reads off the views: examples, headers, and every way to fail."""

import inspect
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from importlib.util import find_spec
from types import FunctionType
from typing import Any

from ninja.operation import Operation

from tearline.api._auth import ApiKeyAuth
from tearline.api._closed import is_without_body
from tearline.api._codes import BY_CODE, Kind, refusals
from tearline.api._etags import NEEDED
from tearline.api._examples import NoExample, example_of
from tearline.facades import operations_of
from tearline.facades._hosting import interface_of
from tearline.problems import MEDIA_TYPE

Described = dict[str, Any]

JSON = "application/json"

HEADERS: dict[str, Described] = {
    "API-Version": {
        "description": "The dated version of the API that this answer is written in.",
        "schema": {"type": "string", "format": "date"},
    },
    "ETag": {
        "description": "Names what is told here as it is now: for If-Match where that is taken, and for If-None-Match,"
        " which is answered 304, without a body, as long as it is so.",
        "schema": {"type": "string"},
        "example": '"3-5d41402abc4b2a76b9719d911017c592"',
    },
    "RateLimit": {
        "description": "What is left of the quota, and for how many seconds. Only where keys are counted.",
        "schema": {"type": "string"},
        "example": '"default";r=42;t=17',
    },
    "X-Request-Id": {
        "description": "Names this request in our records.",
        "schema": {"type": "string"},
        "example": "req_01jdc3k5v8e1xszq4b7m2n9htw",
    },
    "Idempotent-Replayed": {
        "description": "`true` when this Idempotency-Key had been answered before, and this is that answer.",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "Preference-Applied": {
        "description": "The wait that was granted, as in `wait=10`.",
        "schema": {"type": "string"},
        "example": "wait=10",
    },
    "Retry-After": {
        "description": "Seconds until asking again makes sense.",
        "schema": {"type": "integer", "minimum": 1},
        "example": 1,
    },
    "WWW-Authenticate": {
        "description": "What is missing, as in RFC 6750.",
        "schema": {"type": "string"},
        "example": 'Bearer realm="tearline", error="insufficient_scope", scope="orders:write"',
    },
}
_OF_STATUS = {401: "WWW-Authenticate", 403: "WWW-Authenticate", 429: "Retry-After", 503: "Retry-After"}


def codes_of(described: Described, operation: Operation) -> list[str]:
    """Of the problems that may come of an operation."""
    return list(dict.fromkeys(kind.code for kind in _failures(described, operation)))


def complete(method: str, promised: Described, *, schemas: Mapping[str, Any], kinds: Mapping[str, Kind]) -> None:
    """Tells clients all that follows from what is promised of an operation. What is told already stays."""
    for content in _contents(promised.get("requestBody", {})):
        _give_example(content, schemas, full=False)
    for status, answer in promised["responses"].items():
        if status.startswith("2"):
            answer.setdefault("headers", {}).update(_named("headers", _headers_of(method, promised)))
            for content in _contents(answer):
                _give_example(content, schemas, full=True)
    for status, codes in sorted(_by_status(kinds[code] for code in promised.pop("x-problems", ())).items()):
        promised["responses"].setdefault(str(status), _failure(status, codes))


def close(paths: Mapping[str, Any], schemas: dict[str, Any]) -> None:
    """Says that bodies have no fields but those that are described.

    What is answered, too, is left open, as answers may have more fields one day: bodies refuse them all the same.
    """
    operations = [*_operations(paths)]
    asked = reached_from([operation.get("requestBody") for operation in operations], schemas)
    answered = reached_from([operation["responses"] for operation in operations], schemas)
    for name in asked - answered:
        if "properties" in schemas[name]:
            schemas[name] = {**schemas[name], "additionalProperties": False}


def reached_from(part: Any, schemas: Mapping[str, Any]) -> set[str]:
    """The names of the schemas that a part of the description is made of."""
    ahead, reached = [part], set[str]()
    while ahead:
        match ahead.pop():
            case {"$ref": str(reference)} if (name := reference.rpartition("/")[2]) in schemas.keys() - reached:
                reached.add(name)
                ahead.append(schemas[name])
            case dict(described):
                ahead += described.values()
            case list(several):
                ahead += several
    return reached


def components(paths: Mapping[str, Any], kinds: Mapping[str, Kind]) -> dict[str, Any]:
    """What completed operations refer to, but for schemas."""
    answers = [answer for operation in _operations(paths) for answer in operation["responses"].values()]
    contents = [content for answer in answers for content in answer.get("content", {}).values()]
    used = {code for content in contents for code in content.get("examples", ())}
    return {"examples": {code: _example(kinds[code]) for code in sorted(used & {*kinds})}, "headers": HEADERS}


def areas(paths: Mapping[str, Any]) -> list[dict[str, str]]:
    """The tags that are used. What bears the name of a module is described by its facade."""
    used = {tag for operation in _operations(paths) for tag in operation.get("tags", ())}
    return [{"name": tag, **({"description": _area(tag)} if has_facade(tag) else {})} for tag in sorted(used)]


def scopes(paths: Mapping[str, Any]) -> list[str]:
    """All that keys may be asked for."""
    asked = [requirement for operation in _operations(paths) for requirement in operation.get("security", ())]
    return sorted({scope for requirement in asked for named in requirement.values() for scope in named})


def _operations(paths: Mapping[str, Any]) -> Iterator[Described]:
    for operations in paths.values():
        yield from operations.values()


def has_facade(name: str) -> bool:
    """Whether this is the name of a module that others may ask."""
    return find_spec(f"modules.{name}") is not None and find_spec(f"modules.{name}.facade") is not None


def _area(module: str) -> str:
    return inspect.getdoc(interface_of(module)) or ""


# Examples


def _contents(part: Described) -> Iterator[Described]:
    if JSON in part.get("content", {}):
        yield part["content"][JSON]


def _give_example(content: Described, schemas: Mapping[str, Any], *, full: bool) -> None:
    """The linter finds those that are left without."""
    try:
        content.setdefault("example", example_of(content.get("schema", {}), schemas, full=full))
    except NoExample:
        return


def _example(kind: Kind) -> Described:
    problem = kind.told(instance="/api/v1/…", request_id=HEADERS["X-Request-Id"]["example"])
    return {"summary": kind.detail, "description": kind.meaning, "value": problem}


# Headers


def _headers_of(method: str, described: Described) -> list[str]:
    taken = {each["name"] for each in described.get("parameters", ()) if each["in"] == "header"}
    given = {"Idempotency-Key": "Idempotent-Replayed", "Prefer": "Preference-Applied"}
    told = method == "get" or (method != "delete" and "If-Match" in taken)
    always = ["API-Version", "X-Request-Id", *(["ETag"] if told else [])]
    counted = ["RateLimit"] if described.get("security") else []
    return [*always, *counted, *(header for asked, header in given.items() if asked in taken)]


def _named(section: str, names: Iterable[str]) -> Described:
    return {name: {"$ref": f"#/components/{section}/{name}"} for name in names}


# Ways to fail


def _failures(described: Described, operation: Operation) -> Iterator[Kind]:
    """What the route's declaration leads to, and what its view names."""
    yield from (BY_CODE[code] for code in _declared(described, operation))
    view = inspect.unwrap(operation.view_func)
    named = [constant for constant in view.__code__.co_consts if isinstance(constant, str)]
    yield from (BY_CODE[name] for name in named if name in BY_CODE)
    place = view.__module__.split(".")
    if place[0] == "modules" and has_facade(place[1]):
        yield from _refusals(place[1], named)
        yield from _raised(place[1], view)


def _declared(described: Described, operation: Operation) -> Iterator[str]:
    parameters = {(each["in"], each["name"]) for each in described.get("parameters", ())}
    sources = {source for source, _ in parameters}
    if any(isinstance(auth, ApiKeyAuth) for auth in operation.auth_callbacks):
        yield from ("api_key_missing", "api_key_invalid", "insufficient_scope", "rate_limited", "too_many_failures")
        if not all(getattr(auth, "customers", False) for auth in operation.auth_callbacks):
            yield "customer_not_allowed"
    yield from ("unknown_parameter", "unknown_version")
    if "query" in sources:
        yield "invalid_parameter"
    if ("query", "cursor") in parameters:
        yield "invalid_cursor"
    if "path" in sources:
        yield "not_found"
    if body := described.get("requestBody"):
        yield from _of_bodies(body)
    if is_without_body(operation):
        yield from _of_bodies({"content": {JSON: {}}})
    yield from _of_headers({name for source, name in parameters if source == "header"})
    if NEEDED in {each.get("description") for each in described.get("parameters", ())}:
        yield "precondition_required"
    if ("header", "If-Match") not in parameters and "GET" not in operation.methods:
        yield "precondition_not_supported"
    yield from ("internal_error", "unavailable", "overloaded")


def _of_bodies(body: Described) -> Iterator[str]:
    yield from ("malformed", "length_required", "payload_too_large", "unsupported_media_type")
    if JSON in body["content"]:
        yield "validation_failed"


def _of_headers(names: set[str]) -> Iterator[str]:
    if "Idempotency-Key" in names:
        yield from (code for code in BY_CODE if code.startswith("idempotency_key_"))
    if "If-Match" in names:
        yield from ("invalid_precondition", "precondition_failed")


def _refusals(module: str, named: Iterable[str]) -> Iterator[Kind]:
    """Of the commands that a view names: what their docstrings in the facade say that they raise."""
    operations = operations_of(interface_of(module))
    for name in named:
        if name in operations:
            yield from refusals(re.findall(r"\w+", inspect.getdoc(operations[name].method) or ""), of=module)


def _raised(module: str, view: FunctionType) -> Iterator[Kind]:
    """Those that a view names, and what the docstrings of the module's functions that it names say that they raise."""
    names, around = view.__code__.co_names, view.__globals__
    known = [around[name] for name in names if name in around]
    inside = [getattr(file, name, None) for file in known if inspect.ismodule(file) for name in names]
    yield from refusals(names, of=module)
    for each in (*known, *inside):
        if inspect.isfunction(each) and each.__module__.startswith(f"modules.{module}."):
            yield from refusals(re.findall(r"\w+", inspect.getdoc(each) or ""), of=module)


def _by_status(failures: Iterable[Kind]) -> dict[int, list[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    for kind in failures:
        if kind.code not in found[kind.status]:
            found[kind.status].append(kind.code)
    return found


def _failure(status: int, codes: list[str]) -> Described:
    headers = ["X-Request-Id", *([_OF_STATUS[status]] if status in _OF_STATUS else [])]
    return {
        "description": ", ".join(f"`{code}`" for code in codes),
        "headers": _named("headers", headers),
        "content": {
            MEDIA_TYPE: {
                "schema": {"$ref": "#/components/schemas/ProblemDetails"},
                "examples": _named("examples", codes),
            }
        },
    }
