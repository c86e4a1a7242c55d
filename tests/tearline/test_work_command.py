import io
import re

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client

from tearline.api.keys import issue
from tearline.testing import settle
from tearline.work._tasks import queue
from tests.journeys import goods

pytestmark = pytest.mark.usefixtures("db")


def told(*arguments: str) -> str:
    out = io.StringIO()
    call_command("work", *arguments, stdout=out)
    return out.getvalue()


def ask_for(task: str) -> None:
    with transaction.atomic(using="shipping"):
        queue.add("shipping", [{"name": task, "arguments": "[]"}])


def test_what_is_due_is_counted_and_empty_queues_are_left_out() -> None:
    ask_for("shipping.nobody_does_this")
    _, line = told().splitlines()
    assert line.split()[:4] == ["shipping", "tasks", "1", "0"]


def test_what_is_parked_is_told_with_its_error() -> None:
    ask_for("shipping.nobody_does_this")
    settle()
    last = told("status", "shipping").splitlines()[-1]
    assert last.startswith("parked: shipping tasks ")
    assert "no task is named shipping.nobody_does_this" in last
    assert "Traceback" in told("status", "shipping", "--errors")


def test_a_module_that_is_not_here_is_named() -> None:
    with pytest.raises(CommandError, match="returns"):
        told("status", "returns")


# Who had what done


def test_every_command_is_told_with_its_caller_and_what_became_of_it() -> None:
    goods.fill_the_shelf()
    key, token = issue(name="till", scopes=["orders:write"], customer="cus_ada")
    address = {"name": "Ada", "line1": "12 St James Square", "city": "London", "postal_code": "SW1Y", "country": "GB"}
    body = {"email": "ada@example.com", "ship_to": address, "payment_method": "pm_card_ok"}
    for name, sku in (("first", "MUG-BLUE"), ("second", "NO-SUCH-MUG")):
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": name}
        order = body | {"lines": [{"sku": sku, "quantity": 1}]}
        Client(headers=headers).post("/api/v1/orders", order, content_type="application/json")
    settle()
    placed, refused = told("commands", "orders", "--caller", f"api:{key.id}").splitlines()
    assert re.fullmatch(rf"\S+Z api:{key.id}: orders.place first \(ord_\w+\)", placed)
    assert re.fullmatch(rf"\S+Z api:{key.id}: orders.place second \(refused: catalog\.\w+\)", refused)
    order_id = placed.rpartition("(")[2].strip(")")
    about = told("commands", "--about", order_id)
    assert f" orders: payments.authorize {order_id}.payment (pay_" in about
    assert f" orders: inventory.reserve {order_id}" in about
    assert "ada@example.com" not in told("commands")
