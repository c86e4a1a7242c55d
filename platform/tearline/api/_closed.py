"""Bodies are closed: what they say and nobody reads is refused, at any depth, by all routes alike.

Contracts pass over what they do not know, so that a module may be newer than another one. Whoever asks from outside
has misspelt it, and would have something else done than was meant.
"""

import difflib
import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Self

from django.http import HttpRequest
from ninja.errors import HttpError, ValidationError
from ninja.operation import Operation
from ninja.params.models import ParamModel
from ninja.parser import Parser

UNKNOWN_FIELD = "unknown_field"
"""The code of a flaw."""

_EXTRA = "extra_forbidden"
"""What pydantic calls it."""

MOST = 100
"""Unknown fields that are named; of more, the first."""

_LONGEST = 64
"""Letters of a field that a sentence repeats."""

View = Callable[..., Any]
Place = Sequence[str | int]
Part = Mapping[str, Any]


class _Closed(ParamModel):
    @classmethod
    def model_validate(cls, obj: Any, **how: Any) -> Self:
        return super().model_validate(obj, extra="forbid", **how)  # comes before what each contract says of itself


def closed(model: type[ParamModel]) -> type[ParamModel]:
    """By which ninja reads the same and, if it reads bodies, nothing that is not known there."""
    if model.__ninja_param_source__ != "body":
        return model
    return type(model.__name__, (_Closed, model), {"__module__": model.__module__})


def with_unknown_named(errors: list[dict[str, Any]], *, bodies: Iterable[type[ParamModel]]) -> list[dict[str, Any]]:
    """The same, with what is not known to these bodies in our words, and after all else."""
    schemas = [_described(body) for body in bodies]
    known = [error for error in errors if error["type"] != _EXTRA]
    unknown = [error for error in errors if error["type"] == _EXTRA]
    return [*known, *(_named(error, schemas) for error in unknown[:MOST])]


def _named(error: dict[str, Any], schemas: Iterable[Part]) -> dict[str, Any]:
    _, *within, name = error["loc"]
    fields = {field for schema in schemas for field in _fields(schema, within)}
    return {**error, "type": UNKNOWN_FIELD, "msg": _not_known(name, fields)}


@functools.cache
def _described(body: type[ParamModel]) -> Part:
    return body.model_json_schema()


def _fields(schema: Part, within: Place) -> Iterator[str]:
    """What may stand at a place of a body that is described so."""
    ahead = _meant(schema, schema)
    for step in within:
        ahead = [below for part in ahead for inner in _below(part, step) for below in _meant(inner, schema)]
    for part in ahead:
        yield from part.get("properties", ())


def _below(part: Part, step: str | int) -> list[Part]:
    """Steps that no part has name one of several alternatives, which are all here."""
    if isinstance(step, int):
        return [part["items"]] if "items" in part else []
    if step in (fields := part.get("properties", {})):
        return [fields[step]]
    others = part.get("additionalProperties")
    return [others] if isinstance(others, Mapping) else [part]


def _meant(part: Part, document: Part) -> list[Part]:
    """What stands behind references and alternatives."""
    if "$ref" in part:
        return _meant(document["$defs"][part["$ref"].rpartition("/")[2]], document)
    choices = [each for choice in ("anyOf", "oneOf", "allOf") for each in part.get(choice, ())]
    return [part, *(below for each in choices for below in _meant(each, document))]


def _not_known(name: str, fields: Iterable[str]) -> str:
    shown = name if len(name) <= _LONGEST else f"{name[:_LONGEST]}…"
    said = f"The field {shown} is not known here."
    near = difflib.get_close_matches(name, fields, n=1)
    return f"{said} Perhaps {near[0]} is meant." if near else said


# Where no body is asked for


def is_without_body(operation: Operation) -> bool:
    """Of what changes something, whether nobody would read a body. Who declares `auth=None` reads what was signed."""
    asked = any(model.__ninja_param_source__ == "body" for model in operation.models)
    declared = "requestBody" in (operation.openapi_extra or {})
    return operation.methods != ["GET"] and operation.auth_param is not None and not asked and not declared


def unless_it_says_something(view: View, *, parser: Parser) -> View:
    """Refuses a body that nobody would read. An empty object says nothing."""

    @functools.wraps(view)
    def asked(request: HttpRequest, **parameters: Any) -> Any:
        if request.body and (said := _read(request, parser)):
            raise ValidationError([_unasked(name) for name in list(said)[:MOST]])
        return view(request, **parameters)

    return asked


def _read(request: HttpRequest, parser: Parser) -> dict[str, Any] | None:
    try:
        said = parser.parse_body(request)
    except ValueError as error:
        raise HttpError(400, "malformed") from error
    if not isinstance(said, dict | None):
        raise HttpError(400, "malformed") from ValueError("no body is asked for")
    return said


def _unasked(name: str) -> dict[str, Any]:
    return {"type": UNKNOWN_FIELD, "loc": ("body", "body", name), "msg": _not_known(name, fields=())}
