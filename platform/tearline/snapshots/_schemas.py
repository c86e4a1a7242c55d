"""Two versions of a JSON Schema: what is different, and whom that breaks.

A keyword makes a schema narrower, wider, or both at once when the versions cannot be compared. Which of these breaks
somebody depends on who reads what is described: see `Read`. What is not understood is taken for a break.
"""

import enum
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Schema = Mapping[str, Any]


class Read(enum.Enum):
    """By whom a value is read that the schema describes."""

    BY_US = "what clients send"
    BY_CLIENTS = "what clients get"
    BY_BOTH = "what is kept, and read by older and newer versions"


class Turn(enum.Flag):
    """What a new version takes that the old one did not, or no longer."""

    WORDS = 0
    NARROWER = 1
    WIDER = 2
    OTHER = 3


@dataclass(frozen=True)
class Difference:
    """At `where` in a value. `breaks`: why somebody cannot go on as before, or None."""

    where: str
    what: str
    breaks: str | None


class NoSchema(ValueError):
    """A reference of a schema leads nowhere."""


@dataclass(frozen=True)
class Version:
    """A schema, and the document that its references lead into."""

    schema: Schema
    document: Schema

    @classmethod
    def alone(cls, schema: Schema) -> "Version":
        return cls(schema, schema)

    def at(self, schema: Schema | bool) -> "Version":
        return Version(_as_schema(schema), self.document)

    def resolved(self) -> "Version":
        """With what its reference stands for, if it is one. Raises NoSchema."""
        schema, followed = dict(self.schema), set[str]()
        while (reference := schema.pop("$ref", None)) is not None:
            if reference in followed:
                raise NoSchema(f"{reference} leads to itself")
            followed.add(reference)
            target = self._target(reference)
            if ruled := schema.keys() & target.keys() - {*WORDS, "default"}:
                raise NoSchema(f"{reference} has {min(ruled)} of its own beside it")
            schema = {**target, **schema}
        return Version(schema, self.document)

    def _target(self, reference: str) -> Schema:
        found: Any = self.document
        try:
            for step in reference.removeprefix("#/").split("/"):
                found = found[step.replace("~1", "/").replace("~0", "~")]
        except (KeyError, TypeError) as error:
            raise NoSchema(f"{reference} leads nowhere") from error
        return _as_schema(found)

    def expanded(self, *keywords: str) -> Any:
        """Without words and references, to compare what is not understood; or only what these keywords say.

        It ends where it would begin anew.
        """
        part = {name: value for name, value in self.schema.items() if not keywords or name in keywords}
        return _expanded(part, self, ())


def differences(old: Version, new: Version, read: Read, where: str = "") -> Iterator[Difference]:
    """Each on its own. Raises NoSchema."""
    return _Comparison(read).of(old, new, where)


WORDS = frozenset({"title", "description", "example", "examples", "deprecated", "$comment"})

_LOWEST = frozenset({"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"})
_HIGHEST = frozenset({"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"})
_RULES = frozenset({"pattern", "format", "multipleOf"})
_BY_THEMSELVES = frozenset(
    {"const", "enum", "default", "properties", "required", "items", "additionalProperties", "$ref", "$defs"}
)

_BREAKING = {Read.BY_US: Turn.NARROWER, Read.BY_CLIENTS: Turn.WIDER, Read.BY_BOTH: Turn.OTHER}
_REFUSED = {
    Read.BY_US: "what clients send now would be refused",
    Read.BY_BOTH: "what was told before could not be read any more",
}
_UNKNOWN = {
    Read.BY_CLIENTS: "clients would get what they do not know",
    Read.BY_BOTH: "who has the older version could not read it",
}
_GONE = {
    Read.BY_US: "clients that send it would be ignored or refused",
    Read.BY_CLIENTS: "clients would miss it",
    Read.BY_BOTH: "who has the older version would miss it",
}


def breaks(read: Read, turn: Turn) -> str | None:
    """Why, if it does."""
    reason = turn & _BREAKING[read]
    if Turn.NARROWER in reason:
        return _REFUSED[read]
    return _UNKNOWN[read] if Turn.WIDER in reason else None


