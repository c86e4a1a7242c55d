"""One listener hears a span of events again, in order, whatever it heard before; and nobody else hears of it."""

import io

import pytest
from django.core.management import CommandError, call_command

from tearline.events import _inbox as handling
from tearline.events import upcast
from tearline.events._replaying import CannotReplay, replay
from tearline.models import AuditLine, InboxRow, OutboxRow
from tearline.testing import settle
from tests.tearline.parcels import SHOP, ParcelMoved, Poison, inbox, listen, move, parked, track
from tests.tearline.specimen import HOME, note, notes

pytestmark = pytest.mark.usefixtures("declarations")

LISTENER = "shipping.track"


def again(first: ParcelMoved, last: ParcelMoved, *, name: str = "again", to: str = LISTENER) -> int:
    return replay(HOME, to=to, since=first.id, until=last.id, name=name, who="ann", reason="mended")


def heard_since(count: int) -> list[str]:
    return notes(SHOP)[count:]


def by_aggregate(steps: list[str]) -> dict[str, list[str]]:
    """The steps of each parcel in their order: that of different parcels means nothing."""
    return {parcel: [step for step in steps if step[0] == parcel] for parcel in sorted({step[0] for step in steps})}


@pytest.fixture
def events() -> list[ParcelMoved]:
    """Six steps of two parcels that were heard by two listeners."""
    listen(track)
    listen(lambda _event: None, name="other")
    events = move("a1", "b1", "a2", "b2", "a3", "b3")
    settle()
    assert len(notes(SHOP)) == 6
    return events


def test_a_span_is_heard_again_in_the_order_of_each_aggregate_by_one_listener(events: list[ParcelMoved]) -> None:
    assert again(events[1], events[4]) == 4
    settle()
    assert by_aggregate(heard_since(6)) == {"a": ["a2", "a3"], "b": ["b1", "b2"]}
    assert {row.listener for row in inbox(replay="again")} == {LISTENER}


