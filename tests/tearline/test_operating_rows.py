"""Operators look into a row, have it tried again or give it up; each deed may be repeated and is written down."""

import io
import json
from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connections, transaction
from django.db.models import F

from tearline.contracts import Refusal
from tearline.databases.ledgers import Rewritten
from tearline.models import AuditLine, InboxRow, OutboxRow, SagaRow, TaskRow
from tearline.sagas import Saga
from tearline.testing import settle, written_in
from tearline.work import LeaseLost, task
from tearline.work import _queues as queues
from tearline.work._operating import NoSuchWork, NotParked, discard, look_up, retry
from tearline.work._tasks import queue as tasks
from tests.tearline.parcels import SHOP, Poison, inbox, listen, move, parked
from tests.tearline.specimen import HOME, at_once, note, notes

pytestmark = pytest.mark.usefixtures("declarations")


def told(*arguments: str) -> list[str]:
    """What `manage.py work` prints."""
    out = io.StringIO()
    call_command("work", *arguments, stdout=out)
    return out.getvalue().splitlines()


def audit(module: str = SHOP) -> list[tuple[str, str, str, int | None]]:
    lines = AuditLine.objects.using(module).order_by("pk")
    return [(line.who, line.verb, line.reason, line.row_id) for line in lines]


@pytest.fixture
def poison() -> Poison:
    """The second step of parcel a has failed for good, the third waits behind it, and parcel b is through."""
    poison = Poison("a2")
    listen(poison)
    move("a1", "a2", "a3", "b1")
    settle()
    assert notes(SHOP) == ["a1", "b1"]
    return poison


def row_of(step: int) -> int:
    return inbox(stream="shipping.track a")[step - 1].pk


# Looking


def test_each_failed_try_is_kept_with_its_time_its_worker_and_the_error_in_short(poison: Poison) -> None:
    (row,) = parked()
    tries = json.loads(row.tries or "")
    assert [sorted(each) for each in tries] == [["at", "by", "error"]] * 6
    assert [each["error"] for each in tries] == ["ValueError: a2 is poisoned"] * 6
    assert [each["at"] for each in tries] == sorted(each["at"] for each in tries)
    assert row.error.count("Traceback") == 1


def test_the_last_tries_are_kept_and_no_more(poison: Poison, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queues, "TRIES_KEPT", 7)
    retry(SHOP, "inbox", [row_of(2)], who="ann")
    settle()
    (row,) = parked()
    assert (row.attempts, len(json.loads(row.tries or ""))) == (6, 7)


def test_of_a_long_error_the_beginning_and_the_end_are_kept() -> None:
    short = queues.in_short(ValueError("begin " + "x" * 9000 + "\n end"))
    assert short.startswith("ValueError: begin")
    assert short.endswith("end")
    assert len(short) < 500


def test_inspecting_a_row_shows_everything_about_it(poison: Poison) -> None:
    retry(SHOP, "inbox", [row_of(2)], who="ann", reason="mended")
    settle()
    lines = told("inspect", SHOP, "inbox", str(row_of(2)))
    assert "topic: inventory.parcel_moved.v1" in lines
    assert '    "parcel": "a",' in lines
    assert "  Traceback (most recent call last):" in lines
    assert sum("a2 is poisoned" in line for line in lines) > 6
    assert "ann: retry shipping inbox" in lines[-1]
    assert lines[-1].endswith("(mended)")


def test_inspecting_a_row_that_is_not_json_shows_it_as_it_is() -> None:
    listen(lambda _event: None)
    move("a1")
    settle()
    InboxRow.objects.using(SHOP).update(payload="{broken")
    assert "payload: {broken" in told("inspect", SHOP, "inbox", str(row_of(1)))


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (("inspect", "shipping", "inbox", "1"), "no row 1 in inbox of shipping"),
        (("retry", "shipping", "inbox", "1"), "no row 1 in inbox of shipping"),
        (("discard", "shipping", "inbox", "1", "--reason", "x"), "no row 1 in inbox of shipping"),
        (("inspect", "shipping", "letters", "1"), "no queue is named letters: there are "),
        (("inspect", "returns", "inbox", "1"), "not hosted by this process: returns"),
        (("purge", "returns"), "not hosted by this process: returns"),
        (("retry", "shipping", "inbox"), "either ids or --parked"),
        (("retry", "shipping", "inbox", "1", "--parked"), "either ids or --parked"),
        (("discard", "shipping", "inbox", "1"), "--reason"),
        (("purge", "--older-than", "soon"), "soon is not a span"),
    ],
)
def test_what_cannot_be_done_is_said(arguments: tuple[str, ...], fault: str) -> None:
    with pytest.raises(CommandError, match=fault):
        told(*arguments)


