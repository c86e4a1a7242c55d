"""What an event declares of itself: topic, version, aggregate."""

import re
from datetime import UTC, datetime
from typing import Any, ClassVar

from pydantic import Field

from tearline.contracts import Contract, EventId

topics: dict[str, type["Event"]] = {}
"""Every event class that was imported, by its topic."""

TOPIC = re.compile(r"(?P<module>[a-z]+)\.(?P<name>[a-z_]+)\.v(?P<version>[1-9][0-9]*)")


class EventError(TypeError):
    """An event class is not declared as it must be."""


class Event(Contract):
    """A fact in the past tense. Carries ids, amounts and reasons; never a secret or personal data.

    A subclass declares its stable topic, `<module>.<fact>.v<version>`, and the field that holds its aggregate's id:
    events of one aggregate reach every listener in publishing order.
    """

    topic: ClassVar[str]
    module: ClassVar[str]
    version: ClassVar[int]
    aggregate: ClassVar[str]

    id: EventId = Field(default_factory=EventId.new)
    occurred_at: datetime = Field(default_factory=lambda: datetime.now(UTC))

    def __init_subclass__(cls, *, topic: str, aggregate: str) -> None:
        """Checked in `__pydantic_init_subclass__`, when the fields are known."""
        super().__init_subclass__()

    @classmethod
    def __pydantic_init_subclass__(cls, **declared: Any) -> None:
        topic, aggregate = declared["topic"], declared["aggregate"]
        told = TOPIC.fullmatch(topic)
        if not told:
            raise EventError(f"{cls.__name__}: topic {topic!r} is not of the form <module>.<fact>.v<version>")
        if aggregate not in cls.model_fields:
            raise EventError(f"{cls.__name__}: aggregate {aggregate!r} is none of its fields")
        known = topics.get(topic)
        if known is not None and known.__qualname__ != cls.__qualname__:
            raise EventError(f"{cls.__name__}: topic {topic!r} is taken by {known.__qualname__}")
        cls.topic, cls.aggregate = topic, aggregate
        cls.module, cls.version = told["module"], int(told["version"])
        topics[topic] = cls

    @property
    def aggregate_id(self) -> str:
        return str(getattr(self, self.aggregate))
