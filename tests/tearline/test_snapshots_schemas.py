"""Which changes of a schema break somebody: by rule, and by values that one version has and the other refuses."""

import contextlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tearline.snapshots._schemas import Difference, NoSchema, Read, Version, differences
from tests.schema_values import NotGenerated, closed, values

Json = dict[str, Any]

US, CLIENTS, BOTH = Read.BY_US, Read.BY_CLIENTS, Read.BY_BOTH
NOBODY: set[Read] = set()
EVERYBODY = {US, CLIENTS, BOTH}

TEXT: Json = {"type": "string"}
NULL: Json = {"type": "null"}
NUMBER: Json = {"type": "integer"}


def thing(required: str = "", **properties: Json) -> Json:
    """An object. `required`: names by blanks."""
    return {"type": "object", "properties": properties, "required": required.split()}


def found(old: Json, new: Json, read: Read) -> list[Difference]:
    return list(differences(Version.alone(old), Version.alone(new), read))


def broken(old: Json, new: Json) -> set[Read]:
    """Who is broken by this change."""
    return {read for read in Read if any(each.breaks for each in found(old, new, read))}


A_CAT: Json = thing("kind claws", kind={"const": "cat"}, claws=NUMBER)
A_DOG: Json = thing("kind", kind={"const": "dog"})


def pets(**kinds: Json) -> Json:
    return {
        "$defs": kinds,
        "oneOf": [{"$ref": f"#/$defs/{kind}"} for kind in kinds],
        "discriminator": {"propertyName": "kind", "mapping": {kind: f"#/$defs/{kind}" for kind in kinds}},
    }


def tree(**more: Json) -> Json:
    node = thing("below", below={"type": "array", "items": {"$ref": "#/$defs/node"}}, **more)
    return {"$ref": "#/$defs/node", "$defs": {"node": node}}


def either(**kinds: Json) -> Json:
    return {"$defs": kinds, "anyOf": [{"$ref": f"#/$defs/{kind}"} for kind in kinds]}


