"""Orders from before there were taxes, shipping and discounts cost what they did."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from modules.orders.contracts import OrderId
from modules.orders.facade import orders
from tearline.databases.preparing import as_owner, prepare


def migrate(name: str) -> Any:
    """The models as they were then."""
    with as_owner("orders") as connection:
        executor = MigrationExecutor(connection)
        executor.migrate([("orders", name)])
        return executor.loader.project_state([("orders", name)]).apps


@pytest.fixture
def earlier(db: None) -> Iterator[Any]:
    """The models before. Afterwards everything is as it was."""
    try:
        yield migrate("0001_initial")
    finally:
        prepare("orders")
        connections.close_all()


def test_an_order_from_before_costs_what_it_did_and_its_states_are_guarded(earlier: Any) -> None:
    address = {"name": "Ada", "line1": "12 St James Square", "city": "London", "postal_code": "SW1Y", "country": "GB"}
    told = {"email": "ada@example.com", "ship_to": address, "currency": "EUR", "payment_method": "pm_card_ok"}
    with as_owner("orders"):
        rows = earlier.get_model("orders", "Order").objects.using("orders")
        before = rows.create(id=OrderId.new(), status="confirmed", total=2148, **told)
        before.lines.create(sku="MUG", name="Mug", quantity=2, unit_price=999)
        before.lines.create(sku="PEN", name="Pen", quantity=1, unit_price=150)

    prepare("orders")

    order = orders.find(OrderId(before.id))
    assert order.totals is not None
    assert (order.total.amount, order.totals.lines.amount, order.totals.tax.amount) == (2148, 2148, 0)
    assert [line.due and line.due.amount for line in order.lines] == [1998, 150]
    assert (order.status, order.version, order.fulfillment_status) == ("confirmed", 1, "unfulfilled")
