"""By its statuses an order is found just when it is told with them."""

from collections.abc import Iterator
from itertools import cycle, product
from typing import Any, get_args

import pytest
from django.db import connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from modules.orders import contracts, services
from modules.orders.contracts import FulfillmentStatus, OrderId, PaymentStatus
from modules.orders.finding import shown_as
from modules.orders.models import Order, OrderLine, OrderOverview
from modules.orders.overview import Told
from modules.orders.projections import overviews
from modules.orders.tests.conftest import ADA
from modules.orders.tests.peers import delivered, dispatched, kept
from modules.payments.contracts import PaymentId
from modules.payments.events import PaymentCaptured, PaymentDisputed, PaymentRefunded
from modules.shipping.contracts import ShipmentId
from tearline import crash_points
from tearline.contracts import Money
from tearline.events._listeners import Announced
from tearline.projections import _rebuilding, rebuild

pytestmark = pytest.mark.django_db

TOTAL = 300
MONEY = ("nothing", "some", "all", "too much", "some given back", "all given back", "disputed", "dispute won")
PARCELS = ("nothing", "kept", "some left", "all left", "some arrived", "all arrived")
PAYMENT, FULFILLMENT = get_args(PaymentStatus), get_args(FulfillmentStatus)


def of_money(order: OrderId, story: str) -> Iterator[Told]:
    def told(amount: int) -> dict[str, Any]:
        return {"payment_id": PaymentId.new(), "order_id": order, "amount": Money(amount=amount, currency="EUR")}

    if story != "nothing":
        yield PaymentCaptured(**told({"some": 1, "too much": TOTAL + 1}.get(story, TOTAL)))
    if story in ("some given back", "all given back"):
        yield PaymentRefunded(**told(TOTAL if story == "all given back" else 1))
    for state in {"disputed": ["open"], "dispute won": ["open", "won"]}.get(story, []):
        yield PaymentDisputed.model_validate(told(1) | {"dispute": "dp_1", "reason": "fraudulent", "state": state})


def of_parcels(order: OrderId, story: str) -> Iterator[Told]:
    mugs, pen = ShipmentId.new(), ShipmentId.new()
    if story == "kept":
        yield kept(order, mugs, MUG=2)
    if story in ("some left", "all left"):
        yield dispatched(order, mugs, MUG=2)
    if story in ("some arrived", "all arrived"):
        yield delivered(order, mugs, MUG=2)
    if story == "all left":
        yield dispatched(order, pen, PEN=1)
    if story == "all arrived":
        yield delivered(order, pen, PEN=1)


def written_down(total: int, *, taken: bool = False, mugs_back: int = 0, pens_back: int = 0) -> OrderId:
    told = {"email": "ada@example.com", "ship_to": ADA.model_dump(), "currency": "EUR", "net": total, "total": total}
    order = Order.objects.create(id=OrderId.new(), taken_at=timezone.now() if taken else None, **told)
    mugs = OrderLine(order=order, sku="MUG", quantity=2, unit_price=0, returned=mugs_back)
    OrderLine.objects.bulk_create(
        [mugs, OrderLine(order=order, sku="PEN", quantity=1, unit_price=0, returned=pens_back)]
    )
    return order.id


def take_in(events: list[Told]) -> None:
    with transaction.atomic(using="orders"):
        overviews.take_in([Announced(event.topic, event.model_dump_json(), event) for event in events])


@pytest.fixture
def every_kind(db: None) -> list[contracts.Order]:
    """Orders as they are told: free, taken or not, with all that can be heard, and none, some or all of it back."""
    heard: list[Told] = []
    owed = ((0, False), (TOTAL, False), (TOTAL, True))
    stories = zip(product(owed, MONEY, PARCELS), cycle([(0, 0), (1, 0), (0, 0), (2, 1), (0, 1)]), strict=False)
    for ((total, taken), money, parcels), (mugs, pens) in stories:
        order = written_down(total, taken=taken, mugs_back=mugs, pens_back=pens)
        heard += [*of_money(order, money), *of_parcels(order, parcels)]
    take_in(heard)
    orders = told()
    assert {order.payment_status for order in orders} == {*PAYMENT}
    assert {order.fulfillment_status for order in orders} == {*FULFILLMENT}
    return orders


def told() -> list[contracts.Order]:
    return [order.to_contract() for order in services.orders()]


def found(payment: Any, fulfillment: Any) -> set[OrderId]:
    return {*shown_as(Order.objects.all(), payment=payment, fulfillment=fulfillment).values_list("pk", flat=True)}


def fitting(orders: list[contracts.Order], payment: Any, fulfillment: Any) -> set[OrderId]:
    paid = {order.id for order in orders if payment is None or order.payment_status in payment}
    return paid & {order.id for order in orders if fulfillment is None or order.fulfillment_status in fulfillment}


def some_of(statuses: tuple[str, ...]) -> st.SearchStrategy[list[str] | None]:
    return st.none() | st.lists(st.sampled_from(statuses), min_size=1, max_size=4)


ASKED: list[tuple[Any, Any]] = [
    (["paid"], ["unfulfilled"]),
    (["paid"], None),
    (["unpaid"], ["unfulfilled", "returned"]),
    (["unpaid"], ["partial"]),
    (["paid"], ["partial"]),
    (["disputed"], ["unfulfilled"]),
    (None, ["partially_returned"]),
]


@examples(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=st.sampled_from(ASKED) | st.tuples(some_of(PAYMENT), some_of(FULFILLMENT)))
def test_whatever_is_asked_for_is_found(every_kind: list[contracts.Order], asked: Any) -> None:
    assert found(*asked) == fitting(every_kind, *asked)


def test_while_overviews_are_made_anew_those_that_are_shown_count(
    every_kind: list[contracts.Order], monkeypatch: pytest.MonkeyPatch
) -> None:
    OrderOverview._base_manager.update(payment_status="overpaid", parcels_status="partial")
    wrong, looks = told(), []

    def look(point: str) -> None:
        if point in ("rebuild.folded", "rebuild.shown"):
            looks.append(point)
            shown = wrong if point == "rebuild.folded" else every_kind
            assert told() == shown
            for asked in ASKED:
                assert found(*asked) == fitting(shown, *asked)

    monkeypatch.setattr(_rebuilding, "BATCH", 100)
    monkeypatch.setattr(crash_points, "_visit", look)
    rebuild(overviews, who="ann")
    assert (len(looks) > 2, looks[-1]) == (True, "rebuild.shown")


def test_many_events_are_folded_in_as_many_statements_as_one() -> None:
    def statements(orders: list[OrderId]) -> int:
        with CaptureQueriesContext(connections["orders"]) as asked:
            take_in([event for order in orders for event in of_money(order, "all given back")])
        return sum('"orders_' in query["sql"] for query in asked.captured_queries)

    assert statements([written_down(TOTAL)]) == statements([written_down(TOTAL), written_down(1), OrderId.new()]) == 3