# By name: from, to, who is broken by this step, who by the way back.
RULES: dict[str, tuple[Json, Json, set[Read], set[Read]]] = {
    "a field that may be left out": (thing(a=TEXT), thing(a=TEXT, b=TEXT), NOBODY, EVERYBODY),
    "a field that must be there": (thing(a=TEXT), thing("b", a=TEXT, b=TEXT), {US, BOTH}, EVERYBODY),
    "a field that has to be there from now on": (thing(a=TEXT), thing("a", a=TEXT), {US, BOTH}, {CLIENTS, BOTH}),
    "a field among others that are forbidden": (
        thing() | {"additionalProperties": False},
        thing(a=TEXT) | {"additionalProperties": False},
        {CLIENTS, BOTH},
        EVERYBODY,
    ),
    "a field among others that have a rule": (
        thing() | {"additionalProperties": TEXT},
        thing(a=TEXT) | {"additionalProperties": TEXT},
        EVERYBODY,
        EVERYBODY,
    ),
    "a field that must be there, and of which nothing is said": (
        {"type": "object"},
        {"type": "object", "required": ["a"]},
        {US, BOTH},
        EVERYBODY,
    ),
    "null": (TEXT, {"anyOf": [TEXT, NULL]}, {CLIENTS, BOTH}, {US, BOTH}),
    "another kind of value": ({"anyOf": [TEXT, NULL]}, {"anyOf": [TEXT, NULL, NUMBER]}, {CLIENTS, BOTH}, {US, BOTH}),
    "another type": (TEXT, NUMBER, EVERYBODY, EVERYBODY),
    "a wider type": (NUMBER, {"type": "number"}, {CLIENTS, BOTH}, {US, BOTH}),
    "one of more types": (TEXT, {"type": ["string", "null"]}, {CLIENTS, BOTH}, {US, BOTH}),
    "any type": (TEXT, {}, {CLIENTS, BOTH}, {US, BOTH}),
    "a value": ({"enum": ["a"]}, {"enum": ["a", "b"]}, {CLIENTS, BOTH}, {US, BOTH}),
    "a second value beside the only one": ({"const": "a"}, {"enum": ["a", "b"]}, {CLIENTS, BOTH}, {US, BOTH}),
    "another value": ({"const": "a"}, {"const": "b"}, EVERYBODY, EVERYBODY),
    "true for 1": ({"const": 1}, {"const": True}, EVERYBODY, EVERYBODY),
    "any value": ({"type": "string", "enum": ["a"]}, TEXT, {CLIENTS, BOTH}, {US, BOTH}),
    "a lower minimum": (NUMBER | {"minimum": 2}, NUMBER | {"minimum": 1}, {CLIENTS, BOTH}, {US, BOTH}),
    "a higher maximum": (NUMBER | {"maximum": 1}, NUMBER | {"maximum": 2}, {CLIENTS, BOTH}, {US, BOTH}),
    "no minimum": (NUMBER | {"minimum": 0}, NUMBER, {CLIENTS, BOTH}, {US, BOTH}),
    "no maximum": (NUMBER | {"maximum": 0}, NUMBER, {CLIENTS, BOTH}, {US, BOTH}),
    "a lower limit that is excluded": (
        NUMBER | {"exclusiveMinimum": 2},
        NUMBER | {"exclusiveMinimum": 1},
        {CLIENTS, BOTH},
        {US, BOTH},
    ),
    "a higher limit that is excluded": (
        NUMBER | {"exclusiveMaximum": 1},
        NUMBER | {"exclusiveMaximum": 2},
        {CLIENTS, BOTH},
        {US, BOTH},
    ),
    "shorter texts": (TEXT | {"minLength": 2}, TEXT | {"minLength": 1}, {CLIENTS, BOTH}, {US, BOTH}),
    "longer texts": (TEXT | {"maxLength": 1}, TEXT | {"maxLength": 2}, {CLIENTS, BOTH}, {US, BOTH}),
    "texts of any form": (TEXT | {"pattern": "^a$"}, TEXT, {CLIENTS, BOTH}, {US, BOTH}),
    "texts of another form": (TEXT | {"pattern": "^a$"}, TEXT | {"pattern": "^b$"}, EVERYBODY, EVERYBODY),
    "texts of any format": (TEXT | {"format": "date"}, TEXT, {CLIENTS, BOTH}, {US, BOTH}),
    "multiples of anything": (NUMBER | {"multipleOf": 2}, NUMBER, {CLIENTS, BOTH}, {US, BOTH}),
    "shorter lists": ({"type": "array", "minItems": 1}, {"type": "array"}, {CLIENTS, BOTH}, {US, BOTH}),
    "longer lists": ({"type": "array", "maxItems": 1}, {"type": "array"}, {CLIENTS, BOTH}, {US, BOTH}),
    "more fields": ({"type": "object", "maxProperties": 1}, {"type": "object"}, {CLIENTS, BOTH}, {US, BOTH}),
    "fewer fields": ({"type": "object", "minProperties": 1}, {"type": "object"}, {CLIENTS, BOTH}, {US, BOTH}),
    "lists of more": (
        {"type": "array", "items": NUMBER},
        {"type": "array", "items": {"type": "number"}},
        {CLIENTS, BOTH},
        {US, BOTH},
    ),
    "lists of anything": ({"type": "array", "items": NUMBER}, {"type": "array"}, {CLIENTS, BOTH}, {US, BOTH}),
    "pairs of something else": (
        {"type": "array", "prefixItems": [TEXT, NUMBER]},
        {"type": "array", "prefixItems": [TEXT, TEXT]},
        EVERYBODY,
        EVERYBODY,
    ),
    "maps of more": (
        {"type": "object", "additionalProperties": NUMBER},
        {"type": "object", "additionalProperties": {"type": "number"}},
        {CLIENTS, BOTH},
        {US, BOTH},
    ),
    "maps of anything": (
        {"type": "object", "additionalProperties": NUMBER},
        {"type": "object", "additionalProperties": True},
        {CLIENTS, BOTH},
        {US, BOTH},
    ),
    "other fields": (
        {"type": "object", "additionalProperties": False},
        {"type": "object"},
        {CLIENTS, BOTH},
        {US, BOTH},
    ),
    "other fields of one kind": (
        {"type": "object", "additionalProperties": False},
        {"type": "object", "additionalProperties": NUMBER},
        {CLIENTS, BOTH},
        {US, BOTH},
    ),
    "another default": (
        thing(a=TEXT | {"default": "x"}),
        thing(a=TEXT | {"default": "y"}),
        {US, BOTH},
        {US, BOTH},
    ),
    "null as a default": (
        thing(a={"anyOf": [TEXT, NULL]}),
        thing(a={"anyOf": [TEXT, NULL], "default": None}),
        {US, BOTH},
        {US, BOTH},
    ),
    "a default that looks like words": (
        thing(a={"type": "object", "default": {"title": "x"}}),
        thing(a={"type": "object", "default": {"title": "y"}}),
        {US, BOTH},
        {US, BOTH},
    ),
    "a default for what must be there": (
        thing("a", a=TEXT),
        thing(a=TEXT | {"default": "y"}),
        {CLIENTS, BOTH},
        {US, BOTH},
    ),
    "other words": (
        TEXT | {"title": "A", "description": "a", "examples": ["a"], "example": "a", "$comment": "a"},
        TEXT | {"title": "B", "description": "b", "examples": ["b"], "deprecated": True},
        NOBODY,
        NOBODY,
    ),
    "another object for an example": (
        thing() | {"example": {"a": "x"}},
        thing() | {"example": {"a": "y"}},
        NOBODY,
        NOBODY,
    ),
    "nothing for a keyword of which we know nothing": (TEXT, TEXT | {"if": None}, EVERYBODY, EVERYBODY),
    "a field that is called like words": (
        thing(title=TEXT),
        thing(title=TEXT | {"maxLength": 1}),
        {US, BOTH},
        {CLIENTS, BOTH},
    ),
    "another kind in a union that tells them apart": (
        pets(cat=A_CAT),
        pets(cat=A_CAT, dog=A_DOG),
        {CLIENTS, BOTH},
        {US, BOTH},
    ),
    "a field of one kind in such a union": (
        pets(cat=A_CAT, dog=A_DOG),
        pets(cat=A_CAT, dog=A_DOG | {"required": []}),
        {CLIENTS, BOTH},
        {US, BOTH},
    ),
    "another way to tell them apart": (
        pets(cat=A_CAT),
        pets(cat=A_CAT) | {"discriminator": {"propertyName": "sort", "mapping": {"cat": "#/$defs/cat"}}},
        EVERYBODY,
        EVERYBODY,
    ),
    "a choice that excludes others": ({"oneOf": [TEXT]}, {"oneOf": [TEXT, NULL]}, EVERYBODY, EVERYBODY),
    "another order": (
        {"anyOf": [thing("x", x=TEXT), thing("y", y=NUMBER), NULL]},
        {"anyOf": [NULL, thing("y", y=NUMBER), thing("x", x=TEXT)]},
        NOBODY,
        NOBODY,
    ),
    "another order, and a field of each of two things": (
        either(a=thing("x", x=TEXT), b=thing("y", y=TEXT)),
        either(b=thing(y=TEXT), a=thing(x=TEXT)),
        {CLIENTS, BOTH},
        {US, BOTH},
    ),
    "another name, and a field, of one of two things": (
        either(a=NULL, b=thing()),
        either(a=NULL, c=thing(x=TEXT)),
        NOBODY,
        EVERYBODY,
    ),
    "null for what is nested in itself": (
        {"$defs": {"node": thing(next={"anyOf": [{"$ref": "#/$defs/node"}]})}, "$ref": "#/$defs/node"},
        {"$defs": {"node": thing(next={"anyOf": [{"$ref": "#/$defs/node"}, NULL]})}, "$ref": "#/$defs/node"},
        {CLIENTS, BOTH},
        {US, BOTH},
    ),
    "what is nested in itself": (tree(), tree(value=TEXT), NOBODY, EVERYBODY),
    "a rule deep in what is nested in itself": (
        tree(value=TEXT),
        tree(value=TEXT | {"minLength": 1}),
        {US, BOTH},
        {CLIENTS, BOTH},
    ),
    "what a reference stands for": (
        {"$defs": {"a": TEXT}, "type": "object", "properties": {"x": {"$ref": "#/$defs/a"}}},
        {"$defs": {"a": NUMBER}, "type": "object", "properties": {"x": {"$ref": "#/$defs/a"}}},
        EVERYBODY,
        EVERYBODY,
    ),
    "a default beside a reference": (
        {"$defs": {"a": TEXT}, "type": "object", "properties": {"x": {"$ref": "#/$defs/a", "default": "a"}}},
        {"$defs": {"a": TEXT}, "type": "object", "properties": {"x": {"$ref": "#/$defs/a", "default": "b"}}},
        {US, BOTH},
        {US, BOTH},
    ),
    "a reference for the same": (
        {"type": "object", "properties": {"x": TEXT}},
        {"$defs": {"a": TEXT}, "type": "object", "properties": {"x": {"$ref": "#/$defs/a"}}},
        NOBODY,
        NOBODY,
    ),
    "another name of the same": (
        {"$defs": {"a": TEXT}, "$ref": "#/$defs/a"},
        {"$defs": {"b": TEXT}, "$ref": "#/$defs/b"},
        NOBODY,
        NOBODY,
    ),
    "nothing at all": ({"not": {}}, {"not": TEXT}, EVERYBODY, EVERYBODY),
    "a keyword of which we know nothing": (TEXT, TEXT | {"contentEncoding": "base64"}, EVERYBODY, EVERYBODY),
    "what stands behind a keyword of which we know nothing": (
        {"$defs": {"a": TEXT}, "allOf": [{"$ref": "#/$defs/a"}]},
        {"$defs": {"a": NUMBER}, "allOf": [{"$ref": "#/$defs/a"}]},
        EVERYBODY,
        EVERYBODY,
    ),
    "words behind a keyword of which we know nothing": (
        {"$defs": {"a": TEXT}, "allOf": [{"$ref": "#/$defs/a"}]},
        {"$defs": {"a": TEXT | {"title": "A"}}, "allOf": [{"$ref": "#/$defs/a"}]},
        NOBODY,
        NOBODY,
    ),
}