def test_order_is_kept_when_the_span_is_longer_than_a_batch(
    events: list[ParcelMoved], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tearline.events._replaying.BATCH", 2)
    monkeypatch.setattr(handling, "BATCH", 2)
    assert again(events[0], events[-1]) == 6
    settle()
    assert by_aggregate(heard_since(6)) == {"a": ["a1", "a2", "a3"], "b": ["b1", "b2", "b3"]}


def test_a_replay_asked_for_twice_is_one(events: list[ParcelMoved]) -> None:
    assert again(events[0], events[-1]) == 6
    assert again(events[0], events[-1]) == 0
    settle()
    assert again(events[0], events[-1]) == 0
    settle()
    assert len(notes(SHOP)) == 12
    (line,) = AuditLine.objects.using(SHOP)
    assert (line.who, line.verb, line.reason) == ("ann", "replay", "mended")
    assert line.what == "shipping.track hears inventory again: again"


def test_each_delivery_of_a_replay_has_one_effect(events: list[ParcelMoved]) -> None:
    again(events[0], events[-1])
    twice = inbox(replay="again")
    for row in twice:
        row.pk = None
    InboxRow.objects.using(SHOP).bulk_create(twice, ignore_conflicts=True)
    settle()
    assert len(notes(SHOP)) == 12


def test_a_replay_that_broke_off_is_completed(events: list[ParcelMoved]) -> None:
    again(events[0], events[2])
    assert again(events[0], events[-1]) == 3
    settle()
    assert by_aggregate(heard_since(6)) == {"a": ["a1", "a2", "a3"], "b": ["b1", "b2", "b3"]}
    assert AuditLine.objects.using(SHOP).count() == 1


def test_another_replay_of_the_same_span_is_heard_too(events: list[ParcelMoved]) -> None:
    assert again(events[0], events[1]) == again(events[0], events[1], name="once more") == 2
    settle()
    assert sorted(heard_since(6)) == ["a1", "a1", "b1", "b1"]


def test_a_replay_does_not_admit_the_events_themselves_a_second_time(events: list[ParcelMoved]) -> None:
    again(events[0], events[-1])
    OutboxRow.objects.using(HOME).update(finished_at=None, due_at="2000-01-01T00:00:00Z")
    settle()
    assert len(notes(SHOP)) == 12


def test_what_is_announced_from_now_on_comes_after_the_replay(events: list[ParcelMoved]) -> None:
    again(events[0], events[-1])
    move("a4")
    settle()
    assert [step for step in heard_since(6) if step[0] == "a"] == ["a1", "a2", "a3", "a4"]


def test_a_replayed_event_that_fails_holds_up_its_aggregate_alone() -> None:
    poison = Poison()
    listen(poison)
    events = move("a1", "b1", "a2")
    settle()
    poison.steps.add("a1")
    again(events[0], events[-1])
    move("a3", "b2")
    settle()
    assert heard_since(3) == ["b1", "b2"]
    (row,) = parked()
    assert row.replay == "again"


def test_what_was_not_yet_delivered_is_not_replayed(events: list[ParcelMoved]) -> None:
    (last,) = move("a4")
    assert again(events[-1], last) == 1
    settle()
    assert sorted(heard_since(6)) == ["a4", "b3"]


def test_older_versions_are_turned_into_newer_ones_in_a_replay_too(events: list[ParcelMoved]) -> None:
    upcast("inventory.parcel_shifted.v1", to="inventory.parcel_moved.v1")(lambda old: old | {"step": 99})
    OutboxRow.objects.using(HOME).filter(event_id=events[0].id).update(topic="inventory.parcel_shifted.v1")
    again(events[0], events[0])
    settle()
    assert heard_since(6) == ["a99"]


def test_a_listener_can_be_named_as_it_was_before(events: list[ParcelMoved]) -> None:
    listen(lambda _event: note("renamed", module=SHOP), name="new", formerly=("shipping.old",))
    again(events[0], events[0], to="shipping.old")
    settle()
    assert heard_since(6) == ["renamed"]


def test_a_span_may_be_told_in_times(events: list[ParcelMoved]) -> None:
    hours = "2026-01-31T10:00:00Z", "2026-01-31T11:00:00Z", "2026-01-31T12:00:00Z"
    for event, hour in zip(events, hours, strict=False):
        OutboxRow.objects.using(HOME).filter(event_id=event.id).update(created_at=hour)
    out = io.StringIO()
    told = ("work", "replay", HOME, "--to", LISTENER, "--from", hours[0], "--until", "2026-01-31T11:00")
    for _ in range(2):
        call_command(*told, stdout=out)
    first, second = out.getvalue().splitlines()
    assert f"{LISTENER} hears 2 events of inventory again" in first
    assert f"{LISTENER} hears 0 events of inventory again" in second
    settle()
    assert heard_since(6) == ["a1", "b1"]


@pytest.mark.parametrize(
    ("to", "since", "until", "name", "fault"),
    [
        ("shipping.nobody", "2026-01-01", "2026-01-02", "x", "no listener is named shipping.nobody"),
        ("shipping.open_a_shipment", "2026-01-01", "2026-01-02", "x", "nothing of inventory"),
        (LISTENER, "evt_unknown", "2026-01-02", "x", "has not announced evt_unknown"),
        (LISTENER, "yesterday", "2026-01-02", "x", "yesterday is neither an event's id nor a time"),
        (LISTENER, "2026-01-01", "2999-01-01", "x", "2999-01-01 has yet to come"),
        (LISTENER, "2026-01-01", "2026-01-02", "", "1 to 200 characters"),
    ],
)
def test_what_cannot_be_replayed_is_said(
    events: list[ParcelMoved], to: str, since: str, until: str, name: str, fault: str
) -> None:
    with pytest.raises(CannotReplay, match=fault):
        replay(HOME, to=to, since=since, until=until, name=name, who="ann")


def test_the_command_says_what_cannot_be_replayed(events: list[ParcelMoved]) -> None:
    with pytest.raises(CommandError, match="no listener is named"):
        call_command("work", "replay", HOME, "--to", "x.y", "--from", "2026-01-01", "--until", "2026-01-02")