# Trying again


def test_a_parked_row_is_tried_again_with_what_waits_behind_it_in_order(poison: Poison) -> None:
    poison.steps.clear()
    assert told("retry", SHOP, "inbox", str(row_of(2))) == [f"shipping inbox {row_of(2)} is tried again"]
    settle()
    assert notes(SHOP) == ["a1", "b1", "a2", "a3"]
    assert parked() == []


def test_a_row_that_is_retried_has_as_many_tries_as_a_new_one(poison: Poison) -> None:
    retry(SHOP, "inbox", [row_of(2)], who="ann")
    settle()
    (row,) = parked()
    assert row.attempts == 6
    assert len(json.loads(row.tries or "")) == 12


def test_retrying_twice_is_retrying_once(poison: Poison) -> None:
    assert retry(SHOP, "inbox", [row_of(2)], who="ann") == [row_of(2)]
    assert retry(SHOP, "inbox", [row_of(2)], who="ann") == []
    poison.steps.clear()
    settle()
    assert retry(SHOP, "inbox", [row_of(1), row_of(2)], who="ann") == []
    assert audit() == [("ann", "retry", "", row_of(2))]


def test_all_that_is_parked_in_a_queue_is_tried_again_at_once() -> None:
    poison = Poison("a1", "b1", "c1")
    listen(poison)
    move("a1", "b1", "c1", "d1")
    settle()
    poison.steps.clear()
    assert len(told("retry", SHOP, "inbox", "--parked", "--as", "ann", "--reason", "mended")) == 3
    settle()
    assert sorted(notes(SHOP)) == ["a1", "b1", "c1", "d1"]
    assert [line[:3] for line in audit()] == [("ann", "retry", "mended")] * 3


def test_a_row_that_waits_for_its_next_try_is_tried_now() -> None:
    listen(Poison("a1"))
    move("a1")
    settle()
    InboxRow.objects.using(SHOP).update(parked_at=None, due_at="2999-01-01T00:00:00Z")
    assert retry(SHOP, "inbox", [row_of(1)], who="ann") == [row_of(1)]


def test_a_row_that_is_being_worked_on_is_not_retried() -> None:
    with transaction.atomic(using=SHOP):
        tasks.add(SHOP, [{"name": "shipping.nothing", "arguments": "[]"}])
    (held,) = tasks.claim(SHOP, owner="worker", limit=1)
    assert retry(SHOP, "tasks", [held.pk], who="ann") == []
    with transaction.atomic(using=SHOP):
        tasks.finish(SHOP, [held])


def test_a_task_is_tried_again() -> None:
    broken = [True]

    @task(f"{SHOP}.pack")
    @written_in(f"{SHOP}.services")
    def pack() -> None:
        if broken[0]:
            raise ValueError("no tape")
        note("packed", module=SHOP)

    with transaction.atomic(using=SHOP):
        pack.later()
    settle()
    broken[0] = False
    told("retry", SHOP, "tasks", "--parked")
    settle()
    assert notes(SHOP) == ["packed"]


# Giving up


def test_a_row_that_is_given_up_frees_its_stream_and_is_kept_with_the_reason(poison: Poison) -> None:
    given_up = row_of(2)
    lines = told("discard", SHOP, "inbox", str(given_up), "--reason", "the parcel is lost", "--as", "ann")
    assert lines == [f"shipping inbox {given_up} is given up"]
    settle()
    assert notes(SHOP) == ["a1", "b1", "a3"]
    row = look_up(SHOP, "inbox", given_up)
    assert (row.discarded, row.due_at) == ("the parcel is lost", None)
    assert row.finished_at is not None
    assert "is poisoned" in row.error
    assert audit() == [("ann", "discard", "the parcel is lost", given_up)]