@dataclass(frozen=True)
class _Comparison:
    read: Read
    compared: set[tuple[str, str]] = field(default_factory=set)
    """References by pairs: they are compared once, which also ends those that lead back to themselves."""

    def of(self, old: Version, new: Version, where: str) -> Iterator[Difference]:
        if "$ref" in old.schema and "$ref" in new.schema:
            yield from self._referred(old, new, where)
            return
        old, new = old.resolved(), new.resolved()
        if _is_choice(old.schema) or _is_choice(new.schema):
            yield from self._choices(_Choice.of(old), _Choice.of(new), where)
        else:
            yield from self._keywords(old, new, where)

    def _referred(self, old: Version, new: Version, where: str) -> Iterator[Difference]:
        yield from self._keywords(old.at(_without(old.schema, "$ref")), new.at(_without(new.schema, "$ref")), where)
        pair = (old.schema["$ref"], new.schema["$ref"])
        if pair not in self.compared:
            self.compared.add(pair)
            yield from self.of(old.at({"$ref": pair[0]}).resolved(), new.at({"$ref": pair[1]}).resolved(), where)

    def _choices(self, old: "_Choice", new: "_Choice", where: str) -> Iterator[Difference]:
        yield from self._keywords(old.beside, new.beside, where)
        pairs, gone, added = _paired(old, new)
        for before, after in pairs:
            yield from self.of(before, after, where)
        for each in gone:
            yield self._told(where, f"may no longer be {_name_of(each)}", Turn.NARROWER)
        for each in added:
            yield self._told(where, f"may be {_name_of(each)}, too", Turn.WIDER)

    def _keywords(self, old: Version, new: Version, where: str) -> Iterator[Difference]:
        yield from self._values(old.schema, new.schema, where)
        yield from self._default(old.schema, new.schema, where)
        yield from self._properties(old, new, where)
        yield from self._items(old, new, where)
        yield from self._additional(old, new, where)
        for keyword in sorted({*old.schema, *new.schema} - _BY_THEMSELVES):
            before, after = old.schema.get(keyword), new.schema.get(keyword)
            if keyword in WORDS:
                if _json(before) != _json(after):
                    yield self._told(where, f"is described otherwise ({keyword})", Turn.WORDS)
            elif old.expanded(keyword) != new.expanded(keyword):
                yield self._told(where, _became(keyword, before, after), _turned(keyword, before, after))

    def _default(self, old: Schema, new: Schema, where: str) -> Iterator[Difference]:
        """Clients always get the field itself."""
        before, after = (_json(schema["default"]) if "default" in schema else None for schema in (old, new))
        if before != after:
            breaks = None if self.read is Read.BY_CLIENTS else "what is left out would mean something else"
            yield Difference(where, _became("default", before, after), breaks)

    def _values(self, old: Schema, new: Schema, where: str) -> Iterator[Difference]:
        """`const` is an `enum` of one."""
        before, after = _allowed(old), _allowed(new)
        if before == after:
            return
        if before is None or after is None:
            turn = Turn.NARROWER if before is None else Turn.WIDER
            yield self._told(where, _became("enum", _list(before), _list(after)), turn)
            return
        for value in sorted(before - after):
            yield self._told(where, f"may no longer be {value}", Turn.NARROWER)
        for value in sorted(after - before):
            yield self._told(where, f"may be {value}, too", Turn.WIDER)

    def _properties(self, old: Version, new: Version, where: str) -> Iterator[Difference]:
        before, after = _Properties.of(old), _Properties.of(new)
        for name in sorted({*before.schemas, *after.schemas}):
            inside = f"{where}.{name}" if where else name
            if name not in after.schemas:
                yield Difference(inside, "is gone", _GONE[self.read])
            elif name not in before.schemas:
                yield self._new_property(old, inside, required=name in after.required)
            else:
                yield from self._same_property(before, after, name, inside)

    def _new_property(self, old: Version, where: str, *, required: bool) -> Difference:
        others = old.schema.get("additionalProperties", True)
        if isinstance(others, Mapping):
            return self._told(where, "is new, and had the rules of other fields before", Turn.OTHER)
        if others is False and self.read is not Read.BY_US:
            return self._told(where, "is new, and was forbidden before", Turn.WIDER)
        if required:  # whoever only reads it may leave it aside
            turn = Turn.WORDS if self.read is Read.BY_CLIENTS else Turn.NARROWER
            return self._told(where, "is new, and must be there", turn)
        return self._told(where, "is new", Turn.WORDS)

    def _same_property(
        self, before: "_Properties", after: "_Properties", name: str, where: str
    ) -> Iterator[Difference]:
        old, new = before.schemas[name], after.schemas[name]
        needed, needs = name in before.required, name in after.required
        if needed != needs:
            what, turn = ("must be there now", Turn.NARROWER) if needs else ("may be left out now", Turn.WIDER)
            yield self._told(where, what, turn)
            old, new = old.at(_without(old.schema, "default")), new.at(_without(new.schema, "default"))
        yield from self.of(old, new, where)

    def _items(self, old: Version, new: Version, where: str) -> Iterator[Difference]:
        if "items" in old.schema or "items" in new.schema:
            before, after = old.at(old.schema.get("items", True)), new.at(new.schema.get("items", True))
            yield from self.of(before, after, f"{where}[]")

    def _additional(self, old: Version, new: Version, where: str) -> Iterator[Difference]:
        before, after = old.schema.get("additionalProperties", True), new.schema.get("additionalProperties", True)
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from self.of(old.at(before), new.at(after), f"{where}{{}}")
        elif _json(before) != _json(after):
            narrower = after is False or before is True
            turn = Turn.NARROWER if narrower else Turn.WIDER
            yield self._told(where, _became("additionalProperties", before, after), turn)

    def _told(self, where: str, what: str, turn: Turn) -> Difference:
        return Difference(where, what, breaks(self.read, turn))


