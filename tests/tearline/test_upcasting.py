"""Nothing is lost to a new name or a new version: rows under old ones find their handler, in order and once."""

import json
from typing import Any

import pytest
from django.db import transaction

from tearline.events import Event, EventError, upcast
from tearline.models import InboxRow, OutboxRow
from tearline.testing import settle, written_in
from tearline.work import TaskError, task
from tearline.work._tasks import queue as tasks
from tests.tearline.parcels import SHOP, Poison, inbox, listen, move, parked, track
from tests.tearline.specimen import HOME, carry, note, notes

pytestmark = pytest.mark.usefixtures("declarations")


# Listeners


def test_a_renamed_listener_finds_what_came_under_its_former_names() -> None:
    received_as("first", "a1")
    received_as("second", "a2")
    listen(track, name="third", formerly=("shipping.first", "shipping.second"))
    move("a3")
    settle()
    assert sorted(notes(SHOP)) == ["a1", "a2", "a3"]


def received_as(name: str, step: str) -> None:
    """A step came for a listener that had this name then."""
    (event,) = move(step)
    row = OutboxRow.objects.using(HOME).get(event_id=event.id)
    stream, listener = f"{SHOP}.{name} {step[0]}", f"{SHOP}.{name}"
    columns = {"event_id": row.event_id, "topic": row.topic, "payload": row.payload, "position": row.pk}
    InboxRow.objects.using(SHOP).create(listener=listener, stream=stream, due_at="2000-01-01T00:00:00Z", **columns)
    OutboxRow.objects.using(HOME).filter(pk=row.pk).update(due_at=None, finished_at=row.created_at)


def test_what_is_parked_under_the_former_name_holds_up_its_aggregate_under_the_new_one() -> None:
    received_as("track", "a1")
    poison = Poison("a1")
    listen(poison, name="follow", formerly=("shipping.track",))
    move("a2", "b1")
    settle()
    assert notes(SHOP) == ["b1"]
    (row,) = parked()
    assert row.listener == "shipping.track"


def test_what_was_delivered_under_the_former_name_has_no_second_effect_under_the_new_one() -> None:
    received_as("track", "a1")
    listen(track, name="follow", formerly=("shipping.track",))
    OutboxRow.objects.using(HOME).update(finished_at=None, due_at="2000-01-01T00:00:00Z")
    settle()
    assert notes(SHOP) == ["a1"]
    assert len(inbox()) == 1


@pytest.mark.parametrize(
    ("name", "formerly", "fault"),
    [
        ("follow", ("shipping.track",), r"two listeners are named shipping\.track"),
        ("follow", ("shipping.trace",), r"two listeners are named shipping\.trace"),
        ("trace", (), r"two listeners are named shipping\.trace"),
        ("follow", ("orders.track",), "belongs to shipping and must be named"),
    ],
)
def test_a_former_name_is_as_unique_as_a_present_one(name: str, formerly: tuple[str, ...], fault: str) -> None:
    listen(track, formerly=("shipping.trace",))
    with pytest.raises(EventError, match=fault):
        listen(track, name=name, formerly=formerly)


# Tasks


def asked_for_as(name: str) -> None:
    with transaction.atomic(using=SHOP):
        tasks.add(SHOP, [{"name": f"{SHOP}.{name}", "arguments": '["box"]'}])


def pack(what: str) -> None:
    note(f"packed {what}", module=SHOP)


def test_a_renamed_task_finds_what_was_asked_for_under_its_former_names() -> None:
    for name in ("wrap", "box", "pack"):
        asked_for_as(name)
    task(f"{SHOP}.pack", formerly=(f"{SHOP}.wrap", f"{SHOP}.box"))(written_in(f"{SHOP}.services")(pack))
    settle()
    assert notes(SHOP) == ["packed box"] * 3


@pytest.mark.parametrize(
    ("name", "formerly", "fault"),
    [
        ("shipping.wrap", (), r"two tasks are named shipping\.wrap"),
        ("shipping.tie", ("shipping.pack",), r"two tasks are named shipping\.pack"),
        ("shipping.tie", ("orders.tie",), "belongs to shipping and must be named"),
    ],
)
def test_a_former_name_of_a_task_is_as_unique_as_a_present_one(
    name: str, formerly: tuple[str, ...], fault: str
) -> None:
    register = written_in(f"{SHOP}.services")(pack)
    task(f"{SHOP}.pack", formerly=(f"{SHOP}.wrap",))(register)
    with pytest.raises(TaskError, match=fault):
        task(name, formerly=formerly)(register)


# Versions


@pytest.fixture
def weighed() -> type[Event]:
    """The third version of an event whose first two nobody knows any more but for their upcasters."""

    class ParcelWeighed(Event, topic="inventory.parcel_weighed.v3", aggregate="parcel"):
        """A parcel was put on the scales."""

        parcel: str
        grams: int
        scales: str

    @upcast("inventory.parcel_weighed.v1")
    def into_grams(old: dict[str, Any]) -> dict[str, Any]:
        return {"parcel": old["parcel"], "grams": round(old["kilos"] * 1000)}

    @upcast("inventory.parcel_weighed.v2")
    def on_the_old_scales(old: dict[str, Any]) -> dict[str, Any]:
        return old | {"scales": "the old ones"}

    return ParcelWeighed


