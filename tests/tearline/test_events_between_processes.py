"""Events reach those who listen in other processes, over real brokers: in order, once in effect.

One process of these tests is two: what it hosts is told anew for each part.
"""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, Protocol

import pytest
import redis
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError
from django.db import transaction
from pytest_django import Settings

from tearline.events import _kafka_topics, _reception, _way, publish
from tearline.events._broker import KEPT, Broker, BrokerAway, Told
from tearline.events._cursors import cursor_of, sent
from tearline.events._envelope import NoEnvelope, opened
from tearline.events._kafka_topics import PARTITIONS, KafkaTopics
from tearline.events._redis_streams import RedisStreams
from tearline.events._transmission import RECENT, send_again_what_was_forgotten
from tearline.events._way import broker
from tearline.models import InboxRow, OutboxRow
from tearline.observability import about, carried
from tearline.prepared import refuse_unless_prepared
from tearline.testing import settle
from tearline.topology import Process, Topology
from tearline.work import Worker
from tearline.work._doorbell import doorbell
from tests.kafka_server import KafkaServer
from tests.processes import eventually
from tests.redis_server import RedisServer
from tests.tearline.specimen import HOME, ShelfOverflowed, at_once, carry, notes
from tests.tearline.test_events import SHOP, ThingMoved, follow, listen, move

pytestmark = pytest.mark.usefixtures("declarations")

HERE = Process(name="here", modules=(HOME,))
THERE = Process(name="there", modules=(SHOP,))
STREAM = f"tearline:events:{HOME}"


class Server(Protocol):
    """Whatever speaks for a broker."""

    url: str

    def start(self) -> None: ...
    def kill(self) -> None: ...
    def flush(self) -> None: ...


