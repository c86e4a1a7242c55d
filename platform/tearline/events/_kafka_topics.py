"""Events over Kafka: a topic for each source, `tearline.events.<source>`, keyed by aggregate.

Needs the package confluent-kafka: `pip install tearline[kafka]`.
"""

import contextlib
import functools
import json
import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicCollection, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic, OffsetSpec  # type: ignore[attr-defined]

from tearline.events._broker import KEPT, BrokerAway, Cursor, Heard, Told

PARTITIONS = 6
"""Of a topic that is made here. The events of one aggregate are in one of them."""

IN_TIME = 5.0
"""Seconds until a broker that does not answer is away."""

EARLIEST, LATEST = OffsetSpec.earliest(), OffsetSpec.latest()  # type: ignore[no-untyped-call]
LOOKS_EVERY = 0.05
"""Seconds between two looks whether there is more."""

Offsets = dict[int, int]
"""By partition."""


@dataclass(frozen=True)
class Place:
    """Offsets in a topic. Made anew, a topic has other ones: its `topic_id` tells it from what it was."""

    topic_id: str = ""
    offsets: Offsets = field(default_factory=dict)

    @classmethod
    def read(cls, cursor: Cursor) -> "Place":
        told = json.loads(cursor or "{}")
        return cls(told.get("topic", ""), {int(n): offset for n, offset in told.get("offsets", {}).items()})

    def __str__(self) -> Cursor:
        return json.dumps({"topic": self.topic_id, "offsets": dict(sorted(self.offsets.items()))})


@dataclass(frozen=True)
class Extent:
    """What there is of a topic. `spans`: from which offset to which, by partition; none when there is no such topic."""

    topic_id: str = ""
    spans: Mapping[int, tuple[int, int]] = field(default_factory=dict)

    def go_on_at(self, place: Place) -> Offsets:
        """The offset in each partition: the first one, where the place is none in this topic."""
        offsets = place.offsets if place.topic_id == self.topic_id else {}
        return {number: max(first, offsets.get(number, first)) for number, (first, _) in self.spans.items()}


class KafkaTopics:
    """A cursor is a `Place`, where to go on. Safe to share between threads, and across a fork."""

    transport = "kafka"

    def __init__(self, servers: str) -> None:
        self._servers = servers
        self._reading = threading.Lock()

    def ping(self) -> None:
        with _answering():
            self._client.ping()

    def send(self, source: str, told: Sequence[Told]) -> Cursor:
        """In waves with one event of an aggregate each: none is sent before those that come before it are kept."""
        topic, offsets = _topic(source), Offsets()
        with _answering():
            topic_id = self._client.made(topic)
            for wave in _waves(told):
                offsets |= self._client.produce(topic, wave)
        return str(Place(topic_id, offsets))

    def keeps(self, source: str, place: Cursor) -> bool:
        sent = Place.read(place)
        with _answering():
            there = self._client.extent(_topic(source))
        ends = {number: end for number, (_, end) in there.spans.items()}
        same = there.topic_id == sent.topic_id
        return same and all(offset < ends.get(number, 0) for number, offset in sent.offsets.items())

    def read(self, source: str, after: Cursor, *, limit: int) -> list[Heard]:
        topic = _topic(source)
        with _answering(), self._reading:
            there = self._client.extent(topic)
            at = there.go_on_at(Place.read(after))
            until = {number: end for number, (_, end) in there.spans.items() if at[number] < end}
            found = self._client.consume(topic, at, until=until, limit=limit)
            return [Heard(str(Place(there.topic_id, offsets)), told) for offsets, told in found]

    def wait(self, cursors: Mapping[str, Cursor], *, seconds: float) -> None:
        until = time.monotonic() + seconds
        with _answering():
            while time.monotonic() < until and not any(self._tells_more(*place) for place in cursors.items()):
                time.sleep(LOOKS_EVERY)

    def _tells_more(self, source: str, after: Cursor) -> bool:
        there = self._client.extent(_topic(source))
        at = there.go_on_at(Place.read(after))
        return any(at[number] < end for number, (_, end) in there.spans.items())

    @property
    def _client(self) -> "_Client":
        """One for each process: none of it survives a fork."""
        return _client_of(self._servers, os.getpid())


@functools.cache
def _client_of(servers: str, _process: int) -> "_Client":
    return _Client(servers)


