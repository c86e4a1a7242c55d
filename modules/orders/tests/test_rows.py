"""What the database itself refuses, whoever asks."""

from typing import Any

import pytest
from django.db import IntegrityError
from django.db.models import F, Model

from modules.orders.contracts import OrderId
from modules.orders.models import Cancellation, Order, OrderLine, Return, ReturnLine
from modules.orders.states import CANCELLATION, ORDER, RETURN
from tearline.states import IllegalTransition, StateMachine

pytestmark = pytest.mark.django_db


def an_order(**told: Any) -> Order:
    wanted = {"id": OrderId.new(), "email": "a@b.example", "ship_to": {}, "currency": "EUR", "total": 0}
    return Order.objects.create(**wanted | told)


@pytest.mark.parametrize(("machine", "kind", "field"), [
    (ORDER, Order, "status"), (CANCELLATION, Cancellation, "state"), (RETURN, Return, "state"),
])  # fmt: skip
def test_things_go_only_where_the_table_lets_them(machine: StateMachine, kind: type[Model], field: str) -> None:
    for old in machine.states:
        for new in machine.states:
            order = an_order(status=old) if kind is Order else an_order()
            if kind is not Order:
                kind._default_manager.create(order=order, pk=order.id, **{field: old})
            rows = kind._default_manager.filter(pk=order.id)
            if machine.allows(old, new):
                assert rows.update(**{field: new}) == 1
            else:
                with pytest.raises(IntegrityError, match=f"{kind._meta.db_table}_{field}_moves"):
                    rows.update(**{field: new})


def test_the_code_goes_by_the_same_table_and_tells_nothing_twice() -> None:
    order = an_order(status="confirmed")
    with pytest.raises(IllegalTransition, match="confirmed already"):
        order.confirm(taken=True)
    with pytest.raises(IllegalTransition, match="confirmed cannot become expired"):
        order._become("expired")
    with pytest.raises(IllegalTransition, match="requested cannot become refunded"):
        Return(order=order).become("refunded")


@pytest.mark.parametrize(
    ("kind", "change", "rule"),
    [
        (Order, {"status": "lost"}, "orders_order_status"),
        (Order, {"total": 1}, "orders_order_total_adds_up"),
        (Order, {"tax": 1}, "orders_order_total_adds_up"),
        (Order, {"net": 1, "shipping": -1}, "orders_order_parts_in_bounds"),
        (Order, {"discount": 1, "tax": 1}, "orders_order_parts_in_bounds"),
        (OrderLine, {"discount": 1}, "orders_line_parts_in_bounds"),
        (OrderLine, {"returned": F("quantity") + 1}, "orders_line_returned_within_quantity"),
        (OrderLine, {"returned": -1}, "orders_line_returned_within_quantity"),
        (Cancellation, {"state": "lost"}, "orders_cancellation_state"),
        (Return, {"state": "lost"}, "orders_return_state"),
        (ReturnLine, {"received": 3}, "orders_return_line_in_bounds"),
        (ReturnLine, {"resellable": 1}, "orders_return_line_in_bounds"),
    ],
)
def test_nothing_out_of_its_bounds(kind: type[Model], change: dict[str, Any], rule: str) -> None:
    order = an_order()
    line = order.lines.create(sku="MUG", name="Mug", quantity=2, unit_price=0)
    order.cancellations.create(id="cnl_1")
    order.returns.create(id="ret_1").lines.create(line=line, quantity=2)
    with pytest.raises(IntegrityError, match=rule):
        kind._default_manager.update(**change)


def test_no_second_cancellation_while_one_stands() -> None:
    order = an_order()
    order.cancellations.create(id="cnl_1", state="refused")
    order.cancellations.create(id="cnl_2")
    with pytest.raises(IntegrityError):
        order.cancellations.create(id="cnl_3")
