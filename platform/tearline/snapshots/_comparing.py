"""A snapshot and what has become of it: every change, and whether it breaks somebody."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from tearline.snapshots._schemas import NoSchema, Read, Version, differences
from tearline.topology import API

Part = Mapping[str, Any]

GONE = "is gone"

INSTEAD = {
    "facade": "Add an operation beside it.",
    "refusal": "Raise a refusal of a new code.",
    "event": "Announce the next version, such as .v2, as an event beside it, with an upcaster from this one.",
    "REST": "Answer at a new path beside it.",
    "retired": "Put it back.",
}
"""By surface, the way out for who has to change what cannot be changed."""


@dataclass(frozen=True)
class Change:
    """Of what is promised under this name. `breaks`: why somebody could not go on as before, or None."""

    module: str
    surface: str
    name: str
    what: str
    breaks: str | None = None

    def __str__(self) -> str:
        told = f"{self.module} {self.surface} {self.name}: {self.what}."
        return f"{told} Compatible." if self.breaks is None else f"{told} BREAKING: {self.breaks}. {self._way_out}"

    @property
    def _way_out(self) -> str:
        if self.what != GONE:
            return INSTEAD[self.surface]
        return f'Keep it, or let it go for ever: python manage.py contracts snapshot --retire "{self.name}"'


Told = Callable[..., Change]
"""What is left to tell of a change: what it is, and whom it breaks."""


def changes(module: str, snapshot: Part, surface: Part, *, retired: Iterable[str]) -> Iterator[Change]:
    """From a snapshot to a surface. `retired`: names that may be gone, and stay so. Raises NoSchema."""
    before, after = promises(module, snapshot), promises(module, surface)
    for surface_name, name in sorted({*before, *after}):
        told = partial(Change, module, surface_name, name)
        promise, promised = before.get((surface_name, name)), after.get((surface_name, name))
        if promised is None:
            if name not in retired:
                yield told(GONE, "whoever uses it would find nothing")
        elif name in retired:
            yield told("was retired, and is used again", "whoever knew it would find something else")
        elif promise is None:
            yield told("is new")
        else:
            try:
                yield from promise.compare(told, promise, promised)
            except NoSchema as error:
                raise NoSchema(f"{module} {surface_name} {name}: {error}") from error


@dataclass(frozen=True)
class Promise:
    """What stands under one name, in which document, and how it is compared with another version of itself."""

    part: Part
    document: Part
    compare: "Callable[[Told, Promise, Promise], Iterator[Change]]"

    def version(self, name: str) -> Version:
        """A schema in it that is a document of its own."""
        return Version.alone(self.part[name])


def promises(module: str, surface: Part) -> dict[tuple[str, str], Promise]:
    """By surface and name."""
    facade, rest = surface["facade"], surface["rest"]
    document = {"components": {"schemas": rest["schemas"]}}
    named = {
        ("facade", f"{module}.{name}"): Promise(each, each, _operation) for name, each in facade["operations"].items()
    }
    named |= {("refusal", code): Promise(each, each, _refusal) for code, each in facade["refusals"].items()}
    named |= {("event", topic): Promise(each, each, _event) for topic, each in surface["events"].items()}
    return named | {
        ("REST", f"{method.upper()} {path.removeprefix(API)}"): Promise(each, document, _route)
        for path, methods in rest["paths"].items()
        for method, each in methods.items()
    }


# The facade, and events


def _operation(told: Told, old: Promise, new: Promise) -> Iterator[Change]:
    """The answer of a command is kept under its key, and read again by newer versions."""
    yield from _facts(told, old.part, new.part, besides={"arguments", "answer"})
    read = Read.BY_BOTH if old.part["kind"] == "command" else Read.BY_CLIENTS
    yield from _schemas(told, "arguments", old.version("arguments"), new.version("arguments"), Read.BY_US)
    yield from _schemas(told, "answer", old.version("answer"), new.version("answer"), read)


def _refusal(told: Told, old: Promise, new: Promise) -> Iterator[Change]:
    """It is kept under the key of the command that was refused."""
    yield from _facts(told, old.part, new.part, besides={"fields"})
    yield from _schemas(told, "fields", old.version("fields"), new.version("fields"), Read.BY_BOTH)


def _event(told: Told, old: Promise, new: Promise) -> Iterator[Change]:
    """What was announced is kept in outboxes, brokers and inboxes."""
    yield from _facts(told, old.part, new.part, besides={"fields"})
    yield from _schemas(told, "fields", old.version("fields"), new.version("fields"), Read.BY_BOTH)


# REST

_WORDS = frozenset({"summary", "description", "tags", "deprecated", "example", "examples", "x-problems"})


def _route(told: Told, old: Promise, new: Promise) -> Iterator[Change]:
    yield from _facts(told, old.part, new.part, besides={"parameters", "requestBody", "responses"})
    yield from _parameters(told, old, new)
    yield from _body(told, old, new)
    yield from _responses(told, old, new)


def _parameters(told: Told, old: Promise, new: Promise) -> Iterator[Change]:
    before, after = _parameters_of(old), _parameters_of(new)
    for place in sorted({*before, *after}):
        if place not in after:
            yield told(f"{place} {GONE}", "what clients send there would be refused or ignored")
        elif place not in before:
            needed = after[place].get("required", False)
            yield told(f"{place} is new", "clients do not send it, and it must be there" if needed else None)
        else:
            yield from _facts(told, before[place], after[place], besides={"schema", "required"}, place=place)
            yield from _needed(told, place, before[place], after[place])
            schemas = _in_step(before[place], after[place])
            versions = Version(schemas[0], old.document), Version(schemas[1], new.document)
            yield from _schemas(told, place, *versions, Read.BY_US)


def _parameters_of(route: Promise) -> dict[str, Part]:
    return {f"{each['in']} parameter {each['name']}": each for each in route.part.get("parameters", ())}


def _in_step(before: Part, after: Part) -> tuple[Part, Part]:
    """Their schemas, without what stands in where they are left out, when only one of them can be."""
    schemas = before["schema"], after["schema"]
    if before.get("required", False) == after.get("required", False):
        return schemas
    without = [{name: value for name, value in schema.items() if name != "default"} for schema in schemas]
    return without[0], without[1]


def _body(told: Told, old: Promise, new: Promise) -> Iterator[Change]:
    before, after = old.part.get("requestBody"), new.part.get("requestBody")
    if before is None and after is None:
        return
    if after is None:
        yield told(f"body {GONE}", "what clients send would be refused")
    elif before is None:
        needed = after.get("required", False)
        yield told("body is new", "clients do not send it, and it must be there" if needed else None)
    else:
        yield from _facts(told, before, after, besides={"content", "required"}, place="body")
        yield from _needed(told, "body", before, after)
        yield from _contents(told, "body", (before, old), (after, new), Read.BY_US)


def _needed(told: Told, place: str, before: Part, after: Part) -> Iterator[Change]:
    needed, needs = before.get("required", False), after.get("required", False)
    if needs and not needed:
        yield told(f"{place} must be there now", "clients may leave it out")
    elif needed and not needs:
        yield told(f"{place} may be left out now")


def _responses(told: Told, old: Promise, new: Promise) -> Iterator[Change]:
    before, after = old.part["responses"], new.part["responses"]
    for status in sorted({*before, *after}):
        place = f"answer {status}"
        if status not in after:
            yield told(f"{place} {GONE}", "clients would miss it")
        elif status not in before:
            expected = "default" in before and not status.startswith(("2", "3"))
            yield told(f"{place} is new", None if expected else "clients would get what they do not know")
        else:
            yield from _facts(told, before[status], after[status], besides={"content"}, place=place)
            yield from _contents(told, place, (before[status], old), (after[status], new), Read.BY_CLIENTS)


def _contents(
    told: Told, place: str, old: tuple[Part, Promise], new: tuple[Part, Promise], read: Read
) -> Iterator[Change]:
    before, after = old[0].get("content", {}), new[0].get("content", {})
    for kind in sorted({*before, *after}):
        if kind not in after:
            yield told(f"{place} as {kind} {GONE}", "clients count on it")
        elif kind not in before:
            yield told(f"{place} as {kind} is new", None if read is Read.BY_US else "clients do not know it")
        else:
            yield from _facts(told, before[kind], after[kind], besides={"schema"}, place=place)
            versions = (
                Version(before[kind].get("schema", {}), old[1].document),
                Version(after[kind].get("schema", {}), new[1].document),
            )
            yield from _schemas(told, place, *versions, read)


# All of them


def _schemas(told: Told, place: str, old: Version, new: Version, read: Read) -> Iterator[Change]:
    for each in differences(old, new, read):
        inside = f"{place}{'' if each.where.startswith(('[', '{')) or not each.where else '.'}{each.where}"
        yield told(f"{inside} {each.what}", each.breaks)


def _facts(told: Told, old: Part, new: Part, *, besides: set[str], place: str = "") -> Iterator[Change]:
    """Whatever else is said of it. What is not known for words breaks."""
    for name in sorted({*old, *new} - besides):
        before, after = (json.dumps(each.get(name), sort_keys=True) for each in (old, new))
        if before == after:
            continue
        prefix = f"{place} " if place else ""
        if name in _WORDS:
            yield told(f"{prefix}is described otherwise ({name})")
        else:
            yield told(f"{prefix}{name} {before} became {after}", "whoever knows it would be mistaken")
