"""Operators skip a step of a saga, say what became of one, or turn a run back: once, in writing, never half-way."""

import io
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connections, transaction
from pytest_django import Settings

from tearline.models import AuditLine, SagaRow, SagaStepRow, TaskRow
from tearline.sagas import NoWayBack, Saga
from tearline.sagas import _intervening as intervening
from tearline.sagas import _journal as journal
from tearline.sagas._intervening import NoSuchStep, NotSo, resolve, skip, undo
from tearline.testing import settle, written_in
from tearline.work import LeaseLost
from tearline.work._operating import NoSuchWork, discard, retry
from tests.tearline.specimen import at_once, carry, notes
from tests.tearline.trip import HOME, LOST, REFUSED, Trip, run

pytestmark = pytest.mark.usefixtures("declarations")

Deed = Callable[[], bool]


def told(*arguments: str) -> list[str]:
    """What `manage.py work` prints."""
    out = io.StringIO()
    call_command("work", *arguments, stdout=out)
    return out.getvalue().splitlines()


def audit() -> list[tuple[str, str, str, str]]:
    lines = AuditLine.objects.using(HOME).order_by("pk")
    return [(line.who, line.verb, line.what.partition(": ")[2], line.reason) for line in lines]


def journalled(step: str, direction: str = "do") -> SagaStepRow:
    return SagaStepRow.objects.using(HOME).get(name=step, direction=direction)


def everything() -> list[object]:
    """All that is kept of the run, the audit too."""
    models = (SagaRow, SagaStepRow, AuditLine)
    return [row for model in models for row in model._default_manager.using(HOME).order_by("pk").values()]


def subject() -> TaskRow:
    return TaskRow.objects.using(HOME).get(name="specimen.trip")


def skipping(step: str) -> bool:
    return skip(HOME, run().pk, step, who="ann", reason="done by hand")


def resolving(step: str, *, done: bool) -> bool:
    return resolve(HOME, run().pk, step, done=done, who="ann", reason="the hotel says so")


def undoing() -> bool:
    return undo(HOME, run().pk, who="ann", reason="the guest called")


DEEDS: dict[str, Deed] = {
    "skip": lambda: skipping("book"),
    "done": lambda: resolving("book", done=True),
    "not done": lambda: resolving("book", done=False),
    "undo": undoing,
}
"""What an operator may do while nobody knows what became of `book`."""

ENDS = {
    "skip": ("completed", ["pay", "leave", "arrive"]),
    "done": ("completed", ["pay", "leave", "arrive"]),
    "not done": ("undone", ["unpack"]),
    "undo": ("undone", ["unbook", "unpack"]),
}
"""How the run ends then, and what is done from there on."""

each_deed = pytest.mark.parametrize("deed", DEEDS)


@pytest.fixture
def trip() -> Trip:
    return Trip()


@pytest.fixture
def patient(settings: Settings) -> None:
    """What fails rests for an hour."""
    settings.TEARLINE_RETRY = {"first": 3600.0, "cap": 3600.0, "tries": 6}


@pytest.fixture
def resting(trip: Trip, patient: None) -> Trip:
    """A run whose booking got no answer, and is asked for again in a while."""
    trip.failures["book"] = [LOST]
    trip.step("book").deadline = timedelta(days=1)
    assert trip.ended() == "running"
    return trip


@pytest.fixture
def stuck(trip: Trip) -> Trip:
    """A run that is parked past its pivot, as it cannot arrive."""
    trip.failures["arrive"] = [LOST] * 6
    assert trip.ended() == "parked"
    return trip


@pytest.fixture
def stuck_on_the_way_back(trip: Trip) -> Trip:
    """A run that is parked on its way back: nobody knows what became of the booking, and it cannot be unbooked."""
    trip.step("book").deadline = timedelta(0)
    trip.failures |= {"book": [LOST], "unbook": [REFUSED]}
    assert trip.ended() == "parked"
    assert trip.log == ["pack", "book", "unbook", "unpack"]
    return trip


@pytest.fixture
def stuck_between_two_steps(trip: Trip, monkeypatch: pytest.MonkeyPatch) -> Trip:
    """A run that is parked before it could go on to book, as the database was away."""

    def gone(alias: str, row: SagaRow) -> None:
        raise OperationalError("gone away")

    with monkeypatch.context() as patch:
        patch.setattr(journal, "hold", gone)
        assert trip.ended() == "parked"
    return trip


