"""Payments over REST."""

import pytest
from django.test import Client

from modules.orders.contracts import OrderId
from modules.payments.contracts import PaymentId
from modules.payments.facade import Payments
from modules.payments.tests.played import to_pay
from tearline.api.keys import issue


@pytest.fixture
def client(db: None) -> Client:
    _, token = issue(name="reader", scopes=["payments:read"])
    return Client(headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def paid(payments: Payments, order_id: OrderId) -> OrderId:
    """An order with a payment, and so has another."""
    payments.authorize(to_pay(order_id), key="pay")
    payments.authorize(to_pay(OrderId.new()), key="pay another")
    return order_id


def test_payments_are_listed_newest_first_by_pages(client: Client, paid: OrderId) -> None:
    first = client.get("/api/v1/payments", {"limit": 1}).json()
    second = client.get("/api/v1/payments", {"limit": 1, "cursor": first["next_cursor"]}).json()

    assert first["data"][0]["id"] > second["data"][0]["id"]
    assert (first["has_more"], second["has_more"]) == (True, False)


def test_the_payment_of_an_order_is_listed_and_shown_with_its_amounts(client: Client, paid: OrderId) -> None:
    [listed] = client.get("/api/v1/payments", {"order_id": paid}).json()["data"]
    shown = client.get(f"/api/v1/payments/{listed['id']}").json()

    assert shown == listed
    assert (shown["order_id"], shown["state"], shown["failure"]) == (paid, "authorized", None)
    assert shown["authorized"] == {"amount": 1999, "currency": "EUR"}
    assert shown["captured"] == {"amount": 0, "currency": "EUR"}
    assert shown["created_at"].endswith("Z")


@pytest.mark.parametrize("unknown", [PaymentId.new(), "pay_1", "x"])
def test_an_unknown_payment_is_a_404(client: Client, unknown: str) -> None:
    answer = client.get(f"/api/v1/payments/{unknown}")

    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["code"] == "payments.payment_not_found"


def test_a_key_for_something_else_does_not_read_payments(db: None) -> None:
    _, token = issue(name="other", scopes=["orders:read"])
    answer = Client(headers={"Authorization": f"Bearer {token}"}).get("/api/v1/payments")

    assert (answer.status_code, answer.json()["code"]) == (403, "insufficient_scope")
