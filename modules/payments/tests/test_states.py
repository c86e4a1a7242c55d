"""What may follow what, by the tables: every pair is tried with the code, and with the database behind its back."""

from itertools import product

import pytest
from django.db import IntegrityError
from django.db.models import Model

from modules.orders.contracts import OrderId
from modules.payments.contracts import PaymentId, RefundId
from modules.payments.models import Capture, Dispute, Payment, Refund
from modules.payments.states import CAPTURE, DISPUTE, PAYMENT, REFUND, intent_state
from tearline.states import IllegalTransition, StateMachine

PAIRS = [
    pytest.param(machine, old, new, id=f"{machine.name.split('.')[1]}: {old} to {new}")
    for machine in (PAYMENT, CAPTURE, REFUND, DISPUTE)
    for old, new in product(machine.states, machine.states)
]


def row(machine: StateMachine, state: str) -> Model:
    payment = Payment.objects.create(
        id=PaymentId.new(),
        order_id=OrderId.new(),
        key="pay",
        amount=100,
        currency="EUR",
        state=state if machine is PAYMENT else "captured",
    )
    if machine is CAPTURE:
        return Capture.objects.create(payment=payment, key="take", amount=100, state=state)
    if machine is REFUND:
        return Refund.objects.create(id=RefundId.new(), payment=payment, key="part", amount=100, state=state)
    if machine is DISPUTE:
        return Dispute.objects.create(payment=payment, reference="dp", amount=100, state=state)
    return payment


@pytest.mark.parametrize(("machine", "old", "new"), PAIRS)
def test_the_database_lets_happen_what_is_in_the_table_and_nothing_else(
    db: None, machine: StateMachine, old: str, new: str
) -> None:
    changed = row(machine, old)
    update = type(changed)._default_manager.filter(pk=changed.pk).update

    if machine.allows(old, new):
        assert update(state=new) == 1
    else:
        with pytest.raises(IntegrityError, match="state_moves"):
            update(state=new)


@pytest.mark.parametrize(("machine", "old", "new"), PAIRS)
def test_the_code_lets_happen_what_is_in_the_table_and_nothing_else(
    db: None, machine: StateMachine, old: str, new: str
) -> None:
    changed = row(machine, old)
    if isinstance(changed, Dispute):
        return
    assert isinstance(changed, Payment | Capture | Refund)

    if machine.allows(old, new):
        changed.become(new)
        assert changed.state == new
    else:
        with pytest.raises(IllegalTransition, match=f"{old} cannot become {new}"):
            changed.become(new)


@pytest.mark.parametrize("machine", [PAYMENT, CAPTURE, REFUND, DISPUTE], ids=lambda machine: machine.name)
def test_the_database_knows_no_other_state(db: None, machine: StateMachine) -> None:
    with pytest.raises(IntegrityError, match="state_known"):
        row(machine, "paid")


@pytest.mark.parametrize("state", PAYMENT.states)
def test_every_state_of_the_last_attempt_makes_a_state_of_the_intent(state: str) -> None:
    assert intent_state(["failed", state])
