"""Steps that are called at the same time, and steps that wait for what comes from outside."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction

from tearline.contracts import Refusal, Unavailable
from tearline.models import SagaRow, TaskRow
from tearline.sagas import Saga, SagaError, Why
from tearline.testing import settle, written_in
from tests.clock import let_pass

HOME = "orders"

pytestmark = pytest.mark.usefixtures("declarations")


class NoRoom(Refusal, says="There is no room.", code="specimen.no_room"):
    """There is none."""


class Party:
    """The saga `orders.party`: band and cook are asked at the same time, then the guests are waited for."""

    def __init__(self) -> None:
        self.log: list[str] = []
        self.failures: dict[str, list[BaseException]] = {}
        self.both_are_asked = threading.Barrier(2, timeout=10)
        self.saga = Saga("orders.party", subject=TaskRow)
        self.saga.local(self._act("invite")).undo(self._act("apologize"))
        band = self.saga.remote(self._act("ask_band"))
        band.undo(self._act("cancel_band"))
        cook = self.saga.remote(beside=band)(self._act("ask_cook"))
        cook.undo(self._act("cancel_cook"))
        self.saga.wait(deadline=timedelta(hours=1))(self._guests_came())
        self.saga.local(pivot=True)(self._act("dance"))
        self.saga.validate()

    def _act(self, name: str) -> Callable[[TaskRow], None]:
        @written_in(f"{HOME}.sagas")
        def act(_subject: TaskRow) -> None:
            self.log.append(name)
            if failures := self.failures.get(name):
                raise failures.pop(0)

        act.__name__ = name
        return act

    def _guests_came(self) -> Callable[[TaskRow], bool]:
        @written_in(f"{HOME}.sagas")
        def guests_came(subject: TaskRow) -> bool:
            return subject.arguments == "guests"

        return guests_came

    def start(self) -> TaskRow:
        with transaction.atomic(using=HOME):
            subject = TaskRow.objects.using(HOME).create(name="specimen.party", arguments="")
            self.saga.start(subject)
        settle()
        return subject

    def guests_come(self, subject: TaskRow) -> None:
        with transaction.atomic(using=HOME):
            TaskRow.objects.using(HOME).filter(pk=subject.pk).update(arguments="guests")
            self.saga.wake(subject)
        settle()


@pytest.fixture
def party() -> Party:
    return Party()


def test_steps_beside_each_other_are_called_at_the_same_time(party: Party, monkeypatch: pytest.MonkeyPatch) -> None:
    for step in party.saga.steps[1:3]:
        act = step.act

        def asked(subject: TaskRow, act: Callable[[TaskRow], None] = act) -> None:
            party.both_are_asked.wait()  # breaks unless the other is being asked too
            act(subject)

        monkeypatch.setattr(step, "act", asked)
    subject = party.start()
    assert sorted(party.log) == ["ask_band", "ask_cook", "invite"]
    party.guests_come(subject)
    assert party.saga.state_of(subject) == "completed"


def test_only_the_one_that_got_no_answer_is_asked_again(party: Party) -> None:
    party.failures["ask_cook"] = [Unavailable("nobody answers"), Unavailable("nobody answers")]
    party.guests_come(party.start())
    assert (party.log.count("ask_band"), party.log.count("ask_cook"), party.log[-1]) == (1, 3, "dance")


def test_when_one_refuses_the_others_are_undone(party: Party) -> None:
    party.failures["ask_band"] = [NoRoom()]
    subject = party.start()
    assert party.saga.state_of(subject) == "undone"
    assert party.log[-2:] == ["cancel_cook", "apologize"]


def test_when_one_refuses_and_nobody_knows_of_the_other_that_is_undone_too(party: Party) -> None:
    party.failures["ask_band"] = [NoRoom()]
    party.failures["ask_cook"] = [Unavailable("nobody answers")]
    party.start()
    assert party.log[-2:] == ["cancel_cook", "apologize"]


def test_a_run_rests_until_what_it_waits_for_has_come(party: Party) -> None:
    subject = party.start()
    assert (party.saga.state_of(subject), "dance" in party.log) == ("running", False)
    assert SagaRow.objects.using(HOME).get().owner is None
    party.guests_come(subject)
    assert (party.saga.state_of(subject), party.log[-1]) == ("completed", "dance")


def test_what_came_before_it_was_waited_for_counts(party: Party) -> None:
    party.failures["ask_band"] = [Unavailable("nobody answers")]
    with transaction.atomic(using=HOME):
        subject = TaskRow.objects.using(HOME).create(name="specimen.party", arguments="guests")
        party.saga.start(subject)
        party.saga.wake(subject)
    settle()
    assert party.saga.state_of(subject) == "completed"


def test_what_does_not_come_in_time_turns_the_run_back(party: Party) -> None:
    subject = party.start()
    let_pass(timedelta(hours=2))
    settle()
    assert party.saga.state_of(subject) == "undone"
    assert SagaRow.objects.using(HOME).get().failure_code == "tearline.deadline_passed"
    assert party.log[-3:] == ["cancel_cook", "cancel_band", "apologize"]


def test_a_waiting_run_can_be_cancelled(party: Party) -> None:
    subject = party.start()
    with transaction.atomic(using=HOME):
        party.saga.cancel(subject, Why("specimen.rain", "It rains."))
    settle()
    assert party.saga.state_of(subject) == "undone"


def test_a_step_can_only_stand_beside_the_remote_step_right_above(party: Party) -> None:
    saga = Saga("orders.odd", subject=TaskRow)
    first = saga.local(party._act("first"))
    first.undo(party._act("unfirst"))
    second = saga.remote(beside=first)(party._act("second"))
    second.undo(party._act("unsecond"))
    with pytest.raises(SagaError, match="beside"):
        saga.validate()
