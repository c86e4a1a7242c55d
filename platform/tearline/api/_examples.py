"""Examples of what crosses the API, put together from the examples of its fields."""

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

_BY_FORMAT = {
    "date": "2026-11-23",
    "date-time": "2026-11-23T12:00:00.123Z",
    "email": "ada@example.com",
    "uri": "https://example.com/hooks",
}


class NoExample(LookupError):
    """A field has neither an example nor a form from which one could be made up."""


def example_of(schema: Schema, schemas: Mapping[str, Schema], *, full: bool) -> Any:
    """A value of a JSON schema. `full`: with what may be left out, too. Raises NoExample."""
    return _Maker(schemas, full=full).value(schema, within=())


class _Maker:
    def __init__(self, schemas: Mapping[str, Schema], *, full: bool) -> None:
        self._schemas = schemas
        self._full = full

    def value(self, schema: Schema, *, within: tuple[str, ...]) -> Any:
        for said in ("example", "const", "default"):
            if schema.get(said) is not None:
                return schema[said]
        for choices in ("examples", "enum"):
            if schema.get(choices):
                return schema[choices][0]
        if "$ref" in schema:
            return self._named(schema["$ref"].rpartition("/")[2], within)
        for choice in ("anyOf", "oneOf", "allOf"):
            if choice in schema:
                return self._first(schema[choice], within)
        return self._made_up(schema, within)

    def _named(self, name: str, within: tuple[str, ...]) -> Any:
        if name in within:
            raise NoExample(f"{name} holds itself")
        return self.value(self._schemas[name], within=(*within, name))

    def _first(self, choices: list[Schema], within: tuple[str, ...]) -> Any:
        """Of the first that has one: of what may be null, null only if nothing else has."""
        for choice in choices:
            try:
                return self.value(choice, within=within)
            except NoExample:
                continue
        raise NoExample(f"none of the choices in {'/'.join(within)}")

    def _made_up(self, schema: Schema, within: tuple[str, ...]) -> Any:
        match schema.get("type"):
            case "object":
                return self._object(schema, within)
            case "array":
                return [self.value(schema["items"], within=within)] * schema.get("minItems", 1)
            case "integer" | "number":
                return max(schema.get("minimum", 1), schema.get("exclusiveMinimum", 0) + 1)
            case "boolean":
                return False
            case "null":
                return None
            case "string" if schema.get("format") in _BY_FORMAT:
                return _BY_FORMAT[schema["format"]]
        raise NoExample("/".join(within))

    def _object(self, schema: Schema, within: tuple[str, ...]) -> dict[str, Any]:
        required = schema.get("required", ())
        made: dict[str, Any] = {}
        for name, field in schema.get("properties", {}).items():
            if name in required or self._full or _has_example(field):
                made[name] = self.value(field, within=(*within, name))
        return made


def _has_example(field: Schema) -> bool:
    return bool(field.get("examples")) or "example" in field
