"""What may follow what, by the tables: every pair is tried with the code, and with the database behind its back."""

import contextlib
from itertools import product

import pytest
from django.db import IntegrityError
from django.db.models import Model

from modules.orders.contracts import OrderId
from modules.payments.contracts import PaymentId, RefundId
from modules.payments.models import Capture, Dispute, Payment, Refund
from modules.payments.states import CAPTURE, DISPUTE, PAYMENT, REFUND, intent_state
from tearline.states import IllegalTransition, StateMachine

MACHINES = [pytest.param(machine, id=machine.name) for machine in (PAYMENT, CAPTURE, REFUND, DISPUTE)]
ROWS: dict[StateMachine, type[Payment] | type[Capture] | type[Refund]] = {
    PAYMENT: Payment,
    CAPTURE: Capture,
    REFUND: Refund,
}


def row(machine: StateMachine, state: str) -> Model:
    payment = Payment.objects.create(
        id=PaymentId.new(),
        order_id=OrderId.new(),
        key=PaymentId.new(),
        amount=100,
        currency="EUR",
        state=state if machine is PAYMENT else "captured",
    )
    if machine is CAPTURE:
        return Capture.objects.create(payment=payment, key=PaymentId.new(), amount=100, state=state)
    if machine is REFUND:
        return Refund.objects.create(id=RefundId.new(), payment=payment, key=PaymentId.new(), amount=100, state=state)
    if machine is DISPUTE:
        return Dispute.objects.create(payment=payment, reference="dp", amount=100, state=state)
    return payment


def allowed(machine: StateMachine) -> set[tuple[str, str]]:
    return {(old, new) for old, new in product(machine.states, machine.states) if machine.allows(old, new)}


@pytest.mark.parametrize("machine", MACHINES)
def test_the_database_lets_happen_what_is_in_the_table_and_nothing_else(db: None, machine: StateMachine) -> None:
    happened = set()
    for old, new in product(machine.states, machine.states):
        changed = row(machine, old)
        with contextlib.suppress(IntegrityError):
            type(changed)._default_manager.filter(pk=changed.pk).update(state=new)
        changed.refresh_from_db()
        if changed.state == new:  # type: ignore[attr-defined]  # all of them have one
            happened.add((old, new))

    assert happened == allowed(machine)


def test_the_database_says_what_it_refused(db: None) -> None:
    row(PAYMENT, "failed")

    with pytest.raises(IntegrityError, match="payments_payment_state_moves"):
        Payment.objects.update(state="authorized")


@pytest.mark.parametrize("machine", ROWS, ids=lambda machine: machine.name)
def test_the_code_lets_happen_what_is_in_the_table_and_nothing_else(machine: StateMachine) -> None:
    happened = set()
    for old, new in product(machine.states, machine.states):
        changed = ROWS[machine](state=old)
        with contextlib.suppress(IllegalTransition):
            changed.become(new)
        if changed.state == new:
            happened.add((old, new))

    assert happened == allowed(machine)


@pytest.mark.parametrize("machine", MACHINES)
def test_the_database_knows_no_other_state(db: None, machine: StateMachine) -> None:
    with pytest.raises(IntegrityError, match="state_known"):
        row(machine, "paid")


@pytest.mark.parametrize("state", PAYMENT.states)
def test_every_state_of_the_last_attempt_makes_a_state_of_the_intent(state: str) -> None:
    assert intent_state(["failed", state])
