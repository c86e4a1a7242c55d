"""A saga goes forward or is undone, whatever fails on the way."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, OperationalError, transaction
from pytest_django import Settings

from tearline.databases import LAZILY
from tearline.models import SagaRow, SagaStepRow, TaskRow
from tearline.resilience import NotAsked
from tearline.sagas import NoWayBack, Saga, SagaError, Why
from tearline.sagas import _journal as journal
from tearline.sagas._journal import queue
from tearline.testing import settle, written_in
from tearline.work._operating import retry
from tests.tearline.specimen import at_once, carry, notes
from tests.tearline.trip import DONE, HOME, LOST, ON_REQUEST, PUT_OFF, REFUSED, Died, FullyBooked, Trip, run

pytestmark = pytest.mark.usefixtures("declarations")


@pytest.fixture
def trip() -> Trip:
    made = Trip()
    made.saga.validate()
    return made


def undone_from(step: str) -> list[str]:
    """The steps that are undone, in reverse, when what stands before this step was done."""
    undos = {"pack": "unpack", "book": "unbook", "pay": "refund"}
    return [undos[done] for done in reversed(DONE[: DONE.index(step)]) if done in undos]


# Forward


def test_all_goes_well(trip: Trip) -> None:
    assert trip.ended() == "completed"
    assert trip.log == DONE
    assert notes(HOME) == ["pack", "leave"]
    assert (run().due_at, run().owner, run().parked_at) == (None, None, None)


def test_remote_steps_call_with_no_transaction_open_and_local_ones_in_their_own(trip: Trip) -> None:
    trip.ended()
    told = [(name, opened) for name, _, opened in trip.seen]
    assert told == [("pack", [HOME]), ("book", []), ("pay", []), ("leave", [HOME]), ("arrive", [])]
    assert {who for _, who, _ in trip.seen[1:]} == {HOME}


def test_what_gets_no_answer_is_asked_again(trip: Trip) -> None:
    trip.failures["book"] = [LOST, ZeroDivisionError("a bug, perhaps after the call"), LOST]
    assert trip.ended() == "completed"
    assert trip.log == ["pack", "book", "book", "book", "book", "pay", "leave", "arrive"]


def test_a_local_step_that_fails_leaves_nothing_and_is_tried_again(trip: Trip) -> None:
    trip.failures["leave"] = [OSError("no train"), OSError("no train")]
    assert trip.ended() == "completed"
    assert notes(HOME) == ["pack", "leave"]


@pytest.mark.postgres_only
@pytest.mark.parametrize("together", [True, False])
def test_nobody_waits_for_the_disk_before_calls_that_could_not_outlive_what_is_written(
    trip: Trip, sent: list[str], monkeypatch: pytest.MonkeyPatch, *, together: bool
) -> None:
    """On one server a crash undoes the later commits first. Elsewhere a step could be done that nobody knows of."""
    monkeypatch.setattr(journal, "on_one_server", lambda _aliases: together)
    assert trip.ended() == "completed"
    journalled = [message for message in sent if "INSERT INTO tearline_saga_step" in message and "COMMIT" in message]
    assert [message.startswith(LAZILY) for message in journalled] == [together] * 3 + [False]


# Back


@pytest.mark.parametrize("refused", ["book", "pay", "leave"])
def test_a_refusal_undoes_exactly_what_was_done_in_reverse(trip: Trip, refused: str) -> None:
    trip.failures[refused] = [REFUSED]
    assert trip.ended() == "undone"
    assert trip.log == [*DONE[: DONE.index(refused) + 1], *undone_from(refused)]
    assert trip.whys == [Why("specimen.fully_booked", "No seat to Rome.")]
    assert notes(HOME) == ["pack", "unpack"]


def test_a_refusal_after_a_lost_answer_says_that_nothing_was_done(trip: Trip) -> None:
    trip.failures["book"] = [LOST, REFUSED]
    assert trip.ended() == "undone"
    assert trip.log == ["pack", "book", "book", "unpack"]


def test_when_the_deadline_passes_the_unknown_step_is_undone_too(trip: Trip) -> None:
    trip.step("pay").deadline = timedelta(seconds=1)
    trip.failures["pay"] = [LOST] * 1000
    assert trip.ended() == "undone"
    assert trip.log.count("pay") > 1
    assert [name for name in trip.log if name != "pay"] == ["pack", "book", "refund", "unbook", "unpack"]
    assert trip.whys[0].code == "tearline.deadline_passed"
    assert "no answer from Rome" in trip.whys[0].detail


def test_when_a_local_step_never_works_what_stands_before_it_is_undone(trip: Trip) -> None:
    trip.step("leave").deadline = timedelta(seconds=0.1)
    trip.failures["leave"] = [OSError("no train")] * 1000
    assert trip.ended() == "undone"
    assert [name for name in trip.log if name != "leave"] == ["pack", "book", "pay", "refund", "unbook", "unpack"]
    assert notes(HOME) == ["pack", "unpack"]


def test_a_local_step_that_never_worked_is_not_undone_itself(trip: Trip) -> None:
    trip.saga.steps[1:] = [trip.step("pay")]
    trip.step("pay").kind = "local"
    trip.step("pay").deadline = timedelta(seconds=0.1)
    trip.failures["pay"] = [OSError("no purse")] * 1000
    assert trip.ended() == "undone"
    assert [name for name in trip.log if name != "pay"] == ["pack", "unpack"]


def test_a_failing_undo_does_not_stop_the_others_and_is_tried_again(trip: Trip) -> None:
    trip.failures["pay"] = [REFUSED]
    trip.failures["unbook"] = [LOST, LOST]
    assert trip.ended() == "undone"
    assert trip.log == ["pack", "book", "pay", "unbook", "unpack", "unbook", "unbook"]


def test_a_failing_local_undo_leaves_nothing_and_is_tried_again(trip: Trip) -> None:
    trip.failures["book"] = [REFUSED]
    trip.failures["unpack"] = [OSError("stuck")]
    assert trip.ended() == "undone"
    assert notes(HOME) == ["pack", "unpack"]


def test_an_undo_that_fails_for_ever_is_parked_with_the_traceback(trip: Trip) -> None:
    trip.failures["pay"] = [REFUSED]
    trip.failures["unbook"] = [LOST] * 1000
    assert trip.ended() == "parked"
    assert trip.log.count("unbook") == 6
    assert trip.log.count("unpack") == 1
    assert "no answer from Rome" in run().error
    assert run().due_at is None
    fates = SagaStepRow.objects.using(HOME).filter(direction="undo").values_list("name", "state")
    assert set(fates) == {("book", "parked"), ("pack", "done")}


def test_an_undo_that_is_put_off_waits_and_is_never_given_up_for_that(trip: Trip) -> None:
    trip.failures["pay"] = [REFUSED]
    trip.failures["unbook"] = [*[LOST] * 5, *[PUT_OFF] * 20]
    assert trip.ended() == "undone"
    assert trip.log.count("unbook") == 26


def test_an_undo_comes_back_when_it_is_told_to(trip: Trip, settings: Settings) -> None:
    settings.TEARLINE_RETRY = {"first": 0.005, "cap": 60.0, "tries": 6}
    trip.failures["pay"] = [REFUSED]
    trip.failures["unbook"] = [NotAsked("Rome", "circuit open", retry_after=20)]
    trip.ended()
    assert 19 < (queue.next_due(HOME) or 0) <= 30


def test_a_refused_undo_waits_for_an_operator_at_once(trip: Trip) -> None:
    trip.failures["pay"] = [REFUSED]
    trip.failures["unbook"] = [REFUSED]
    assert trip.ended() == "parked"
    assert trip.log == ["pack", "book", "pay", "unbook", "unpack"]


# Past the pivot


@pytest.mark.parametrize("failures", [[LOST, LOST], [REFUSED, REFUSED]])
def test_past_the_pivot_there_is_only_forward(trip: Trip, failures: list[BaseException]) -> None:
    trip.failures["arrive"] = list(failures)
    assert trip.ended() == "completed"
    assert trip.log == [*DONE, "arrive", "arrive"]


def test_what_never_works_past_the_pivot_is_parked_and_not_undone(trip: Trip) -> None:
    trip.failures["arrive"] = [REFUSED] * 1000
    assert trip.ended() == "parked"
    assert trip.log == [*DONE, *["arrive"] * 5]
    assert "No seat to Rome." in run().error


def test_past_the_pivot_what_is_put_off_goes_on_some_time(trip: Trip) -> None:
    trip.failures["arrive"] = [*[LOST] * 4, *[PUT_OFF] * 20]
    assert trip.ended() == "completed"
    assert trip.log == [*DONE, *["arrive"] * 24]


def test_a_step_that_is_put_off_is_undone_all_the_same_when_its_deadline_passes(trip: Trip) -> None:
    trip.step("book").deadline = timedelta(0)
    trip.failures["book"] = [PUT_OFF] * 20
    assert trip.ended() == "undone"


# Cancelling


def test_a_saga_can_be_cancelled_before_it_goes_on(trip: Trip) -> None:
    subject = trip.start()
    trip.cancel(subject)
    trip.cancel(subject)
    settle()
    assert trip.saga.state_of(subject) == "undone"
    assert trip.log == ["pack", "unpack"]
    assert trip.whys == [ON_REQUEST]


def test_a_saga_that_rests_turns_back_at_once(trip: Trip, settings: Settings) -> None:
    settings.TEARLINE_RETRY = {"first": 3600.0, "cap": 3600.0, "tries": 6}
    trip.failures["book"] = [LOST]
    subject = trip.start()
    settle()
    assert queue.claimable(HOME, limit=1) == 0
    trip.cancel(subject)
    settle()
    assert trip.saga.state_of(subject) == "undone"
    assert trip.log == ["pack", "book", "unbook", "unpack"]


@pytest.mark.parametrize("failures", [[], [LOST]])
def test_a_saga_that_is_cancelled_in_the_middle_of_a_call_undoes_that_too(
    trip: Trip, failures: list[BaseException], settings: Settings
) -> None:
    settings.TEARLINE_RETRY = {"first": 3600.0, "cap": 3600.0, "tries": 6}  # it turns back without a rest
    trip.meanwhile["book"] = lambda subject: at_once(1, lambda _number: trip.cancel(subject))
    trip.failures["book"] = failures
    assert trip.ended() == "undone"
    assert trip.log == ["pack", "book", "unbook", "unpack"]
    assert trip.whys == [ON_REQUEST]


def test_past_the_pivot_a_saga_cannot_be_cancelled(trip: Trip) -> None:
    told: list[object] = []
    trip.meanwhile["arrive"] = lambda subject: told.extend(at_once(1, lambda _number: trip.cancel(subject)))
    assert trip.ended() == "completed"
    assert [type(answer) for answer in told] == [NoWayBack]


@pytest.mark.parametrize("refused", [None, "book"])
def test_a_saga_that_has_ended_cannot_be_cancelled(trip: Trip, refused: str | None) -> None:
    trip.failures[refused or ""] = [REFUSED]
    subject = trip.start()
    settle()
    with pytest.raises(NoWayBack):
        trip.cancel(subject)


def test_cancelling_what_is_turning_back_is_harmless(trip: Trip) -> None:
    trip.failures["pay"] = [REFUSED]
    trip.meanwhile["unbook"] = lambda subject: at_once(1, lambda _number: trip.cancel(subject))
    assert trip.ended() == "undone"
    assert trip.whys == [Why("specimen.fully_booked", "No seat to Rome.")]


# Starting


def test_a_start_rolls_back_with_its_transaction(trip: Trip) -> None:
    with transaction.atomic(using=HOME):
        trip.saga.start(TaskRow.objects.using(HOME).create(name="specimen.trip"))
        transaction.set_rollback(True, using=HOME)
    settle()
    assert trip.log == ["pack"]
    assert notes(HOME) == []
    assert not SagaRow.objects.using(HOME).exists()


def test_a_refused_start_starts_nothing(trip: Trip) -> None:
    trip.failures["pack"] = [REFUSED]
    with pytest.raises(FullyBooked):
        trip.start()
    assert not SagaRow.objects.using(HOME).exists()


def test_a_saga_is_started_in_a_transaction_of_its_module(trip: Trip) -> None:
    subject = TaskRow.objects.using(HOME).create(name="specimen.trip")
    with pytest.raises(SagaError, match="outside a transaction of orders"):
        trip.saga.start(subject)
    assert trip.log == []


def test_a_saga_is_started_once_for_a_subject(trip: Trip) -> None:
    subject = trip.start()
    with pytest.raises(IntegrityError), transaction.atomic(using=HOME):
        trip.saga.start(subject)


# Dying, and losing the lease


@pytest.mark.parametrize("step", ["book", "pay", "leave", "arrive"])
def test_who_died_in_a_step_is_followed_by_somebody_who_goes_on(trip: Trip, step: str) -> None:
    trip.failures[step] = [Died()]
    subject = trip.start()
    with pytest.raises(Died):
        carry("sagas", HOME, "dead")
    queue.expire(HOME, owner="dead")
    settle()
    assert trip.saga.state_of(subject) == "completed"
    assert [name for index, name in enumerate(trip.log) if name not in trip.log[:index]] == DONE
    assert trip.log.count(step) == 2
    assert notes(HOME) == ["pack", "leave"]


def test_who_died_in_an_undo_is_followed_by_somebody_who_goes_on(trip: Trip) -> None:
    trip.failures |= {"pay": [REFUSED], "unbook": [Died()]}
    subject = trip.start()
    with pytest.raises(Died):
        carry("sagas", HOME, "dead")
    queue.expire(HOME, owner="dead")
    settle()
    assert trip.saga.state_of(subject) == "undone"
    assert trip.log == ["pack", "book", "pay", "unbook", "unbook", "unpack"]


def test_who_lost_the_lease_in_the_middle_of_a_call_writes_nothing(trip: Trip, monkeypatch: pytest.MonkeyPatch) -> None:
    def steal(_subject: TaskRow) -> None:
        trip.meanwhile.clear()
        queue.expire(HOME, owner="paused")
        assert queue.claim(HOME, owner="thief", limit=1)

    trip.meanwhile["book"] = steal
    subject = trip.start()
    assert carry("sagas", HOME, "paused") == 1
    step = SagaStepRow.objects.using(HOME).get(name="book")
    assert (step.state, run().owner, trip.log) == ("started", "thief", ["pack", "book"])
    queue.expire(HOME, owner="thief")
    settle()
    assert trip.saga.state_of(subject) == "completed"
    assert trip.log == ["pack", "book", "book", "pay", "leave", "arrive"]


def stumbling(monkeypatch: pytest.MonkeyPatch, failures: list[Exception]) -> None:
    """The database fails so often between two steps."""
    hold = journal.hold

    def fail(alias: str, row: SagaRow, *, got_on: bool) -> None:
        if failures:
            raise failures.pop()
        hold(alias, row, got_on=got_on)

    monkeypatch.setattr(journal, "hold", fail)


def test_a_saga_outlives_a_database_that_fails_now_and_then(trip: Trip, monkeypatch: pytest.MonkeyPatch) -> None:
    stumbling(monkeypatch, [OperationalError("gone away") for _ in range(5)])
    assert trip.ended() == "completed"


def test_a_saga_that_can_never_go_on_is_parked_as_it_stands(trip: Trip, monkeypatch: pytest.MonkeyPatch) -> None:
    stumbling(monkeypatch, [OperationalError("gone away") for _ in range(1000)])
    assert trip.ended() == "parked"
    assert run().attempts == 6
    assert "gone away" in run().error


def test_a_saga_that_was_parked_before_its_pivot_turns_back_once_it_goes_on(
    trip: Trip, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        stumbling(patch, [OperationalError("gone away") for _ in range(1000)])
        subject = trip.start()
        settle()
    for _ in range(2):
        trip.cancel(subject)
    assert trip.saga.state_of(subject) == "parked"
    retry(HOME, "sagas", [run().pk], who="ada")
    settle()
    assert (trip.saga.state_of(subject), trip.log) == ("undone", ["pack", "unpack"])


def test_cancelling_what_is_parked_on_its_way_back_changes_nothing(trip: Trip) -> None:
    trip.failures |= {"pay": [REFUSED], "unbook": [REFUSED]}
    subject = trip.start()
    settle()
    before = SagaRow.objects.using(HOME).values().get()
    trip.cancel(subject)
    assert before["state"] == "parked"
    assert SagaRow.objects.using(HOME).values().get() == before


def test_waiting_for_an_answer_is_no_stumbling(trip: Trip, monkeypatch: pytest.MonkeyPatch) -> None:
    failures: list[Exception] = []
    stumbling(monkeypatch, failures)
    trip.failures["book"] = [LOST] * 8

    def stumble_once(_subject: TaskRow) -> None:
        trip.meanwhile.clear()
        failures.append(OperationalError("gone away"))

    trip.meanwhile["pay"] = stumble_once
    assert trip.ended() == "completed"


# Versions


def test_a_run_goes_on_in_the_version_that_it_began_with(trip: Trip) -> None:
    trip.failures["leave"] = [LOST]
    old = trip.start()
    newer = Trip(version=2, pivot="fly")
    new = newer.start()
    settle()
    assert (trip.log, newer.log) == (
        ["pack", "book", "pay", "leave", "leave", "arrive"],
        ["pack", "book", "pay", "fly", "arrive"],
    )
    assert trip.saga.state_of(old) == newer.saga.state_of(new) == "completed"


def test_whether_there_is_a_way_back_is_asked_of_the_runs_own_version(trip: Trip) -> None:
    newer = Trip(version=2, pivot="fly")
    told: list[object] = []
    trip.meanwhile["arrive"] = lambda subject: told.extend(at_once(1, lambda _number: newer.cancel(subject)))
    assert trip.ended() == "completed"
    assert [type(answer) for answer in told] == [NoWayBack]


def test_a_run_of_a_version_that_nobody_knows_is_left_to_others_and_parked_in_the_end(
    trip: Trip, settings: Settings
) -> None:
    settings.TEARLINE_RETRY = {"first": 0.01, "cap": 0.01, "tries": 3}
    trip.start()
    SagaRow.objects.using(HOME).update(version=7)
    settle()
    assert run().attempts == 3
    assert run().parked_at is not None
    assert "no saga is named orders.trip, version 7" in run().error


# How a saga is written


def act(name: str, *, place: str = "orders.sagas") -> Callable[..., None]:
    @written_in(place)
    def nothing(_subject: TaskRow) -> None:
        """Does nothing."""

    nothing.__name__ = name
    return nothing


def first_is_remote(saga: Saga[TaskRow]) -> None:
    saga.remote(act("ask")).undo(act("unask"))


def no_undo(saga: Saga[TaskRow]) -> None:
    saga.local(act("begin")).undo(act("unbegin"))
    saga.remote(act("ask"))


def no_reason(saga: Saga[TaskRow]) -> None:
    saga.local(act("begin")).undo(act("unbegin"))
    saga.remote(needs_no_undo=" ")(act("ask"))


def undo_past_the_pivot(saga: Saga[TaskRow]) -> None:
    saga.local(pivot=True)(act("begin"))
    saga.remote(act("ask")).undo(act("unask"))


def two_pivots(saga: Saga[TaskRow]) -> None:
    saga.local(pivot=True)(act("begin"))
    saga.local(pivot=True)(act("go"))


def two_of_one_name(saga: Saga[TaskRow]) -> None:
    saga.local(act("begin"))
    saga.remote(act("begin"))


def written_elsewhere(saga: Saga[TaskRow]) -> None:
    saga.local(act("begin", place="payments.sagas"))


@pytest.mark.parametrize(
    ("steps", "fault"),
    [
        (lambda _saga: None, "must be local"),
        (first_is_remote, "must be local"),
        (no_undo, "ask has neither an undo nor a reason"),
        (no_reason, "ask has neither an undo nor a reason"),
        (undo_past_the_pivot, "ask can never be undone"),
        (two_pivots, "one pivot at most"),
        (two_of_one_name, "two steps are named begin"),
        (written_elsewhere, "begin is written in another module"),
    ],
)
def test_a_saga_that_is_not_written_as_it_must_be_does_not_load(
    steps: Callable[[Saga[TaskRow]], None], fault: str
) -> None:
    saga = Saga("orders.odd", subject=TaskRow)

    def load() -> None:
        steps(saga)
        saga.validate()

    with pytest.raises(SagaError, match=fault):
        load()


def test_a_step_may_say_why_it_needs_no_undo() -> None:
    saga = Saga("orders.plain", subject=TaskRow)
    saga.local(needs_no_undo="nothing is kept")(act("begin"))
    saga.remote(needs_no_undo="it only asks")(act("ask"))
    saga.validate()
    assert saga.pivot == 2


def test_two_sagas_cannot_have_one_name_and_version(trip: Trip) -> None:
    with pytest.raises(SagaError, match=r"two sagas are named orders\.trip, version 1"):
        Saga("orders.trip", subject=TaskRow)


def test_the_history_tells_what_was_done_and_undone_in_order(trip: Trip) -> None:
    trip.failures["pay"] = [REFUSED]
    subject = trip.start()
    settle()
    told = [(line.name, line.kind, line.state, line.why) for line in trip.saga.history(subject)]
    assert told == [
        ("pack", "local", "done", ""),
        ("book", "remote", "done", ""),
        ("pay", "remote", "refused", "No seat to Rome."),
        ("unbook", "remote", "done", ""),
        ("unpack", "local", "done", ""),
    ]


def test_a_run_tells_where_it_stands_until_it_has_ended(trip: Trip) -> None:
    subject = trip.start()
    begun = trip.saga.standing(subject)
    assert begun is not None
    assert (begun.step, begun.attempts, begun.last_error, begun.parked) == ("pack", 1, "", False)

    trip.failures["arrive"] = [LOST] * 1000
    settle()
    stuck = trip.saga.standing(subject)
    assert stuck is not None
    assert (stuck.step, stuck.attempts, stuck.parked, stuck.again_at) == (
        "arrive",
        run().steps.get(name="arrive").attempts,
        True,
        None,
    )
    assert "no answer from Rome" in stuck.last_error

    trip.failures.clear()
    retry(HOME, "sagas", [run().pk], who="ann")
    settle()
    assert trip.saga.standing(subject) is None