# What each does


@each_deed
def test_a_resting_run_goes_on_at_once_as_the_operator_said(resting: Trip, deed: str) -> None:
    assert DEEDS[deed]()
    settle()
    state, rest = ENDS[deed]
    assert (run().state, resting.log) == (state, ["pack", "book", *rest])


@pytest.mark.parametrize("deed", ["skip", "done"])
def test_what_an_operator_says_of_a_step_is_no_answer_of_its_facade(resting: Trip, deed: str) -> None:
    assert DEEDS[deed]()
    settle()
    answered = {name: resting.saga.was_answered(subject(), resting.step(name)) for name in ("book", "pay")}
    assert answered == {"book": False, "pay": True}


def test_what_was_not_asked_for_yet_or_got_no_answer_was_not_answered(resting: Trip) -> None:
    def answered() -> list[str]:
        return [name for name in ("book", "pay") if resting.saga.was_answered(subject(), resting.step(name))]

    assert answered() == []
    undoing()
    settle()
    assert (resting.log, answered()) == (["pack", "book", "unbook", "unpack"], [])


def test_a_step_that_was_skipped_is_not_undone(resting: Trip) -> None:
    resting.failures["leave"] = [REFUSED]
    skipping("book")
    settle()
    assert run().state == "undone"
    assert resting.log == ["pack", "book", "pay", "leave", "refund", "unpack"]


def test_a_step_that_an_operator_knows_to_be_done_is_undone_on_the_way_back(resting: Trip) -> None:
    resting.failures["leave"] = [REFUSED]
    resolving("book", done=True)
    settle()
    assert run().state == "undone"
    assert resting.log == ["pack", "book", "pay", "leave", "refund", "unbook", "unpack"]


@pytest.mark.parametrize(("deed", "code"), [("not done", "tearline.not_done"), ("undo", "tearline.undone_by_operator")])
def test_the_subject_hears_that_an_operator_turned_it_back_and_not_the_reason(
    resting: Trip, deed: str, code: str
) -> None:
    DEEDS[deed]()
    settle()
    (why,) = resting.whys
    assert why.code == code
    assert "operator" in why.detail
    assert not any(reason in why.detail for *_, reason in audit())


def test_a_run_that_is_being_cancelled_is_turned_back_for_the_reason_of_who_cancelled_it(resting: Trip) -> None:
    resting.cancel(subject())
    assert undoing()
    settle()
    assert [why.code for why in resting.whys] == ["specimen.on_request"]


def test_a_parked_run_goes_on_without_the_step_that_was_skipped(stuck: Trip) -> None:
    tried = stuck.log.count("arrive")
    assert skipping("arrive")
    settle()
    assert (run().state, run().parked_at, run().due_at) == ("completed", None, None)
    assert stuck.log.count("arrive") == tried


def test_a_parked_run_goes_on_when_an_operator_knows_that_the_step_was_done(stuck: Trip) -> None:
    tried = stuck.log.count("arrive")
    assert resolving("arrive", done=True)
    settle()
    assert run().state == "completed"
    assert stuck.log.count("arrive") == tried


@pytest.mark.parametrize("deed", ["skip", "not done"])
def test_a_run_that_is_parked_on_its_way_back_ends_without_the_undo_that_is_not_needed(
    stuck_on_the_way_back: Trip, deed: str
) -> None:
    assert DEEDS[deed]()
    settle()
    assert run().state == "undone"
    assert stuck_on_the_way_back.log == ["pack", "book", "unbook", "unpack"]
    assert (journalled("book", "undo").state, journalled("book", "undo").operator) == ("skipped", "ann")


def test_what_was_done_after_all_is_still_to_be_undone(stuck_on_the_way_back: Trip) -> None:
    assert resolving("book", done=True)
    settle()
    assert (run().state, journalled("book", "undo").state) == ("parked", "parked")
    retry(HOME, "sagas", [run().pk], who="ann")
    settle()
    assert run().state == "undone"
    assert stuck_on_the_way_back.log[-1] == "unbook"


def test_one_of_two_undos_that_wait_for_an_operator_can_be_skipped(trip: Trip) -> None:
    trip.failures |= {"leave": [REFUSED], "unbook": [REFUSED], "refund": [REFUSED]}
    assert trip.ended() == "parked"
    skipping("pay")
    settle()
    assert (run().state, journalled("book", "undo").state) == ("parked", "parked")
    skipping("book")
    settle()
    assert run().state == "undone"
    assert trip.log == ["pack", "book", "pay", "leave", "refund", "unbook", "unpack"]


