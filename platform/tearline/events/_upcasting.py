"""Reading what was announced in an older version of an event."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tearline.events._events import TOPIC, Event, EventError, topics

Payload = dict[str, Any]
Upcast = Callable[[Payload], Payload]

KEPT = ("id", "occurred_at")
"""Whatever an upcaster does, it stays the same announcement."""


class Unreadable(ValueError):
    """What was announced cannot be read as the event that a listener wants."""


@dataclass(frozen=True)
class Upcaster:
    """One step towards the present."""

    to: str
    turn: Upcast

    def __call__(self, payload: Payload) -> Payload:
        return self.turn(dict(payload)) | {name: payload[name] for name in KEPT}


upcasters: dict[str, Upcaster] = {}
"""By the older topic."""


def upcast(topic: str, *, to: str | None = None) -> Callable[[Upcast], Upcast]:
    """Make a function the one that turns payloads of an older topic, JSON objects, into those of a newer one.

        @upcast("orders.order_placed.v1")
        def with_currency(old: dict[str, Any]) -> dict[str, Any]:
            return old | {"total": {"amount": old["total"], "currency": "EUR"}}

    `to`: the newer topic, when the event was renamed; by default the next version. Who listens to the newest version
    hears the older ones too, through all steps in between. So declare it when nobody announces both any more.
    """

    def register(turn: Upcast) -> Upcast:
        newer = to or _next_version(topic)
        if topic in upcasters:
            raise EventError(f"two upcasters turn {topic} into something newer")
        if topic in path(newer):
            raise EventError(f"{topic} would be turned into itself")
        upcasters[topic] = Upcaster(newer, turn)
        return turn

    return register


def path(topic: str) -> Iterator[str]:
    """The topic, and the newer ones that it can be turned into, one after the other."""
    yield topic
    while topic in upcasters:
        topic = upcasters[topic].to
        yield topic


def is_known(topic: str) -> bool:
    return topic in topics or topic in upcasters


def read(topic: str, payload: str, event: type[Event]) -> Event:
    """A payload of some topic as this event. Raises Unreadable."""
    if event.topic not in path(topic):
        raise Unreadable(f"{topic} cannot be turned into {event.topic}")
    try:
        return event.model_validate_json(_turned(topic, payload, event.topic))
    except Exception as error:
        raise Unreadable(str(error)) from error


def _turned(topic: str, payload: str, newest: str) -> str:
    if topic == newest:
        return payload
    turned: Payload = json.loads(payload)
    while topic != newest:
        turned, topic = upcasters[topic](turned), upcasters[topic].to
    return json.dumps(turned)


def _next_version(topic: str) -> str:
    told = TOPIC.fullmatch(topic)
    if not told:
        raise EventError(f"topic {topic!r} is not of the form <module>.<fact>.v<version>")
    return f"{told['module']}.{told['name']}.v{int(told['version']) + 1}"