@pytest.mark.parametrize("rule", RULES)
def test_a_change_breaks_whom_the_rule_says_and_so_does_the_way_back(rule: str) -> None:
    old, new, there, back = RULES[rule]
    assert (broken(old, new), broken(new, old)) == (there, back)


@pytest.mark.parametrize("rule", RULES)
def test_what_is_the_same_is_no_difference(rule: str) -> None:
    for schema in RULES[rule][:2]:
        assert [found(schema, schema, read) for read in Read] == [[], [], []]


NOTHING_TO_TELL = {"a reference for the same", "another name of the same", "another order"}


@pytest.mark.parametrize("rule", sorted(RULES.keys() - NOTHING_TO_TELL))
def test_every_change_is_told_though_it_breaks_nobody(rule: str) -> None:
    old, new, _, _ = RULES[rule]
    assert rule.startswith("words behind") or all(found(old, new, read) for read in Read)


def test_a_difference_says_where_and_what_and_why() -> None:
    old = thing(lines={"type": "array", "items": thing(sku=TEXT | {"maxLength": 64})})
    new = thing(lines={"type": "array", "items": thing(sku=TEXT | {"maxLength": 32})})
    assert found(old, new, US) == [
        Difference("lines[].sku", "maxLength 64 became 32", "what clients send now would be refused")
    ]


