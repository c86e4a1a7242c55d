"""It bites: whatever may go wrong with durable work was made to, once each, and the audit has noticed.

Each bug is planted in every process of one trial: a scenario, and a fault at a crash point. Without the bug the same
trial finds nothing wrong.
"""

import re
from dataclasses import dataclass
from typing import Any, Literal

import pytest

from tests.faults import planted, tally
from tests.faults.nursery import TOO_LATE, Nursery
from tests.faults.trials import AT_ONCE, LATE, WOKEN, Trial, Trials

SOON = 3
"""Seconds in which an order has not gone on that never will: too few to be sure that another one has."""


@dataclass(frozen=True)
class Fault:
    """What befalls an order. `at`: the crash point at which it does, if anything does."""

    scenario: str
    kind: Literal["unharmed", "killed", "paused", "overtaken"]
    at: str = ""

    def befall(self, trials: Trials) -> Trial:
        trial: Trial = getattr(trials, self.kind)(*filter(None, [self.at]))
        return trial

    def __str__(self) -> str:
        return " ".join(filter(None, [self.scenario, self.kind, self.at]))


@dataclass(frozen=True)
class Bite:
    """`noticed`: words of a flaw that the audit finds, as a regular expression."""

    bug: str
    fault: Fault
    noticed: str

    def __str__(self) -> str:
        return self.bug


BITES = [
    Bite("journal_before_the_call", Fault("happy", "killed", "saga.committed"), "the reservation is released"),
    Bite(
        "call_before_the_journal",
        Fault("cancelled while held", "killed", "saga.called#2"),
        "the provider still holds",
    ),
    Bite("step_outside_its_transaction", Fault("happy", "killed", "saga.commit#4"), LATE),
    Bite("leave_the_unknown_as_it_is", Fault("no answer to the hold", "unharmed"), "the provider still holds"),
    Bite("undo_from_the_top", Fault("charge refused", "unharmed"), "undone in the order"),
    Bite("turn_back_past_the_pivot", Fault("cancelled once confirmed", "unharmed"), "undone past the pivot"),
    Bite(
        "go_on_without_the_fence",
        Fault("happy", "paused", "saga.called#1"),
        f"in a completed run|{WOKEN} {TOO_LATE}",  # it may take back a run that has ended, and wait for it for ever
    ),
    Bite("forget_keys", Fault("happy", "killed", "saga.called"), "one request has become 2 orders"),
    Bite("bury_nothing", Fault("cancelled while held", "paused", "saga.committed#2"), "the provider still holds"),
    Bite("answer_after_the_effect", Fault("happy", "killed", "command.commit#3"), "the order ended as"),
    Bite("forget_refusals", Fault("stock out", "killed", "saga.called"), "was never answered under the key"),
    Bite("charge_under_a_fresh_key", Fault("happy", "killed", "command.asked#3"), "our books say that 0 is kept"),
    Bite("announce_after_the_commit", Fault("happy", "killed", "outbox.announced#3"), "never heard"),
    Bite("finish_before_delivery", Fault("happy", "killed", "outbox.delivered"), "never heard"),
    Bite("deliver_again_and_again", Fault("happy", "killed", "outbox.delivered"), "2 times"),
    Bite("read_past_the_uncommitted", Fault("happy", "overtaken", "outbox.announced#2"), "never heard"),
    Bite("acknowledge_an_event_first", Fault("happy", "killed", "inbox.claimed"), "never heard"),
    Bite("effect_outside_the_transaction", Fault("happy", "killed", "inbox.handled"), "2 times"),
    Bite("overtake_what_waits", Fault("stumbling listener", "unharmed"), "heard the stamps"),
    Bite("swallow_what_cannot_be_heard", Fault("poisoned event", "unharmed"), "the event was not kept"),
    Bite(  # the first one, a letter or a label: who has none left to do by this account may end before a later one
        "acknowledge_a_task_first",
        Fault("happy", "killed", "task.claimed"),
        "not sent|has not the label",
    ),
    Bite("finish_what_others_have", Fault("happy", "paused", "inbox.claimed"), "2 times"),
    Bite("wait_for_the_bell", Fault("happy", "killed", "doorbell.ring"), LATE),
    Bite("believe_the_dead_alive", Fault("happy", "killed", "saga.called"), LATE),
    Bite("go_by_the_own_clock", Fault("clock an hour slow", "killed", "command.committed"), LATE),
]


def on_its_engines(case: Bite | Fault, fault: Fault) -> Any:
    """SQLite's writers stand in line: nobody overtakes a transaction there."""
    return pytest.param(case, id=str(case), marks=[pytest.mark.postgres_only] if fault.kind == "overtaken" else [])


@pytest.mark.parametrize("bite", [on_its_engines(bite, bite.fault) for bite in BITES])
def test_a_planted_bug_is_noticed(nursery: Nursery, bite: Bite) -> None:
    tally.count("planted")
    within = SOON if bite.noticed == LATE else AT_ONCE
    trial = bite.fault.befall(Trials(nursery, bite.fault.scenario, planted=[bite.bug], within=within))
    assert trial.struck or bite.fault.kind == "unharmed"
    assert any(re.search(bite.noticed, flaw) for flaw in trial.flaws), trial.flaws
    tally.count("noticed")


@pytest.mark.parametrize("fault", [on_its_engines(fault, fault) for fault in dict.fromkeys(b.fault for b in BITES)])
def test_without_a_bug_the_same_trial_finds_nothing_wrong(nursery: Nursery, fault: Fault) -> None:
    trial = fault.befall(Trials(nursery, fault.scenario))
    assert trial.struck
    assert trial.flaws == []


def test_every_bug_is_planted() -> None:
    own = {name for name, bug in planted.BUGS.items() if bug.__module__ == planted.__name__}
    assert {bite.bug for bite in BITES} == own