def test_giving_up_twice_is_giving_up_once_and_what_is_done_stays_done(poison: Poison) -> None:
    assert discard(SHOP, "inbox", row_of(2), who="ann", reason="lost")
    assert not discard(SHOP, "inbox", row_of(2), who="bob", reason="found")
    assert not discard(SHOP, "inbox", row_of(1), who="bob", reason="found")
    assert retry(SHOP, "inbox", [row_of(2)], who="bob") == []
    assert look_up(SHOP, "inbox", row_of(2)).discarded == "lost"
    assert len(audit()) == 1


def test_whoever_works_on_a_row_that_is_given_up_finds_its_outcome_refused() -> None:
    with transaction.atomic(using=SHOP):
        tasks.add(SHOP, [{"name": "shipping.nothing", "arguments": "[]"}])
    (held,) = tasks.claim(SHOP, owner="worker", limit=1)
    assert discard(SHOP, "tasks", held.pk, who="ann", reason="it hangs")
    with pytest.raises(LeaseLost):
        tasks.retry_later(SHOP, held, error=ValueError(), wait=0)
    assert tasks.claim(SHOP, owner="other", limit=1) == []


def test_an_event_that_cannot_be_delivered_can_be_given_up() -> None:
    listen(lambda event: note(f"{event.parcel}{event.step}", module=SHOP))
    move("a1", "a2")
    first = OutboxRow.objects.using(HOME).earliest("pk").pk
    assert discard(HOME, "outbox", first, who="ann", reason="nobody wants it")
    settle()
    assert notes(SHOP) == ["a2"]


# Several operators


def test_of_many_who_retry_a_row_at_once_one_does(poison: Poison) -> None:
    ids = [row_of(2)]
    ended = at_once(6, lambda number: retry(SHOP, "inbox", ids, who=f"operator {number}"))
    assert sorted(map(str, ended)) == sorted(["[]"] * 5 + [str(ids)])
    assert len(audit()) == 1


def test_of_many_who_deal_with_a_row_at_once_each_sees_what_the_one_before_did(poison: Poison) -> None:
    row_id = row_of(2)

    def deal(number: int) -> object:
        if number % 2:
            return bool(retry(SHOP, "inbox", [row_id], who="ann"))
        return discard(SHOP, "inbox", row_id, who="bob", reason="lost")

    ended = at_once(6, deal)
    assert [error for error in ended if isinstance(error, Exception)] == []
    verbs = [verb for _, verb, _, _ in audit()]
    assert verbs in (["discard"], ["retry", "discard"])
    assert ended.count(True) == len(verbs)
    assert look_up(SHOP, "inbox", row_id).discarded == "lost"


# Sagas


class Stuck(Refusal, says="It is stuck.", status=409, code="specimen.stuck"):
    """Will not come off."""


class Process:
    """The saga `shipping.pack` over a task row: a step that can be undone, the pivot, a step that must be done."""

    def __init__(self) -> None:
        self.do: Callable[[], object] = list
        self.undo: Callable[[], object] = list
        self.after: Callable[[], object] = list
        self.saga: Saga[TaskRow] = Saga("shipping.wrap", subject=TaskRow)
        self._declare(self.saga)

    def _declare(self, saga: Saga[TaskRow]) -> None:
        @saga.local(needs_no_undo="nothing to undo")
        @written_in(f"{SHOP}.sagas")
        def begin(subject: TaskRow) -> None:
            """Nothing."""

        @saga.remote
        @written_in(f"{SHOP}.sagas")
        def wrap(subject: TaskRow) -> None:
            note("wrap", module=SHOP)

        @wrap.undo
        @written_in(f"{SHOP}.sagas")
        def unwrap(subject: TaskRow) -> None:
            self.undo()
            note("unwrap", module=SHOP)

        @saga.remote(needs_no_undo="nothing to undo")
        @written_in(f"{SHOP}.sagas")
        def weigh(subject: TaskRow) -> None:
            self.do()

        @saga.local(pivot=True)
        @written_in(f"{SHOP}.sagas")
        def close(subject: TaskRow) -> None:
            note("close", module=SHOP)

        @saga.remote
        @written_in(f"{SHOP}.sagas")
        def label(subject: TaskRow) -> None:
            self.after()
            note("label", module=SHOP)

    def run(self) -> SagaRow:
        with transaction.atomic(using=SHOP):
            self.saga.start(TaskRow.objects.using(SHOP).create(name="specimen.subject", arguments="[]"))
        settle()
        return self.row()

    def row(self) -> SagaRow:
        return SagaRow.objects.using(SHOP).get()