@pytest.mark.parametrize(
    ("schema", "fault"),
    [
        ({"$ref": "#/$defs/gone"}, "leads nowhere"),
        ({"$ref": "#/$defs/circle"}, "leads to itself"),
        ({"$ref": "#/$defs/text", "maxLength": 5}, "has maxLength of its own beside it"),
    ],
)
def test_a_reference_that_is_not_understood_is_refused(schema: Json, fault: str) -> None:
    document = {"circle": {"$ref": "#/$defs/circle"}, "text": TEXT | {"maxLength": 9}}
    with pytest.raises(NoSchema, match=fault):
        found({"$defs": document, "properties": {"x": schema}}, {"properties": {"x": TEXT}}, US)


# By values


@st.composite
def schemas(draw: st.DrawFn, depth: int = 2) -> Json:
    """Of all that we understand."""
    kinds = ["null", "boolean", "integer", "number", "string", "enum"]
    kind = draw(st.sampled_from(["array", "object", "object", "object", "anyOf"] if depth else kinds))
    small = st.integers(0, 3)
    below = schemas(depth=depth - 1)
    match kind:
        case "integer" | "number":
            bounds = st.fixed_dictionaries({}, optional={"minimum": small, "maximum": small.map(lambda n: n + 3)})
            return {"type": kind} | draw(bounds)
        case "string":
            return {"type": kind} | draw(st.fixed_dictionaries({}, optional={"minLength": small, "maxLength": small}))
        case "enum":
            return {"enum": draw(st.lists(st.sampled_from(["a", "b", 1, True, None]), min_size=1, unique_by=repr))}
        case "array":
            return {"type": kind, "items": draw(below)} | draw(st.fixed_dictionaries({}, optional={"maxItems": small}))
        case "object":
            properties = draw(st.dictionaries(st.sampled_from("abc"), below, max_size=3))
            required = draw(st.lists(st.sampled_from(sorted(properties) or ["a"]), unique=True, max_size=2))
            object_of: Json = {"type": kind, "properties": properties, "required": required}
            more = draw(st.sampled_from([True, True, True, False, draw(below)]))
            return object_of if more is True else object_of | {"additionalProperties": more}
        case "anyOf":
            return {"anyOf": draw(st.lists(below, min_size=1, max_size=3))}
    return {"type": kind}


