"""Facts are announced with the transaction that makes them true, and have one effect on each who listens, in order."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence

import pytest
from django.db import transaction
from django.db.models import F

from tearline.databases import open_transactions
from tearline.events import Event, EventError, NotTheOwner, on, publish
from tearline.events import _inbox as inbox
from tearline.events import _outbox as outbox
from tearline.facades import acting_as, caller
from tearline.models import DueWork, InboxRow, OutboxRow
from tearline.testing import settle, written_in
from tearline.work import Queue, Worker
from tearline.work import _queues as queues
from tests.processes import eventually
from tests.tearline.specimen import HOME, carry, note, notes

SHOP = "shipping"

pytestmark = pytest.mark.usefixtures("declarations")


class ThingMoved(Event, topic="inventory.thing_moved.v1", aggregate="name"):
    """A thing was moved for the so-manieth time."""

    name: str
    step: int


def move(*moves: str) -> None:
    """Announce moves such as "a1": the first of thing a."""
    with transaction.atomic(using=HOME):
        publish(*(ThingMoved(name=told[0], step=int(told[1:])) for told in moves))


def listen(deed: Callable[[ThingMoved], object], *, name: str = "follow", module: str = SHOP) -> None:
    """Have a module do this whenever a thing was moved."""

    @on(ThingMoved, name=f"{module}.{name}")
    @written_in(f"{module}.handlers")
    def handle(event: ThingMoved) -> None:
        deed(event)


def follow(event: ThingMoved) -> None:
    note(f"{event.name}{event.step}", module=SHOP)


def failing_on(*moves: str, error: Exception | None = None) -> Callable[[ThingMoved], None]:
    """Follows, and then fails on some."""

    def deed(event: ThingMoved) -> None:
        follow(event)
        if f"{event.name}{event.step}" in moves:
            raise error or ValueError("poison")

    return deed


def parked(module: str = SHOP) -> list[InboxRow]:
    return list(InboxRow.objects.using(module).filter(parked_at__isnull=False))


# Publishing


@pytest.mark.parametrize("open_on", [[], ["orders"], ["orders", SHOP]])
def test_an_event_is_published_in_a_transaction_of_its_owner(open_on: list[str]) -> None:
    def published(within: list[str]) -> None:
        if not within:
            return publish(ThingMoved(name="a", step=1))
        with transaction.atomic(using=within[0]):
            published(within[1:])
        return None

    with pytest.raises(NotTheOwner, match="published outside a transaction of inventory"):
        published(open_on)


def test_only_the_owner_publishes_an_event() -> None:
    with acting_as("orders"), pytest.raises(NotTheOwner, match="is published by orders"):
        move("a1")
    with acting_as(HOME):
        move("a1")
    assert OutboxRow.objects.using(HOME).count() == 1


def test_what_is_rolled_back_is_not_announced() -> None:
    listen(follow)
    with transaction.atomic(using=HOME):
        publish(ThingMoved(name="a", step=1))
        transaction.set_rollback(True, using=HOME)
    settle()
    assert notes(SHOP) == []
    assert not OutboxRow.objects.using(HOME).exists()


@pytest.mark.parametrize(
    ("topic", "aggregate", "fault"),
    [
        ("inventory.thing_lost", "name", "is not of the form"),
        ("inventory.thing_lost.v0", "name", "is not of the form"),
        ("thing_lost.v1", "name", "is not of the form"),
        ("inventory.thing_lost.v1", "colour", "is none of its fields"),
        ("inventory.thing_moved.v1", "name", "is taken by ThingMoved"),
    ],
)
def test_an_event_that_says_the_wrong_things_of_itself_is_refused(topic: str, aggregate: str, fault: str) -> None:
    with pytest.raises(EventError, match=fault):

        class ThingLost(Event, topic=topic, aggregate=aggregate):
            """Is lost."""

            name: str


# Handling


def test_a_handler_acts_for_its_module_in_a_transaction_of_its_own() -> None:
    seen: list[object] = []
    listen(lambda _event: seen.append((caller(), open_transactions())))
    move("a1")
    settle()
    assert seen == [(SHOP, [SHOP])]


def test_everybody_who_listens_hears_it_once() -> None:
    listen(follow)
    listen(follow, name="follow_too")
    listen(follow, module="notifications")
    move("a1")
    settle()
    assert notes(SHOP) == ["a1"] * 3
    assert InboxRow.objects.using("notifications").count() == 1


def test_however_often_an_event_is_delivered_it_has_one_effect() -> None:
    listen(follow)
    move("a1", "a2")
    for _ in range(3):
        settle()
        OutboxRow.objects.using(HOME).update(finished_at=None, due_at="2000-01-01T00:00:00Z")
    settle()
    assert notes(SHOP) == ["a1", "a2"]


def test_effects_and_the_row_of_the_inbox_commit_together(monkeypatch: pytest.MonkeyPatch) -> None:
    listen(follow)
    finish, failures = Queue.finish, [OSError("cut off"), OSError("cut off")]

    def cut_off(self: Queue[InboxRow], alias: str, rows: Sequence[InboxRow]) -> None:
        finish(self, alias, rows)
        if self.name == inbox.KIND and failures:
            raise failures.pop()

    monkeypatch.setattr(Queue, "finish", cut_off)
    move("a1", "a2")
    settle()
    assert failures == []
    assert notes(SHOP) == ["a1", "a2"]


def test_a_handler_that_fails_is_tried_again_and_leaves_no_effect_before() -> None:
    tries: Counter[str] = Counter()

    def deed(event: ThingMoved) -> None:
        follow(event)
        tries[event.name] += 1
        if tries[event.name] < 4:
            raise ValueError("not yet")

    listen(deed)
    move("a1")
    settle()
    assert notes(SHOP) == ["a1"]
    assert parked() == []


def test_a_batch_is_handled_by_aggregate_so_that_two_batches_lock_rows_in_one_order() -> None:
    listen(follow)
    move("b1", "a1", "c1", "b2", "a2")
    settle()
    assert notes(SHOP) == ["a1", "a2", "b1", "b2", "c1"]


def test_a_handler_may_announce_in_turn() -> None:
    listen(follow)

    @on(ThingMoved)
    @written_in(f"{HOME}.handlers")
    def move_on(event: ThingMoved) -> None:
        if event.step < 3:
            publish(ThingMoved(name=event.name, step=event.step + 1))

    move("a1")
    settle()
    assert notes(SHOP) == ["a1", "a2", "a3"]


# Poison


def test_a_poisoned_event_holds_up_its_aggregate_alone_and_is_parked_with_the_traceback() -> None:
    listen(failing_on("a2"))
    move("a1", "b1", "a2", "a3", "b2", "c1")
    settle()
    assert sorted(notes(SHOP)) == ["a1", "b1", "b2", "c1"]
    (row,) = parked()
    assert (row.attempts, row.due_at, row.finished_at) == (6, None, None)
    assert "ValueError: poison" in row.error
    assert "in deed" in row.error


def test_what_comes_later_flows_past_a_poisoned_event() -> None:
    listen(failing_on("a1"))
    move("a1")
    settle()
    move("a2", "b1")
    settle()
    assert notes(SHOP) == ["b1"]


def test_a_poisoned_event_holds_up_the_listener_that_fails_alone() -> None:
    listen(failing_on("a1"))
    listen(lambda event: note(f"too {event.name}{event.step}", module=SHOP), name="follow_too")
    move("a1", "a2")
    settle()
    assert notes(SHOP) == ["too a1", "too a2"]


def test_while_an_event_waits_to_be_tried_again_those_behind_it_wait_untried() -> None:
    listen(failing_on("a1"))
    move("a1", "a2")
    carry("outbox", HOME, "me")
    carry("inbox", SHOP, "me")
    assert [row.attempts for row in InboxRow.objects.using(SHOP).order_by("position")] == [1, 0]
    assert notes(SHOP) == []


def test_an_event_that_cannot_be_read_is_parked_at_once() -> None:
    listen(follow)
    move("a1", "b1")
    OutboxRow.objects.using(HOME).filter(stream="a").update(payload='{"name": "a"}')
    settle()
    assert notes(SHOP) == ["b1"]
    (row,) = parked()
    assert row.attempts == 1
    assert "cannot be read" in row.error


def test_an_event_of_a_topic_that_nobody_knows_any_more_is_parked() -> None:
    listen(follow)
    move("a1")
    carry("outbox", HOME, "me")
    InboxRow.objects.using(SHOP).update(topic="inventory.thing_beamed.v1")
    settle()
    assert "no event has the topic inventory.thing_beamed.v1" in parked()[0].error


def received(name: str) -> None:
    """An event came for a listener that had this name then."""
    listen(follow)
    move("a1")
    carry("outbox", HOME, "me")
    InboxRow.objects.using(SHOP).update(listener=f"{SHOP}.{name}", stream=f"{SHOP}.{name} a")


def test_an_event_for_a_listener_that_was_renamed_is_parked() -> None:
    received("former")
    settle()
    assert notes(SHOP) == []
    assert "no listener is named shipping.former" in parked()[0].error


def test_a_listener_that_was_renamed_finds_its_rows_under_its_former_name() -> None:
    received("former")
    listen(follow, name="former")
    settle()
    assert notes(SHOP) == ["a1"]


def test_two_listeners_cannot_have_one_name() -> None:
    listen(follow)
    with pytest.raises(EventError, match=r"two listeners are named shipping\.follow"):
        listen(follow)


def test_events_for_an_inbox_out_of_reach_are_never_given_up_and_keep_their_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    listen(follow)
    put, failures = outbox.put_into_inbox, [OSError("no such host")] * 8

    def out_of_reach(module: str, deliveries: Sequence[inbox.Delivery]) -> None:
        if failures:
            raise failures.pop()
        put(module, deliveries)

    monkeypatch.setattr(outbox, "put_into_inbox", out_of_reach)
    move("a1", "a2", "a3")
    settle()
    assert failures == []
    assert notes(SHOP) == ["a1", "a2", "a3"]


# Losing the lease


def stolen_at(point: str, model: type[DueWork], module: str) -> Callable[[str], None]:
    """When this point is reached, all rows are claimed by somebody else."""

    def steal(reached: str) -> None:
        if reached == point:
            model._default_manager.using(module).update(owner="thief", fence=F("fence") + 1)

    return steal


def test_whoever_lost_events_to_handle_leaves_them_to_the_thief(monkeypatch: pytest.MonkeyPatch) -> None:
    listen(follow)
    move("a1", "b1")
    carry("outbox", HOME, "me")
    monkeypatch.setattr(inbox, "reached", stolen_at("inbox.claimed", InboxRow, SHOP))
    assert carry("inbox", SHOP, "me") == 2
    assert notes(SHOP) == []
    assert {row.owner for row in InboxRow.objects.using(SHOP).all()} == {"thief"}


@pytest.mark.parametrize("put", [outbox.put_into_inbox, lambda _module, _deliveries: 1 / 0])
def test_whoever_lost_events_to_deliver_leaves_them_to_the_thief(
    monkeypatch: pytest.MonkeyPatch, put: Callable[[str, Sequence[inbox.Delivery]], None]
) -> None:
    listen(follow)
    move("a1", "b1")
    monkeypatch.setattr(outbox, "reached", stolen_at("outbox.claimed", OutboxRow, HOME))
    monkeypatch.setattr(outbox, "put_into_inbox", put)
    assert carry("outbox", HOME, "me") == 2
    assert {(row.owner, row.error) for row in OutboxRow.objects.using(HOME).all()} == {("thief", "")}


# Order


@pytest.mark.parametrize("lease", [30.0, 0.02], ids=["", "leases are lost"])
def test_events_of_an_aggregate_keep_their_order_across_workers(monkeypatch: pytest.MonkeyPatch, lease: float) -> None:
    """Three workers in small batches, now and then a failure; with short leases they take rows from each other too."""
    monkeypatch.setattr(inbox, "BATCH", 3)
    monkeypatch.setattr(outbox, "BATCH", 4)
    monkeypatch.setattr(queues, "LEASE", lease)
    monkeypatch.setattr("tearline.work._deaths.DEATHS", 10_000)  # whose lease ran out is not taken for dead here
    failed: set[str] = set()
    changing = threading.Lock()

    def stumble(listener: str, event: ThingMoved) -> None:
        note(f"{listener} {event.name} {event.step}", module=SHOP)
        told = f"{listener} {event.name} {event.step}"
        with changing:
            first_time = told not in failed
            failed.add(told)
        if first_time and event.step % 5 == 2:
            raise ValueError("stumbled")

    for listener in ("one", "other"):
        listen(lambda event, listener=listener: stumble(listener, event), name=listener)  # type: ignore[misc]
    workers = [Worker([HOME, SHOP]) for _ in range(3)]
    for worker in workers:
        worker.start()
    try:
        for step in range(1, 13):
            move(*(f"{name}{step}" for name in "abcd"))
        eventually(lambda: len(notes(SHOP)) >= 96, "all are handled", seconds=60)
    finally:
        assert all([worker.stop(30) for worker in workers])  # noqa: C419 - every one is stopped
    for listener in ("one", "other"):
        for name in "abcd":
            mine = [told for told in notes(SHOP) if told.startswith(f"{listener} {name} ")]
            assert mine == [f"{listener} {name} {step}" for step in range(1, 13)]
