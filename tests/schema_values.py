"""Values that a JSON Schema describes, made up. Of schemas with keywords that it does not know it makes none."""

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from hypothesis import strategies as st

Schema = Mapping[str, Any]

WORDS = {"title", "description", "example", "examples", "default", "$defs", "discriminator"}


class NotGenerated(ValueError):
    """Nothing is described, or in a way that is not understood here."""


def values(schema: Schema, document: Schema | None = None) -> st.SearchStrategy[Any]:
    """Its examples among them. Raises NotGenerated.

    `document`: what references lead into, by default the schema itself.
    """
    document = schema if document is None else document
    left = {name: value for name, value in schema.items() if name not in WORDS}
    for keyword, make in _MAKERS.items():
        if keyword in left:
            made = make(left, document)
            return made | st.sampled_from(schema["examples"]) if schema.get("examples") else made
    raise NotGenerated(f"of {sorted(left)}")


def closed(schema: Schema) -> dict[str, Any]:
    """The same without fields that it does not name: nobody writes those."""
    changed = {name: _closed_below(name, value) for name, value in schema.items()}
    if "properties" in schema and schema.get("additionalProperties", True) is True:
        changed["additionalProperties"] = False
    return changed


def _closed_below(name: str, value: Any) -> Any:
    match name, value:
        case "properties" | "$defs", Mapping():
            return {key: closed(each) for key, each in value.items()}
        case "items" | "additionalProperties", Mapping():
            return closed(value)
        case "anyOf" | "oneOf", list():
            return [closed(each) for each in value]
    return value


def _known(schema: Schema, *keywords: str) -> None:
    if unknown := schema.keys() - {"type", *keywords}:
        raise NotGenerated(f"of {sorted(unknown)}")


def _referred(schema: Schema, document: Schema) -> st.SearchStrategy[Any]:
    _known(schema, "$ref")
    found: Any = document
    for step in schema["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return st.deferred(lambda: values(found, document))


def _any(schema: Schema, document: Schema) -> st.SearchStrategy[Any]:
    _known(schema, "anyOf", "oneOf")
    return st.one_of([values(each, document) for each in schema.get("anyOf") or schema["oneOf"]])


def _one(schema: Schema, _: Schema) -> st.SearchStrategy[Any]:
    _known(schema, "enum", "const")
    return st.sampled_from(schema["enum"]) if "enum" in schema else st.just(schema["const"])


def _typed(schema: Schema, document: Schema) -> st.SearchStrategy[Any]:
    match schema["type"]:
        case "null":
            return st.none()
        case "boolean":
            return st.booleans()
        case "integer":
            _known(schema, "minimum", "maximum")
            return st.integers(schema.get("minimum"), schema.get("maximum"))
        case "number":
            _known(schema, "minimum", "maximum")
            return st.floats(schema.get("minimum"), schema.get("maximum"), allow_nan=False, allow_infinity=False)
        case "string":
            return _texts(schema)
        case "array":
            _known(schema, "items", "minItems", "maxItems")
            least, most = schema.get("minItems", 0), schema.get("maxItems", 3)
            return st.lists(values(schema["items"], document), min_size=least, max_size=min(most, least + 3))
        case "object":
            return _objects(schema, document)
    raise NotGenerated(f"of type {schema['type']}")


def _texts(schema: Schema) -> st.SearchStrategy[str]:
    least, most = schema.get("minLength", 0), schema.get("maxLength")
    if most is not None and most < least:
        raise NotGenerated("no text is so short and so long")
    if "format" in schema:
        _known(schema, "format", "maxLength")
        return _FORMATS[schema["format"]]
    _known(schema, "pattern", "minLength", "maxLength")
    if "pattern" not in schema:
        return st.text(min_size=least, max_size=most)
    made = st.from_regex(schema["pattern"].replace("$", r"\Z"), fullmatch=True)
    return made.filter(lambda text: least <= len(text) <= (len(text) if most is None else most))


_FORMATS = {
    "date-time": st.datetimes(timezones=st.just(UTC)).map(lambda time: time.isoformat()),
    "email": st.just("ada@example.com"),
}


def _objects(schema: Schema, document: Schema) -> st.SearchStrategy[dict[str, Any]]:
    _known(schema, "properties", "required", "additionalProperties")
    properties = schema.get("properties", {})
    needed = set(schema.get("required", ()))
    if needed - properties.keys():
        raise NotGenerated("of a field of which nothing is said")
    fields = {name: values(each, document) for name, each in properties.items()}
    own = st.fixed_dictionaries(
        {name: fields[name] for name in fields if name in needed},
        optional={name: fields[name] for name in fields if name not in needed},
    )
    more = schema.get("additionalProperties", False)
    if not isinstance(more, Mapping):
        return own
    others = st.dictionaries(st.sampled_from("xyz"), values(more, document))
    return st.builds(lambda mine, theirs: theirs | mine, own, others)


_MAKERS = {"$ref": _referred, "anyOf": _any, "oneOf": _any, "enum": _one, "const": _one, "type": _typed}