@dataclass(frozen=True)
class _Properties:
    schemas: Mapping[str, Version]
    required: frozenset[str]

    @classmethod
    def of(cls, version: Version) -> "_Properties":
        required = frozenset(version.schema.get("required", ()))
        told = dict.fromkeys(required, True) | dict(version.schema.get("properties", {}))
        return cls({name: version.at(schema) for name, schema in told.items()}, required)


@dataclass(frozen=True)
class _Alternative:
    """One of the schemas of a choice. `key`: the value of the discriminator that leads to it."""

    version: Version
    key: str | None = None

    def same(self) -> str:
        return _json([self.key, self.version.expanded()])

    def named(self) -> str:
        return _json([self.key, self.version.schema.get("$ref"), self.version.schema.get("type")])

    def typed(self) -> str:
        return _json([self.key, self.version.resolved().schema.get("type")])


@dataclass(frozen=True)
class _Choice:
    """A schema as a choice between others, of which it may be the only one. `beside`: what holds for each of them."""

    among: Sequence[_Alternative]
    beside: Version

    @classmethod
    def of(cls, version: Version) -> "_Choice":
        schema = version.schema
        if not _is_choice(schema):
            beside = {name: value for name, value in schema.items() if name in {*WORDS, "default"}}
            alone = {name: value for name, value in schema.items() if name not in beside}
            return cls([_Alternative(version.at(alone))], version.at(beside))
        if "anyOf" in schema:
            among = [_Alternative(version.at(each)) for each in schema["anyOf"]]
            return cls(among, version.at(_without(schema, "anyOf")))
        told = schema["discriminator"]
        among = [_Alternative(version.at({"$ref": leads_to}), value) for value, leads_to in told["mapping"].items()]
        return cls(among, version.at(_without(schema, "oneOf") | {"discriminator": told["propertyName"]}))