class _Client:
    """The connections of one process. Every call may raise KafkaException and TimeoutError."""

    def __init__(self, servers: str) -> None:
        common: dict[str, Any] = {"bootstrap.servers": servers, "socket.timeout.ms": int(IN_TIME * 1000)}
        common |= {"log_level": 2, "reconnect.backoff.ms": 50, "reconnect.backoff.max.ms": 500}
        places = {"group.id": "tearline", "enable.auto.commit": False, "auto.offset.reset": "earliest"}
        self._reading = common | places | {"fetch.wait.max.ms": 10, "fetch.error.backoff.ms": 10}
        kept = {"acks": "all", "linger.ms": 0, "message.timeout.ms": int(IN_TIME * 1000)}
        # Some brokers (Tansu 0.6) tell where a topic ends by its last batch, as if there were one message in it.
        self._producer = Producer(common | kept | {"batch.num.messages": 1})
        self._admin = AdminClient(common)

    def ping(self) -> None:
        self._admin.list_topics(timeout=IN_TIME)

    def made(self, topic: str) -> str:
        """The id of a topic, which is made unless it is there."""
        if there := self._look_up(topic):
            return str(there.topic_id)
        kept = {"retention.ms": str(int(KEPT.total_seconds() * 1000))}
        making = self._admin.create_topics([NewTopic(topic, PARTITIONS, config=kept)], operation_timeout=IN_TIME)
        try:
            making[topic].result(IN_TIME)
        except KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise
        return self.made(topic)

    def produce(self, topic: str, wave: Sequence[Told]) -> Offsets:
        """The offset of the last one in each partition. Raises KafkaException unless all of them are kept."""
        offsets, failures = Offsets(), []

        def kept(error: KafkaError | None, message: Any) -> None:
            if error is None:
                offsets[message.partition()] = max(offsets.get(message.partition(), -1), message.offset())
            else:
                failures.append(error)

        for each in wave:
            self._producer.produce(topic, key=each.key, value=each.told, on_delivery=kept)
        if self._producer.flush(2 * IN_TIME) or failures:
            self._producer.purge()
            raise KafkaException(failures[0] if failures else KafkaError(KafkaError._MSG_TIMED_OUT))
        return offsets

    def extent(self, topic: str) -> Extent:
        there = self._look_up(topic)
        if not there:
            return Extent()
        numbers = [partition.id for partition in there.partitions]
        firsts, ends = self._offsets(topic, numbers, EARLIEST), self._offsets(topic, numbers, LATEST)
        return Extent(str(there.topic_id), {number: (firsts[number], ends[number]) for number in numbers})

    def consume(self, topic: str, at: Offsets, *, until: Offsets, limit: int) -> Iterator[tuple[Offsets, bytes]]:
        """What lies between these offsets, and where to go on after each. Raises TimeoutError.

        By a consumer of its own: one that was used before may still have what it fetched then.
        """
        at, left, deadline = dict(at), limit, time.monotonic() + IN_TIME
        with contextlib.closing(Consumer(self._reading)) as consumer:
            consumer.assign([TopicPartition(topic, number, at[number]) for number in until])
            while left and any(at[number] < end for number, end in until.items()):
                if time.monotonic() > deadline:
                    raise TimeoutError(f"{topic} has more to tell, and does not")
                message = consumer.poll(0.1)
                if message is None:
                    continue
                if error := message.error():
                    raise KafkaException(error)
                at[message.partition() or 0] = (message.offset() or 0) + 1
                left -= 1
                yield dict(at), message.value() or b""

    def _offsets(self, topic: str, numbers: Sequence[int], spec: OffsetSpec) -> Offsets:
        wanted = {TopicPartition(topic, number): spec for number in numbers}
        told = self._admin.list_offsets(wanted, request_timeout=IN_TIME)
        return {place.partition: answer.result(IN_TIME).offset for place, answer in told.items()}

    def _look_up(self, topic: str) -> Any:
        """None when there is no such topic."""
        try:
            return self._admin.describe_topics(TopicCollection([topic]), request_timeout=IN_TIME)[topic].result(IN_TIME)
        except KafkaException as error:
            if error.args[0].code() == KafkaError.UNKNOWN_TOPIC_OR_PART:
                return None
            raise


def _waves(told: Sequence[Told]) -> list[list[Told]]:
    waves: list[list[Told]] = []
    sent: dict[str, int] = {}
    for each in told:
        number = sent[each.key] = sent.get(each.key, -1) + 1
        if number == len(waves):
            waves.append([])
        waves[number].append(each)
    return waves


def _topic(source: str) -> str:
    return f"tearline.events.{source}"


@contextlib.contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except (KafkaException, TimeoutError) as error:
        raise BrokerAway(repr(error)) from error
