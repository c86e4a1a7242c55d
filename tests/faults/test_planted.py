"""It bites: whatever may go wrong with durable work was made to, once each, and the audit has noticed.

Each bug is planted in every process of one trial: a scenario, and a fault at a crash point. Without the bug the same
trial finds nothing wrong.
"""

from dataclasses import dataclass
from typing import Literal

import pytest

from tests.faults import planted, tally
from tests.faults.nursery import Nursery
from tests.faults.trials import Trial, Trials

pytestmark = pytest.mark.usefixtures("db")


@dataclass(frozen=True)
class Bite:
    """`noticed`: words of a flaw that the audit finds. `within`: seconds in which an order must have gone on."""

    bug: str
    scenario: str
    fault: Literal["unharmed", "killed", "paused"]
    at: str
    noticed: str
    within: int = 10

    def trial(self, nursery: Nursery, *, planted: bool) -> Trial:
        trials = Trials(nursery, self.scenario, [self.bug] if planted else [], within=self.within)
        if self.fault == "unharmed":
            return trials.unharmed()
        return trials.killed(self.at) if self.fault == "killed" else trials.paused(self.at)


BITES = [
    Bite("journal_before_the_call", "happy", "killed", "saga.committed", "the reservation is released"),
    Bite("call_before_the_journal", "cancelled while held", "killed", "saga.called#2", "the provider still holds"),
    Bite("step_outside_its_transaction", "happy", "killed", "saga.commit#4", "the order ended as"),
    Bite("leave_the_unknown_as_it_is", "no answer to the hold", "unharmed", "", "the provider still holds"),
    Bite("undo_from_the_top", "charge refused", "unharmed", "", "undone in the order"),
    Bite("turn_back_past_the_pivot", "cancelled too late", "unharmed", "", "undone past the pivot"),
    Bite("go_on_without_the_fence", "happy", "paused", "saga.called#1", "in a completed run"),
    Bite("forget_keys", "happy", "killed", "saga.called", "one request has become 2 orders"),
    Bite("bury_nothing", "cancelled while held", "paused", "saga.committed#2", "the provider still holds"),
    Bite("answer_after_the_effect", "happy", "killed", "command.commit#3", "the order ended as"),
    Bite("forget_refusals", "stock out", "killed", "saga.called", "was never answered under the key"),
    Bite("charge_under_a_fresh_key", "happy", "killed", "command.asked#3", "our books say that 0 is kept"),
    Bite("announce_after_the_commit", "happy", "killed", "outbox.announced#3", "there are 0 shipments"),
    Bite("finish_before_delivery", "happy", "killed", "outbox.delivered", "never heard"),
    Bite("deliver_again_and_again", "happy", "killed", "outbox.delivered", "2 times"),
    Bite("acknowledge_an_event_first", "happy", "killed", "inbox.claimed", "never heard"),
    Bite("effect_outside_the_transaction", "happy", "killed", "inbox.handled", "2 times"),
    Bite("overtake_what_waits", "stumbling listener", "unharmed", "", "heard the stamps"),
    Bite("swallow_what_cannot_be_heard", "poisoned event", "unharmed", "", "the event was not kept"),
    Bite("acknowledge_a_task_first", "happy", "killed", "task.claimed#3", "not sent"),
    Bite("finish_what_others_have", "happy", "paused", "inbox.claimed", "2 times"),
    Bite("wait_for_the_bell", "happy", "killed", "doorbell.ring", "it does not go on at once", within=3),
    Bite("believe_the_dead_alive", "happy", "killed", "saga.called", "it does not go on at once", within=3),
    Bite("go_by_the_own_clock", "clock an hour slow", "killed", "saga.called", "it does not go on at once", within=3),
]


@pytest.mark.parametrize("bite", BITES, ids=lambda bite: bite.bug)
def test_a_planted_bug_is_noticed(nursery: Nursery, bite: Bite) -> None:
    tally.count("planted")
    trial = bite.trial(nursery, planted=True)
    assert any(bite.noticed in flaw for flaw in trial.flaws)
    tally.count("noticed")


def test_every_bug_is_planted() -> None:
    assert {bite.bug for bite in BITES} | {"read_past_the_uncommitted"} == set(planted.BUGS)