def _is_choice(schema: Schema) -> bool:
    """Schemas that exclude each other without a discriminator are not understood."""
    if "oneOf" not in schema:
        return "anyOf" in schema
    mapping = schema.get("discriminator", {}).get("mapping", {})
    return "anyOf" not in schema and {each.get("$ref") for each in schema["oneOf"]} == {*mapping.values()}


Pairs = list[tuple[Version, Version]]


def _paired(old: _Choice, new: _Choice) -> tuple[Pairs, list[Version], list[Version]]:
    """Who goes with whom: the same, else those of one name, else of one type. Then who is left over of each."""
    pairs: Pairs = []
    gone, added = list(old.among), list(new.among)
    for likeness in (_Alternative.same, _Alternative.named, _Alternative.typed):
        for before in list(gone):
            after = next((each for each in added if likeness(each) == likeness(before)), None)
            if after is not None:
                pairs.append((before.version, after.version))
                gone.remove(before)
                added.remove(after)
    return pairs, [each.version for each in gone], [each.version for each in added]


def _turned(keyword: str, before: Any, after: Any) -> Turn:
    if keyword == "type":
        return _turned_type(before, after)
    if keyword in _LOWEST or keyword in _HIGHEST:
        if before is None or after is None:
            return Turn.NARROWER if before is None else Turn.WIDER
        return Turn.NARROWER if (after > before) == (keyword in _LOWEST) else Turn.WIDER
    if keyword in _RULES:
        return Turn.OTHER if before and after else Turn.NARROWER if after else Turn.WIDER
    return Turn.OTHER


def _turned_type(before: Any, after: Any) -> Turn:
    old, new = _types(before), _types(after)
    return (Turn.WORDS if old <= new else Turn.NARROWER) | (Turn.WORDS if new <= old else Turn.WIDER)


_EVERY_TYPE = frozenset({"null", "boolean", "integer", "fraction", "string", "array", "object"})


def _types(told: Any) -> frozenset[str]:
    if told is None:
        return _EVERY_TYPE
    names = {told} if isinstance(told, str) else {*told}
    return frozenset(names - {"number"} | ({"integer", "fraction"} if "number" in names else set()))


def _allowed(schema: Schema) -> frozenset[str] | None:
    """In JSON, where 1 is not true."""
    if "const" in schema:
        return frozenset({_json(schema["const"])})
    return frozenset(map(_json, schema["enum"])) if "enum" in schema else None


def _list(values: frozenset[str] | None) -> str | None:
    return None if values is None else ", ".join(sorted(values))


def _as_schema(told: Schema | bool) -> Schema:
    if isinstance(told, bool):
        return {} if told else {"not": {}}
    return told


def _without(schema: Schema, keyword: str) -> dict[str, Any]:
    return {name: value for name, value in schema.items() if name != keyword}


def _expanded(part: Any, version: Version, inside: tuple[str, ...]) -> Any:
    if isinstance(part, list):
        return [_expanded(each, version, inside) for each in part]
    if not isinstance(part, Mapping):
        return _json(part)
    reference = part.get("$ref")
    if isinstance(reference, str):
        if reference in inside:
            return f"what is {len(inside) - inside.index(reference)} above"
        resolved = version.at({**part}).resolved().schema
        return _expanded(resolved, version, (*inside, reference))
    told = {name: value for name, value in part.items() if name != "$defs" and not _is_word(name, value)}
    return {name: _expanded(value, version, inside) for name, value in told.items()}


def _is_word(name: str, value: Any) -> bool:
    """A property may be called `title`, too: then it has a schema."""
    return name in WORDS and not isinstance(value, Mapping)


def _name_of(version: Version) -> str:
    schema = version.resolved().schema
    return str(schema.get("title") or schema.get("const") or schema.get("type") or "anything")


def _became(keyword: str, before: Any, after: Any) -> str:
    if before is None:
        return f"{keyword} {_short(after)} is new"
    return (
        f"{keyword} {_short(before)} is gone" if after is None else f"{keyword} {_short(before)} became {_short(after)}"
    )


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else _json(value)
    return text if len(text) <= 60 else f"{text[:60]}…"


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