@pytest.fixture(params=["redis", pytest.param("kafka", marks=pytest.mark.deployed)])
def server(request: pytest.FixtureRequest, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Both processes use it."""
    monkeypatch.setattr(_kafka_topics, "IN_TIME", 2.0)
    server: Server = request.getfixturevalue(f"{request.param}_server")
    settings.EVENTS_URL = server.url
    _reception._next_check.clear()
    yield server
    _way._at.cache_clear()
    _kafka_topics._client_of.cache_clear()


@pytest.fixture
def streams() -> str:
    """For what the broker has a stream each."""
    return "module"


@pytest.fixture
def being(settings: Settings, streams: str) -> Callable[[Process], None]:
    """Whose process this is from now on."""

    def become(process: Process) -> None:
        transport = settings.EVENTS_URL.partition(":")[0]
        topology = Topology(processes=(HERE, THERE), process=process, transport=transport, streams=streams)
        settings.TEARLINE_TOPOLOGY = topology

    return become


@pytest.fixture
def send(server: Server, being: Callable[[Process], None]) -> Callable[..., None]:
    """Announce such moves here, and send them. Whoever listens does so there, and is not known here."""

    def announce(*moves: str) -> None:
        being(HERE)
        move(*moves)
        while carry("outbox", HOME, "me"):
            pass

    return announce


@pytest.fixture
def receive(server: Server, being: Callable[[Process], None]) -> Callable[[], int]:
    """All that has come there. How much that was."""

    def fetch() -> int:
        being(THERE)
        return _reception.FromOtherProcesses().fetch(SHOP)

    return fetch


def handle() -> list[str]:
    while carry("inbox", SHOP, "me"):
        pass
    return notes(SHOP)


Send = Callable[..., None]
Receive = Callable[[], int]


# On the way


def test_events_arrive_in_their_order_and_once(send: Send, receive: Receive) -> None:
    send("a1", "b1")
    send("a2")
    listen(follow)
    assert receive() == 3
    assert receive() == 0
    heard = handle()
    assert [step for step in heard if step[0] == "a"] == ["a1", "a2"]
    assert sorted(heard) == ["a1", "a2", "b1"]


def test_in_one_process_no_broker_is_asked(db: None, settings: Settings) -> None:
    settings.EVENTS_URL = "redis://127.0.0.1:1/0"
    assert broker() is None
    assert not _reception.FromOtherProcesses().expects_any()
    listen(follow)
    move("a1")
    settle()
    assert notes(SHOP) == ["a1"]


@pytest.mark.parametrize("url", ["", "amqp://somewhere"])
def test_several_processes_without_a_broker_do_not_start(
    settings: Settings, being: Callable[[Process], None], url: str
) -> None:
    settings.EVENTS_URL = url
    being(HERE)
    with pytest.raises(ImproperlyConfigured, match="give EVENTS_URL or REDIS_URL"):
        broker()
    with pytest.raises(CommandError, match="give EVENTS_URL or REDIS_URL"):
        refuse_unless_prepared()


@pytest.mark.parametrize(("url", "transport"), [("redis://127.0.0.1:1/0", "kafka"), ("kafka://127.0.0.1:1", "redis")])
def test_events_do_not_travel_by_another_way_than_the_topology_says(
    settings: Settings, being: Callable[[Process], None], url: str, transport: str
) -> None:
    settings.EVENTS_URL = url
    settings.TEARLINE_TOPOLOGY = Topology(processes=(HERE, THERE), process=HERE, transport=transport)
    with pytest.raises(ImproperlyConfigured, match=f"events travel by {transport}, and EVENTS_URL leads to {url[:5]}"):
        broker()


def test_a_module_hears_only_those_in_other_processes_to_whom_it_listens(being: Callable[[Process], None]) -> None:
    being(THERE)
    assert HOME not in _reception.sources("orders")
    listen(follow)
    assert HOME in _reception.sources(SHOP)
    being(HERE)
    assert HOME not in _reception.sources(SHOP)


def test_what_travels_is_a_cloud_event(send: Send, server: Server) -> None:
    with about(request_id="req_1"):
        trace = json.loads(carried() or "{}")
        send("a1")
    (heard,) = at_hand().read(HOME, "", limit=10)
    told = json.loads(heard.told)
    row = OutboxRow.objects.using(HOME).get()
    assert told == {
        "specversion": "1.0",
        "id": row.event_id,
        "source": f"/modules/{HOME}",
        "type": "inventory.thing_moved.v1",
        "subject": "a",
        "time": json.loads(row.payload)["occurred_at"],
        "datacontenttype": "application/json",
        "partitionkey": "a",
        "sequence": str(row.pk),
        "tearlinetrace": json.dumps(trace),
        "data": json.loads(row.payload),
    }
    envelope = opened(heard.told)
    assert (envelope.event_id, envelope.position, json.loads(envelope.trace or "")) == (row.event_id, row.pk, trace)


@pytest.mark.parametrize(
    "broken", [b"", b"{", b"[]", b"{}", b'{"id": 1, "type": "t", "subject": "s", "sequence": "1", "data": {}}']
)
def test_what_is_no_event_is_told_from_one(broken: bytes) -> None:
    with pytest.raises(NoEnvelope):
        opened(broken)


def test_what_is_no_event_holds_up_nothing_and_is_logged(
    send: Send, receive: Receive, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    send("a1")
    at_hand().send(HOME, [Told("a", b"anything else")])
    send("a2")
    listen(follow)
    receive()
    assert handle() == ["a1", "a2"]
    assert "is no event" in caplog.text


# Faults


def test_without_the_broker_events_wait_and_are_sent_when_it_is_back(
    send: Send, receive: Receive, server: Server
) -> None:
    server.kill()
    send("a1")
    row = OutboxRow.objects.using(HOME).get()
    assert row.finished_at is None
    assert "BrokerAway" in row.error
    with pytest.raises(BrokerAway):
        receive()
    server.start()
    being_due = OutboxRow.objects.using(HOME).filter(pk=row.pk)
    being_due.update(due_at=row.created_at)
    send("a2")
    listen(follow)
    receive()
    assert handle() == ["a1", "a2"]


def test_what_is_sent_twice_has_one_effect(send: Send, receive: Receive) -> None:
    """As when a process dies between sending and writing down that it has."""
    send("a1", "a2")
    OutboxRow.objects.using(HOME).update(finished_at=None, due_at="2000-01-01T00:00:00Z")
    send("a3")
    listen(follow)
    assert receive() == 5
    assert handle() == ["a1", "a2", "a3"]


def test_who_dies_while_receiving_has_received_nothing(
    send: Send, receive: Receive, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Died(BaseException):
        pass

    def die(point: str) -> None:
        if point == "reception.received":
            raise Died

    send("a1")
    listen(follow)
    with monkeypatch.context() as dying:
        dying.setattr(_reception, "reached", die)
        with pytest.raises(Died):
            receive()
    assert not InboxRow.objects.using(SHOP).exists()
    assert receive() == 1
    assert handle() == ["a1"]


def test_of_many_who_receive_at_once_one_does(send: Send, receive: Receive, being: Callable[[Process], None]) -> None:
    send(*(f"a{step}" for step in range(1, 9)))
    listen(follow)
    being(THERE)
    way = _reception.FromOtherProcesses()
    received = at_once(4, lambda _number: way.fetch(SHOP))
    assert sum(count for count in received if isinstance(count, int)) == 8
    assert handle() == [f"a{step}" for step in range(1, 9)]


def test_what_has_come_is_rung_for(send: Send, receive: Receive) -> None:
    send("a1")
    listen(follow)
    receive()
    assert not doorbell.is_quiet(frozenset({"inbox"}), frozenset({SHOP}))


def test_each_module_receives_what_it_listens_to_itself(send: Send, receive: Receive) -> None:
    send("a1")
    listen(follow)
    listen(follow, name="follow", module="notifications")
    receive()
    assert [row.listener for row in InboxRow.objects.using(SHOP).all()] == [f"{SHOP}.follow"]


@pytest.mark.parametrize("heard_before", [True, False])
def test_what_the_broker_forgot_is_sent_again(
    send: Send, receive: Receive, server: Server, being: Callable[[Process], None], *, heard_before: bool
) -> None:
    send("a1", "a2")
    listen(follow)
    if heard_before:
        receive()
    server.flush()
    being(HERE)
    carrying = at_hand()
    assert send_again_what_was_forgotten(carrying, HOME) == 2
    assert cursor_of(HOME, sent(HOME)) == ""
    assert send_again_what_was_forgotten(carrying, HOME) == 0
    assert OutboxRow.objects.using(HOME).filter(finished_at=None).count() == 2


def test_what_was_sent_long_ago_is_not_sent_again(send: Send, server: Server, being: Callable[[Process], None]) -> None:
    send("a1", "a2")
    first = OutboxRow.objects.using(HOME).order_by("pk")[0]
    assert first.finished_at
    first.finished_at -= RECENT
    first.save(using=HOME)
    server.flush()
    assert send_again_what_was_forgotten(at_hand(), HOME) == 1


def test_a_broker_that_is_emptied_loses_nothing(
    send: Send, receive: Receive, server: Server, being: Callable[[Process], None]
) -> None:
    send("a1", "a2")
    server.flush()
    being(HERE)
    _reception.FromOtherProcesses().fetch(HOME)  # as every worker does it
    send("a3")
    listen(follow)
    receive()
    assert handle() == ["a1", "a2", "a3"]


# A stream for each type


def overflow(*shelves: str) -> None:
    with transaction.atomic(using=HOME):
        publish(*(ShelfOverflowed(name=shelf) for shelf in shelves))


@pytest.mark.parametrize("streams", ["type"])
def test_of_streams_for_each_type_those_are_read_that_are_listened_to(send: Send, receive: Receive) -> None:
    overflow("s1")
    send("a1", "a2")
    listen(follow)
    assert receive() == 2
    assert handle() == ["a1", "a2"]
    assert {ThingMoved.topic, ShelfOverflowed.topic, HOME} & {*_reception.sources(SHOP)} == {ThingMoved.topic}
    carrying = at_hand()
    assert [len(carrying.read(each.topic, "", limit=9)) for each in (ThingMoved, ShelfOverflowed)] == [2, 1]
    assert carrying.read(HOME, "", limit=9) == []


@pytest.mark.parametrize("streams", ["type"])
def test_of_streams_for_each_type_only_what_was_forgotten_is_sent_again(
    send: Send, receive: Receive, server: Server, being: Callable[[Process], None]
) -> None:
    send("a1", "a2")
    server.flush()
    overflow("s1")
    send()
    assert send_again_what_was_forgotten(at_hand(), HOME) == 2
    send()
    listen(follow)
    receive()
    assert handle() == ["a1", "a2"]


# What each of them is


def test_a_redis_whose_clock_went_back_is_read_from_its_beginning(
    redis_server: RedisServer,
) -> None:
    streams = RedisStreams(redis_server.url)
    streams.send(HOME, [Told("a", b"1")])
    (heard,) = streams.read(HOME, "", limit=10)
    with redis.Redis.from_url(redis_server.url) as client:
        client.delete(STREAM)
        client.xadd(STREAM, {b"cloudevent": b"2"}, id="5-1")
    assert [each.told for each in streams.read(HOME, heard.cursor, limit=10)] == [b"2"]


def test_redis_lets_go_what_nobody_has_read_for_long(redis_server: RedisServer) -> None:
    streams = RedisStreams(redis_server.url)
    long_ago = f"{(datetime.now(UTC) - 2 * KEPT).timestamp() * 1000:.0f}-1"
    with redis.Redis.from_url(redis_server.url) as client:
        client.xadd(STREAM, {b"cloudevent": b"old"}, id=long_ago)
    streams.send(HOME, [Told("a", b"new")])
    assert [each.told for each in streams.read(HOME, "", limit=10)] == [b"new"]
    assert streams.keeps(HOME, long_ago)


@pytest.mark.deployed
def test_kafka_keeps_the_order_of_each_aggregate(kafka_server: KafkaServer) -> None:
    topics = KafkaTopics(kafka_server.url.removeprefix("kafka://"))
    sent = [Told(f"aggregate {number % 7}", str(number).encode()) for number in range(70)]
    topics.send(HOME, sent)
    cursor, heard = "", []
    while some := topics.read(HOME, cursor, limit=9):
        cursor = some[-1].cursor
        heard += [each.told.decode() for each in some]
    assert sorted(heard, key=int) == [str(number) for number in range(70)]
    for aggregate in range(7):
        mine = [int(each) for each in heard if int(each) % 7 == aggregate]
        assert mine == sorted(mine)
    assert len(json.loads(cursor)["offsets"]) == PARTITIONS


@pytest.mark.deployed
def test_a_topic_that_was_made_anew_is_another_one(kafka_server: KafkaServer) -> None:
    """Its offsets begin anew, so that they would pass for those of the old one."""
    topics = KafkaTopics(kafka_server.url.removeprefix("kafka://"))
    place = topics.send(HOME, [Told("a", b"1")])
    (heard,) = topics.read(HOME, "", limit=10)
    assert topics.keeps(HOME, place)
    kafka_server.flush()
    topics.send(HOME, [Told("a", b"2")])
    assert not topics.keeps(HOME, place)
    assert [each.told for each in topics.read(HOME, heard.cursor, limit=10)] == [b"2"]


def test_of_one_aggregate_kafka_is_sent_one_event_at_a_time() -> None:
    told = [Told("a", b"1"), Told("b", b"2"), Told("a", b"3"), Told("a", b"4"), Told("c", b"5")]
    waves = [[each.told for each in wave] for wave in _kafka_topics._waves(told)]
    assert waves == [[b"1", b"2", b"5"], [b"3"], [b"4"]]


# At work


def test_a_worker_fetches_what_comes(send: Send, server: Server, being: Callable[[Process], None]) -> None:
    listen(follow)
    being(THERE)
    worker = Worker(threads=2)
    worker.start()
    try:
        _send_by_hand("a1")
        eventually(lambda: notes(SHOP) == ["a1"], "it is handled", seconds=10)
        server.kill()
        server.start()
        _send_by_hand("a2")
        eventually(lambda: notes(SHOP) == ["a1", "a2"], "it is found after a break", seconds=10)
    finally:
        assert worker.stop()


def at_hand() -> Broker:
    carrying = broker()
    assert carrying
    return carrying


def _send_by_hand(*moves: str) -> None:
    at_hand().send(HOME, [Told(each[0], _told(each)) for each in moves])


def _told(each: str) -> bytes:
    """The envelope of such a move."""
    from tests.tearline.test_events import ThingMoved

    event: Any = ThingMoved(name=each[0], step=int(each[1:]))
    told = {"id": event.id, "type": event.topic, "subject": event.name, "sequence": str(10**9 + event.step)}
    return json.dumps(told | {"data": json.loads(event.model_dump_json())}).encode()
