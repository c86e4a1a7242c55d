"""What the database itself does not let happen, and what the rows make of answers in any order."""

from itertools import permutations

import pytest
from django.db import DatabaseError, IntegrityError, connections, transaction

from modules.orders.contracts import OrderId
from modules.payments.adapters import Answer, Movement
from modules.payments.contracts import PaymentId
from modules.payments.models import Capture, Payment
from tearline.databases.ledgers import Rewritten

HELD = Movement(kind="authorized", amount=100, reference="a")
TAKEN = Movement(kind="captured", amount=70, reference="c")
GIVEN_BACK = Movement(kind="refunded", amount=70, reference="r")
LET_GO = Movement(kind="voided", amount=30, reference="v")


def payment_of(order_id: str, *, key: str = "key", **amounts: int | str) -> Payment:
    return Payment.objects.create(
        **{"id": PaymentId.new(), "order_id": order_id, "key": key, "amount": 100, "currency": "EUR"} | amounts
    )


@pytest.fixture
def payment(db: None) -> Payment:
    return payment_of(OrderId.new())


@pytest.mark.parametrize(
    ("amounts", "rule"),
    [
        ({"amount": 0}, "payments_refunded_captured_authorized"),
        ({"authorized": 101}, "payments_refunded_captured_authorized"),
        ({"captured": 1}, "payments_refunded_captured_authorized"),
        ({"authorized": 100, "captured": 70, "refunded": 71}, "payments_refunded_captured_authorized"),
        ({"authorized": 100, "captured": 70, "refunded": -1}, "payments_refunded_captured_authorized"),
        ({"authorized": 100, "captured": 70, "voided": 31}, "payments_refunded_captured_authorized"),
        ({"authorized": 100, "voided": -1}, "payments_refunded_captured_authorized"),
        ({"reinstated": -1}, "payments_reinstated_disputed_captured"),
        ({"authorized": 100, "captured": 70, "reinstated": 1}, "payments_reinstated_disputed_captured"),
        ({"authorized": 100, "captured": 70, "disputed": 71}, "payments_reinstated_disputed_captured"),
    ],
)
def test_the_database_refuses_amounts_that_cannot_be(
    payment: Payment, amounts: dict[str, int | str], rule: str
) -> None:
    with pytest.raises(IntegrityError, match=rule):
        Payment.objects.filter(pk=payment.pk).update(**amounts)


@pytest.mark.parametrize(
    ("amounts", "rule"),
    [
        ({"amount": 0}, "payments_capture_refunded_captured"),
        ({"captured": 71}, "payments_capture_refunded_captured"),
        ({"captured": 70, "refunded": 71}, "payments_capture_refunded_captured"),
    ],
)
def test_the_database_refuses_captures_that_cannot_be(
    payment: Payment, amounts: dict[str, int | str], rule: str
) -> None:
    with pytest.raises(IntegrityError, match=rule):
        Capture.objects.create(**{"payment": payment, "key": "take", "amount": 70} | amounts)


def test_the_database_refuses_a_second_live_payment_for_an_order(payment: Payment) -> None:
    payment_of(payment.order_id, key="over", state="failed")

    with pytest.raises(IntegrityError):
        payment_of(payment.order_id, key="live")


def test_the_database_refuses_to_enter_a_movement_twice(payment: Payment) -> None:
    payment.entries.create(kind="authorized", amount=100, reference="a")

    with pytest.raises(IntegrityError):
        payment.entries.create(kind="authorized", amount=100, reference="a")


@pytest.mark.parametrize(("kind", "amount"), [("authorized", 0), ("authorized", -1), ("stolen", 1)])
def test_the_database_refuses_entries_that_cannot_be(payment: Payment, kind: str, amount: int) -> None:
    with pytest.raises(IntegrityError):
        payment.entries.create(kind=kind, amount=amount, reference="a")


def test_the_ledger_is_only_added_to(payment: Payment) -> None:
    entry = payment.entries.create(kind="authorized", amount=100, reference="a")

    with pytest.raises(Rewritten):
        entry.save()
    with pytest.raises(Rewritten):
        entry.delete()


@pytest.mark.postgres_only
def test_the_role_that_serves_cannot_change_the_ledger(payment: Payment) -> None:
    payment.entries.create(kind="authorized", amount=100, reference="a")

    for statement in ("UPDATE payments_ledgerentry SET amount = 1", "DELETE FROM payments_ledgerentry"):
        with pytest.raises(DatabaseError, match="permission denied"), connections["payments"].cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.parametrize("answers", list(permutations([[HELD], [HELD, LET_GO], [HELD]])))
def test_answers_about_a_payment_add_up_to_the_same_in_any_order(
    payment: Payment, answers: tuple[list[Movement], ...]
) -> None:
    for movements in answers:
        payment.book(Answer(movements=tuple(movements)))

    payment.refresh_from_db()
    assert (payment.authorized, payment.voided, payment.held) == (100, 30, 70)
    assert payment.entries.count() == 2


@pytest.mark.parametrize("answers", list(permutations([[TAKEN], [TAKEN, GIVEN_BACK], [TAKEN]])))
def test_answers_about_a_capture_add_up_to_the_same_in_any_order(
    payment: Payment, answers: tuple[list[Movement], ...]
) -> None:
    payment.book(Answer(movements=(HELD,)))
    capture = payment.captures.create(key="take", amount=70)
    for movements in answers:
        with transaction.atomic(using="payments"):
            capture.lock()
            capture.book(Answer(movements=tuple(movements)))

    payment.refresh_from_db()
    assert (capture.state, capture.captured, capture.refunded) == ("cancelled", 70, 70)
    assert (payment.state, payment.captured, payment.refunded, payment.held) == ("authorized", 70, 70, 30)