def test_a_run_that_is_parked_between_two_steps_can_be_turned_back(stuck_between_two_steps: Trip) -> None:
    assert undoing()
    settle()
    assert run().state == "undone"
    assert stuck_between_two_steps.log == ["pack", "unpack"]


def test_a_run_that_is_parked_between_two_steps_can_go_on_without_the_next(stuck_between_two_steps: Trip) -> None:
    assert skipping("book")
    settle()
    assert run().state == "completed"
    assert stuck_between_two_steps.log == ["pack", "pay", "leave", "arrive"]


def test_who_skips_the_pivot_has_passed_it(trip: Trip, patient: None) -> None:
    trip.failures |= {"leave": [LOST], "arrive": [REFUSED]}
    trip.ended()
    skipping("leave")
    settle()
    with pytest.raises(NoWayBack, match="has passed its pivot"):
        undoing()
    with pytest.raises(NoWayBack):
        trip.cancel(subject())
    assert trip.log == ["pack", "book", "pay", "leave", "arrive"]


def test_what_is_waited_for_can_be_skipped(db: None) -> None:
    @written_in(f"{HOME}.sagas")
    def go(_subject: TaskRow) -> None:
        """Nothing."""

    @written_in(f"{HOME}.sagas")
    def rain_has_stopped(_subject: TaskRow) -> bool:
        return False

    saga = Saga("orders.stroll", subject=TaskRow)
    saga.local(needs_no_undo="nothing is kept")(go)
    saga.wait(deadline=timedelta(hours=1))(rain_has_stopped)
    with transaction.atomic(using=HOME):
        saga.start(TaskRow.objects.using(HOME).create(name="specimen.stroll"))
    settle()
    assert run().state == "running"
    skipping("rain_has_stopped")
    settle()
    assert run().state == "completed"


# Again


@each_deed
def test_the_second_time_nothing_is_done(resting: Trip, deed: str) -> None:
    assert DEEDS[deed]()
    before = everything()
    assert not DEEDS[deed]()
    assert everything() == before
    settle()
    before = everything()
    assert not DEEDS[deed]()
    assert everything() == before


@each_deed
def test_of_many_operators_who_do_the_same_at_once_one_does(resting: Trip, deed: str) -> None:
    ended = at_once(5, lambda _number: DEEDS[deed]())
    assert sorted(map(str, ended)) == ["False"] * 4 + ["True"]
    assert len(audit()) == 1


def test_of_operators_who_contradict_each_other_the_first_is_obeyed(resting: Trip) -> None:
    ended = at_once(6, lambda number: resolving("book", done=number % 2 == 0))
    assert ended.count(True) == 1
    assert sum(isinstance(answer, NotSo) for answer in ended) == 3
    assert len(audit()) == 1


@each_deed
def test_what_is_rolled_back_is_neither_in_the_journal_nor_in_the_audit(resting: Trip, deed: str) -> None:
    before = everything()
    with transaction.atomic(using=HOME):
        DEEDS[deed]()
        transaction.set_rollback(True, using=HOME)
    assert everything() == before