@pytest.fixture
def process() -> Process:
    return Process()


def fail(error: Exception) -> Callable[[], object]:
    def raising() -> None:
        raise error

    return raising


def test_a_run_that_was_parked_past_its_pivot_goes_on(process: Process) -> None:
    process.after = fail(ValueError("no ink"))
    assert process.run().state == "parked"
    process.after = list
    told("retry", SHOP, "sagas", "--parked")
    settle()
    assert process.row().state == "completed"
    assert notes(SHOP) == ["wrap", "close", "label"]


def test_a_run_whose_undo_was_parked_is_undone(process: Process) -> None:
    process.do, process.undo = fail(Stuck()), fail(Stuck())
    assert process.run().state == "parked"
    process.undo = list
    told("retry", SHOP, "sagas", "--parked")
    settle()
    row = process.row()
    assert (row.state, row.failure_code) == ("undone", "specimen.stuck")
    assert notes(SHOP) == ["wrap", "unwrap"]


def test_inspecting_a_run_shows_its_steps(process: Process) -> None:
    process.do, process.undo = fail(Stuck()), fail(Stuck())
    lines = told("inspect", SHOP, "sagas", str(process.run().pk))
    assert any(line.startswith("  do weigh: refused, try 1, since ") for line in lines)
    assert any(line.startswith("  undo wrap: parked, try 1, since ") for line in lines)


def test_a_run_can_be_given_up_only_when_it_is_parked(process: Process) -> None:
    process.after = fail(ValueError("no ink"))
    run = process.run()
    SagaRow.objects.using(SHOP).update(parked_at=None, due_at="2999-01-01T00:00:00Z")
    with pytest.raises(NotParked):
        discard(SHOP, "sagas", run.pk, who="ann", reason="wound up by hand")
    SagaRow.objects.using(SHOP).update(parked_at=F("created_at"), due_at=None)
    assert discard(SHOP, "sagas", run.pk, who="ann", reason="wound up by hand")


# The audit


def test_the_audit_is_shown_by_module_with_the_latest_last(poison: Poison) -> None:
    retry(SHOP, "inbox", [row_of(2)], who="ann")
    settle()
    discard(SHOP, "inbox", row_of(2), who="bob", reason="lost")
    first, last = told("audit", SHOP)
    assert " ann: retry shipping inbox " in first
    assert " bob: discard shipping inbox " in last
    assert last.endswith("(lost)")
    assert told("audit", SHOP, "--last", "1") == [last]
    assert told("audit", "orders") == []


def test_who_does_it_is_the_user_of_the_system_unless_told(poison: Poison, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "carol")
    told("retry", SHOP, "inbox", "--parked")
    assert audit()[0][0] == "carol"


def test_a_deed_that_is_rolled_back_is_not_in_the_audit(poison: Poison) -> None:
    with transaction.atomic(using=SHOP):
        retry(SHOP, "inbox", [row_of(2)], who="ann")
        transaction.set_rollback(True, using=SHOP)
    assert audit() == []
    assert len(parked()) == 1


def test_lines_of_the_audit_are_neither_changed_nor_removed(poison: Poison) -> None:
    retry(SHOP, "inbox", [row_of(2)], who="ann")
    line = AuditLine.objects.using(SHOP).get()
    for deed in (line.save, line.delete, AuditLine.objects.using(SHOP).all().delete):
        with pytest.raises(Rewritten):
            deed()


@pytest.mark.postgres_only
@pytest.mark.parametrize("statement", ["UPDATE tearline_audit SET who = 'nobody'", "DELETE FROM tearline_audit"])
def test_the_role_that_serves_cannot_change_the_audit(poison: Poison, statement: str) -> None:
    retry(SHOP, "inbox", [row_of(2)], who="ann")
    with pytest.raises(ProgrammingError, match="permission denied"), connections[SHOP].cursor() as cursor:
        cursor.execute(statement)


def test_looking_for_what_is_not_there_is_refused() -> None:
    with pytest.raises(NoSuchWork):
        look_up(SHOP, "inbox", 404)