def announced(topic: str, payload: str, *, parcel: str = "a") -> str:
    """An event of an older version is in the outbox. Its id."""
    (event,) = move(f"{parcel}1")
    told = f'{{"id": "{event.id}", "occurred_at": "2026-01-31T12:00:00Z", {payload}}}'
    OutboxRow.objects.using(HOME).filter(event_id=event.id).update(topic=topic, payload=told)
    return event.id


@pytest.mark.parametrize(
    ("version", "payload"),
    [
        (1, '"parcel": "a", "kilos": 1.5'),
        (2, '"parcel": "a", "grams": 1500'),
        (3, '"parcel": "a", "grams": 1500, "scales": "the old ones"'),
    ],
)
def test_who_listens_to_the_newest_version_hears_the_older_ones(weighed: type[Any], version: int, payload: str) -> None:
    heard: list[Any] = []
    listen(heard.append, event=weighed)
    event_id = announced(f"inventory.parcel_weighed.v{version}", payload)
    settle()
    assert [(event.parcel, event.grams, event.scales) for event in heard] == [("a", 1500, "the old ones")]
    assert heard[0].id == event_id
    assert heard[0].occurred_at.isoformat() == "2026-01-31T12:00:00+00:00"


def test_what_was_received_before_the_listener_moved_on_is_turned_into_what_it_hears_now(weighed: type[Any]) -> None:
    heard: list[Any] = []
    listen(lambda _event: None)
    move("a1")
    carry("outbox", HOME, "me")
    older = {"id": inbox()[0].event_id, "occurred_at": "2026-01-31T12:00:00Z", "parcel": "a", "kilos": 2}
    InboxRow.objects.using(SHOP).update(
        topic="inventory.parcel_weighed.v1",
        payload=json.dumps(older),
        listener="shipping.weigh",
        stream="shipping.weigh a",
    )
    listen(heard.append, name="weigh", event=weighed)
    settle()
    assert [event.grams for event in heard] == [2000]


def test_who_listens_to_an_older_version_hears_that_alone(weighed: type[Any]) -> None:
    heard: list[Any] = []

    class ParcelWeighedOnce(Event, topic="inventory.parcel_weighed.v1", aggregate="parcel"):
        """A parcel was put on the old scales."""

        parcel: str
        kilos: float

    listen(heard.append, event=ParcelWeighedOnce)
    announced("inventory.parcel_weighed.v1", '"parcel": "a", "kilos": 1.5')
    announced("inventory.parcel_weighed.v2", '"parcel": "a", "grams": 1500')
    settle()
    assert [event.kilos for event in heard] == [1.5]


def test_an_event_that_was_renamed_is_heard_under_its_new_name() -> None:
    @upcast("inventory.parcel_shifted.v4", to="inventory.parcel_moved.v1")
    def moved(old: dict[str, Any]) -> dict[str, Any]:
        return old

    listen(track)
    announced("inventory.parcel_shifted.v4", '"parcel": "a", "step": 7')
    settle()
    assert notes(SHOP) == ["a7"]


def test_what_cannot_be_turned_into_the_newer_event_is_parked_at_once_and_the_rest_flows(weighed: type[Any]) -> None:
    listen(lambda event: note(str(event.grams), module=SHOP), event=weighed)
    announced("inventory.parcel_weighed.v1", '"parcel": "a", "pounds": 3')
    announced("inventory.parcel_weighed.v1", '"parcel": "b", "kilos": 3', parcel="b")
    settle()
    (row,) = parked()
    assert row.attempts == 1
    assert "kilos" in row.error
    assert notes(SHOP) == ["3000"]


def test_what_is_newer_than_what_the_listener_knows_is_parked() -> None:
    listen(track)
    move("a1")
    carry("outbox", HOME, "me")
    upcast("inventory.parcel_moved.v2")(dict)
    InboxRow.objects.using(SHOP).update(topic="inventory.parcel_moved.v2")
    settle()
    assert "inventory.parcel_moved.v2 cannot be turned into inventory.parcel_moved.v1" in parked()[0].error


def test_once_mended_what_could_not_be_turned_is_heard(weighed: type[Any]) -> None:
    listen(lambda event: note(str(event.grams), module=SHOP), event=weighed)
    announced("inventory.parcel_weighed.v1", '"parcel": "a", "pounds": 3')
    settle()
    InboxRow.objects.using(SHOP).update(parked_at=None, due_at="2000-01-01T00:00:00Z", topic="inventory.x.v1")
    upcast("inventory.x.v1", to="inventory.parcel_weighed.v3")(lambda old: old | {"grams": 1361, "scales": "none"})
    settle()
    assert notes(SHOP) == ["1361"]


@pytest.mark.parametrize(
    ("topic", "to", "fault"),
    [
        ("inventory.parcel_weighed.v1", None, "two upcasters turn"),
        ("inventory.parcel_weighed.v3", "inventory.parcel_weighed.v1", "would be turned into itself"),
        ("inventory.parcel_sent.v1", "inventory.parcel_sent.v1", "would be turned into itself"),
        ("parcel_weighed", None, "is not of the form"),
    ],
)
def test_upcasters_lead_from_each_topic_to_one_newer(
    weighed: type[Any], topic: str, to: str | None, fault: str
) -> None:
    with pytest.raises(EventError, match=fault):
        upcast(topic, to=to)(dict)