@each_deed
def test_what_cannot_be_written_into_the_audit_is_not_done(
    resting: Trip, deed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(intervening, "record", full)
    before = everything()
    with pytest.raises(OSError, match="disk full"):
        DEEDS[deed]()
    assert everything() == before


# While a worker is at it


@each_deed
@pytest.mark.parametrize("failures", [[], [LOST], [REFUSED]], ids=["done", "lost", "refused"])
def test_a_worker_that_is_at_it_just_then_finds_its_outcome_refused(
    trip: Trip, deed: str, failures: list[BaseException], patient: None
) -> None:
    seen: list[object] = []

    def step_in(_subject: TaskRow) -> None:
        trip.meanwhile.clear()
        seen.extend(at_once(1, lambda _number: (DEEDS[deed](), everything())))

    trip.failures["book"], trip.meanwhile["book"] = list(failures), step_in
    trip.start()
    assert carry("sagas", HOME, "worker") == 1
    assert seen == [(True, everything())]  # not a word since
    assert (trip.log, run().owner) == (["pack", "book"], None)
    settle()
    state, rest = ENDS[deed]
    assert (run().state, trip.log) == (state, ["pack", "book", *rest])


@each_deed
def test_a_worker_that_has_the_run_and_did_not_begin_with_it_cannot_any_more(resting: Trip, deed: str) -> None:
    retry(HOME, "sagas", [run().pk], who="bob")
    (held,) = journal.queue.claim(HOME, owner="worker", limit=1)
    assert DEEDS[deed]()
    with pytest.raises(LeaseLost), transaction.atomic(using=HOME):
        journal.hold(HOME, held, got_on=False)


def test_an_operator_waits_until_a_local_step_is_over_and_sees_what_came_of_it(trip: Trip) -> None:
    """The run passes its pivot at that moment, so it is too late to turn back."""
    answers: list[object] = []

    def turn_back() -> None:
        try:
            answers.append(undoing())
        except NoWayBack as error:
            answers.append(error)
        finally:
            connections.close_all()

    operator = threading.Thread(target=turn_back)

    def step_in(_subject: TaskRow) -> None:
        operator.start()
        operator.join(0.5)
        assert operator.is_alive()  # it waits for the step's transaction

    trip.meanwhile["leave"] = step_in
    assert trip.ended() == "completed"
    operator.join(20)
    assert [type(answer) for answer in answers] == [NoWayBack]
    assert notes(HOME) == ["pack", "leave"]


# What cannot be


def test_after_the_pivot_there_is_no_way_back(stuck: Trip) -> None:
    before = everything()
    for deed in (undoing, lambda: resolving("arrive", done=False)):
        with pytest.raises(NoWayBack, match="has passed its pivot, from where there is only forward: retry or skip"):
            deed()
    assert everything() == before


def test_what_is_done_is_not_skipped(stuck: Trip) -> None:
    with pytest.raises(NotSo, match="pay is done: what is done can only be undone"):
        skipping("pay")


def test_a_step_is_not_skipped_before_its_turn(resting: Trip) -> None:
    with pytest.raises(NotSo, match="not the turn of leave yet, but of book"):
        skipping("leave")


def test_on_the_way_back_only_what_is_left_to_undo_is_skipped(stuck_on_the_way_back: Trip) -> None:
    for step in ("pack", "pay"):
        with pytest.raises(NotSo, match=f"of {step} nothing is left to undo"):
            skipping(step)


def test_there_must_be_a_doubt_to_resolve(resting: Trip) -> None:
    with pytest.raises(NotSo, match="no doubt about pay: it is not begun"):
        resolving("pay", done=True)
    with pytest.raises(NotSo, match="pack is a local step, and leaves no doubt"):
        resolving("pack", done=False)
    skipping("book")
    with pytest.raises(NotSo, match="no doubt about book: it is skipped"):
        resolving("book", done=True)


def test_a_run_that_is_completed_stays_completed(trip: Trip) -> None:
    trip.ended()
    for deed in (undoing, lambda: skipping("arrive"), lambda: resolving("arrive", done=False)):
        with pytest.raises((NoWayBack, NotSo), match="has ended as completed"):
            deed()


def test_a_run_that_is_undone_stays_undone(trip: Trip) -> None:
    trip.failures["pay"] = [REFUSED]
    trip.ended()
    for deed in ("skip", "not done"):
        with pytest.raises(NotSo, match="has ended as undone"):
            DEEDS[deed]()
    assert not undoing()


def test_a_run_that_was_given_up_stays_given_up(stuck_on_the_way_back: Trip) -> None:
    discard(HOME, "sagas", run().pk, who="bob", reason="wound up")
    for deed in DEEDS.values():
        with pytest.raises((NoWayBack, NotSo), match="was given up"):
            deed()


def test_who_names_no_run_or_step_is_told_which_there_are(resting: Trip) -> None:
    with pytest.raises(NoSuchWork, match="no row 404 in sagas of orders"):
        undo(HOME, 404, who="ann", reason="")
    with pytest.raises(NoSuchStep, match="has no step fly: there are pack, book, pay, leave, arrive"):
        skipping("fly")
    SagaRow.objects.using(HOME).update(version=7)
    with pytest.raises(NoSuchStep, match=r"no saga is named orders\.trip, version 7"):
        undoing()


# What is told of it


def test_the_audit_says_who_did_what_and_why(resting: Trip) -> None:
    resolving("book", done=True)
    undoing()
    assert audit() == [
        ("ann", "resolve", "book was done", "the hotel says so"),
        ("ann", "undo", "", "the guest called"),
    ]


def test_the_history_says_who_did_what_and_why(resting: Trip) -> None:
    skipping("book")
    settle()
    lines = resting.saga.history(subject())
    assert [(line.name, line.state, line.operator, line.why) for line in lines[:3]] == [
        ("pack", "done", "", ""),
        ("book", "skipped", "ann", "done by hand"),
        ("pay", "done", "", ""),
    ]


def test_the_journal_says_which_worker_did_each_step(trip: Trip) -> None:
    trip.start()
    carry("sagas", HOME, "worker of the day")
    workers = SagaStepRow.objects.using(HOME).order_by("pk").values_list("name", "worker")
    assert dict(workers) == {"pack": "outside"} | dict.fromkeys(["book", "pay", "leave", "arrive"], "worker of the day")


def test_inspecting_a_run_tells_until_when_a_step_is_tried_and_who_did_what(resting: Trip) -> None:
    SagaStepRow.objects.using(HOME).filter(name="book").update(worker="host:1:a", started_at="2026-11-01T10:00Z")
    lines = told("inspect", HOME, "sagas", str(run().pk))
    assert "  do book: failing, try 1, since 2026-11-01T10:00:00Z, until 2026-11-02T10:00:00Z, by host:1:a" in lines
    skipping("book")
    lines = told("inspect", HOME, "sagas", str(run().pk))
    begins = lines.index("  do book: skipped, try 1, since 2026-11-01T10:00:00Z, by ann")
    assert lines[begins + 1] == "  done by hand"
    assert " ann: skip orders sagas " in lines[-1]


def test_past_the_pivot_no_end_of_trying_is_told_as_there_is_none(stuck: Trip) -> None:
    (line,) = [line for line in told("inspect", HOME, "sagas", str(run().pk)) if "do arrive" in line]
    assert "until" not in line


# By hand


def test_verbs_are_typed_like_the_others(resting: Trip) -> None:
    row, why = str(run().pk), ("--reason", "x", "--as", "ann")
    typed = [("skip", HOME, "sagas", row, "book", *why), ("undo", HOME, "sagas", row, *why)]
    assert [told(*each) for each in typed for _ in range(2)] == [
        [f"orders sagas {row}: book is skipped"],
        [f"orders sagas {row}: book is left alone: it is skipped already"],
        [f"orders sagas {row} turns back"],
        [f"orders sagas {row} is left alone: it turns back already, or is undone"],
    ]
    assert [line[1] for line in audit()] == ["skip", "undo"]


@pytest.mark.parametrize(("outcome", "says"), [("--done", "done"), ("--not-done", "not done")])
def test_what_became_of_a_step_is_typed_too(resting: Trip, outcome: str, says: str) -> None:
    typed = ("resolve", HOME, "sagas", str(run().pk), "book", outcome, "--reason", "x")
    assert told(*typed) == [f"orders sagas {run().pk}: book counts as {says}"]
    assert told(*typed) == [f"orders sagas {run().pk}: book is left alone: that is known already"]
    assert audit()[0][2] == f"book was {says}"


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (("skip", HOME, "sagas", "404", "book", "--reason", "x"), "no row 404 in sagas of orders"),
        (("skip", HOME, "tasks", "1", "book", "--reason", "x"), "invalid choice: 'tasks'"),
        (("skip", HOME, "sagas", "1", "book"), "--reason"),
        (("undo", HOME, "sagas", "1"), "--reason"),
        (("undo", "returns", "sagas", "1", "--reason", "x"), "not hosted by this process: returns"),
        (("resolve", HOME, "sagas", "1", "book", "--reason", "x"), "one of the arguments --done --not-done"),
        (("resolve", HOME, "sagas", "1", "book", "--done", "--not-done", "--reason", "x"), "not allowed with"),
    ],
)
def test_what_cannot_be_done_is_said(arguments: tuple[str, ...], fault: str) -> None:
    with pytest.raises(CommandError, match=fault):
        told(*arguments)


@pytest.mark.parametrize(
    ("verb", "step", "fault"),
    [
        ("undo", [], "has passed its pivot"),
        ("skip", ["pay"], "pay is done"),
        ("skip", ["fly"], "has no step fly"),
    ],
)
def test_what_a_run_does_not_allow_is_said_in_a_sentence(stuck: Trip, verb: str, step: list[str], fault: str) -> None:
    with pytest.raises(CommandError, match=fault):
        told(verb, HOME, "sagas", str(run().pk), *step, "--reason", "x")
