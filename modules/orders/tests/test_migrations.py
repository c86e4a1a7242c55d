"""Orders from before cost what they did, and are told and found as they were."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from modules.orders.contracts import OrderId
from modules.orders.facade import orders
from modules.orders.finding import shown_as
from modules.orders.models import Order, OrderOverview
from modules.orders.overview import Dispute, Heard, Parcel
from tearline.databases.preparing import as_owner, prepare
from tearline.models import ProjectionRow


def migrate(name: str) -> Any:
    """The models as they were then."""
    with as_owner("orders") as connection:
        executor = MigrationExecutor(connection)
        executor.migrate([("orders", name)])
        return executor.loader.project_state([("orders", name)]).apps


ADA = {"name": "Ada", "line1": "12 St James Square", "city": "London", "postal_code": "SW1Y", "country": "GB"}
TOLD = {"email": "ada@example.com", "ship_to": ADA, "currency": "EUR", "payment_method": "pm_card_ok"}


@pytest.fixture
def earlier(request: pytest.FixtureRequest, db: None) -> Iterator[Any]:
    """The models before. Afterwards everything is as it was."""
    try:
        yield migrate(request.param)
    finally:
        prepare("orders")
        connections.close_all()


@pytest.mark.parametrize("earlier", ["0001_initial"], indirect=True)
def test_an_order_from_before_costs_what_it_did_and_its_states_are_guarded(earlier: Any) -> None:
    with as_owner("orders"):
        rows = earlier.get_model("orders", "Order").objects.using("orders")
        before = rows.create(id=OrderId.new(), status="confirmed", total=2148, **TOLD)
        before.lines.create(sku="MUG", name="Mug", quantity=2, unit_price=999)
        before.lines.create(sku="PEN", name="Pen", quantity=1, unit_price=150)

    prepare("orders")

    order = orders.find(OrderId(before.id))
    assert order.totals is not None
    assert (order.total.amount, order.totals.lines.amount, order.totals.tax.amount) == (2148, 2148, 0)
    assert [line.due and line.due.amount for line in order.lines] == [1998, 150]
    assert (order.status, order.version, order.fulfillment_status) == ("confirmed", 1, "unfulfilled")


@pytest.mark.parametrize("earlier", ["0008_lists_in_order"], indirect=True)
def test_an_order_that_was_heard_of_before_is_told_and_found_as_it_was(earlier: Any) -> None:
    money = {"captured": {"evt_1": 300}, "disputes": {"dp_1": Dispute(amount=300, state="open")}}
    parcels = {"shp_1": Parcel(stage="delivered", lines={"MUG": 2})}
    known = [Heard.model_validate(told) for told in ({}, money, {"parcels": parcels}, money | {"parcels": parcels})]
    with as_owner("orders"):
        rows = earlier.get_model("orders", "Order").objects.using("orders")
        overviews = earlier.get_model("orders", "OrderOverview").objects.using("orders")
        for heard in [*known, None]:
            before = rows.create(id=OrderId.new(), status="confirmed", net=300, total=300, **TOLD)
            before.lines.create(sku="MUG", name="Mug", quantity=2, unit_price=150)
            for generation in (1, 2):
                if heard is not None:
                    overviews.create(generation=generation, order=before, heard=heard.model_dump(mode="json"))
        overviews.create(generation=1, order_id=OrderId.new(), heard={})
        ProjectionRow.objects.using("orders").create(name="orders.overview")

    prepare("orders")

    told = map(Order.to_contract, Order.objects.all())
    assert sorted(f"{order.payment_status} {order.fulfillment_status}" for order in told) == [
        "disputed delivered", "disputed unfulfilled", "unpaid delivered", "unpaid unfulfilled", "unpaid unfulfilled",
    ]  # fmt: skip
    with as_owner("orders"):
        overviews.create(generation=3, order_id=OrderId.new(), heard={})  # by a process of then
    assert shown_as(Order.objects.all(), payment=["disputed"]).count() == 2
    assert OrderOverview._base_manager.filter(payment_status="disputed", parcels_status="delivered").count() == 2