@st.composite
def versions(draw: st.DrawFn) -> tuple[Json, Json]:
    """A schema, and one that differs from it in one place."""
    old = draw(schemas(draw(st.integers(0, 2))))
    new = draw(_changed(old))
    return (old, new) if draw(st.booleans()) else (new, old)


@st.composite
def _changed(draw: st.DrawFn, schema: Json) -> Json:
    places = [name for name in ("properties", "items", "anyOf") if schema.get(name)]
    if not places or draw(st.booleans()):
        return draw(st.one_of(_slightly_other(schema), _slightly_other(schema), schemas(depth=0)))
    inside = schema[place := draw(st.sampled_from(places))]
    if place == "items":
        return schema | {place: draw(_changed(inside))}
    keys = sorted(inside) if isinstance(inside, dict) else range(len(inside))
    key = draw(st.sampled_from(list(keys)))
    changed = inside.copy()
    changed[key] = draw(_changed(inside[key]))
    return schema | {place: changed}


def _slightly_other(schema: Json) -> st.SearchStrategy[Json]:
    """Without a rule, with another limit, without a name that is required, or with one field more."""
    others = [{name: value for name, value in schema.items() if name != gone} for gone in schema]
    for limit in sorted(schema.keys() & {"minimum", "maximum", "minLength", "maxLength", "maxItems"}):
        others += [schema | {limit: schema[limit] + 1}, schema | {limit: max(schema[limit] - 1, 0)}]
    if schema.get("required"):
        others.append(schema | {"required": schema["required"][1:]})
    if "properties" in schema:
        others += [schema | {"properties": schema["properties"] | {"d": NULL}}] * 3
    return st.sampled_from(others)


PASSED_ON = {
    US: lambda old, new: [(old, new)],
    CLIENTS: lambda old, new: [(new, old)],
    BOTH: lambda old, new: [(old, new), (new, old)],
}
"""Who writes, and who reads it."""


@settings(max_examples=500, derandomize=True)
@given(versions(), st.data())
def test_whatever_one_version_writes_the_other_reads_unless_the_change_breaks(
    versions: tuple[Json, Json], data: st.DataObject
) -> None:
    old, new = versions
    for read in {*Read} - broken(old, new):
        for writer, reader in PASSED_ON[read](old, new):
            with contextlib.suppress(NotGenerated):
                Draft202012Validator(reader).validate(data.draw(values(closed(writer))))


def test_made_up_versions_are_different_and_often_compatible() -> None:
    """Or the test above would have shown nothing."""
    drawn: list[tuple[Json, Json]] = []

    @settings(max_examples=300, derandomize=True, database=None)
    @given(versions())
    def draw(both: tuple[Json, Json]) -> None:
        drawn.append(both)

    draw()
    different = [(old, new) for old, new in drawn if old != new]
    for read in Read:
        assert sum(read not in broken(old, new) for old, new in different) >= 10
