"""What a customer asks for, and how it must end whenever and wherever the process that serves it is killed.

Runs in a process of its own; see `nursery`.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from modules.catalog.contracts import NewProduct, Variant
from modules.catalog.facade import catalog
from modules.inventory.contracts import ReceiveStock
from modules.inventory.facade import inventory
from modules.orders.contracts import Address, CancelOrder, Order, OrderId, PlaceOrder, WantedLine
from modules.orders.facade import orders
from modules.payments.adapters.simulated import SimulatedProvider
from tearline.contracts import Money
from tearline.models import SagaRow
from tearline.work import Worker
from tearline.work._carriers import carriers

ADDRESS = Address(name="Ada", line1="12 St James Square", city="London", postal_code="SW1Y 4JH", country="GB")
PIECES = 10
"""On the shelf, of the one SKU that a visit is about."""

LOOK_AGAIN = 0.01  # seconds
PUT_OFF = 5.0  # seconds: what is due later than that was put off on purpose


@dataclass(frozen=True)
class Scenario:
    """`outcome`: the order's status, or the code of what undid it. `cancels`: while the card is being charged."""

    name: str
    outcome: str
    quantity: int = 2
    card: str = "pm_card_ok"
    cancels: bool = False

    @property
    def confirmed(self) -> bool:
        return self.outcome == "confirmed"


SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario("happy", "confirmed"),
        Scenario("declined", "payments.payment_declined", card="pm_card_declined"),
        Scenario("stock out", "inventory.out_of_stock", quantity=PIECES + 1),
        Scenario("cancelled", "orders.cancelled_on_request", cancels=True),
        Scenario("answers lost", "confirmed", card="pm_card_lost_answer"),
    )
}


def fill_the_shelf(sku: str) -> None:
    variant = Variant(sku=sku, name=sku, price=Money(amount=1450, currency="EUR"))
    catalog.offer(NewProduct(name=sku, variants=[variant]), key=f"offer.{sku}")
    inventory.receive(ReceiveStock(sku=sku, quantity=PIECES, reference="opening"), key=f"opening.{sku}")


def ask(scenario: Scenario, sku: str) -> Order:
    """Place the order. A customer who hears nothing asks again under the same key, which is the SKU here."""
    lines = [WantedLine(sku=sku, quantity=scenario.quantity)]
    request = PlaceOrder(email="ada@example.com", ship_to=ADDRESS, lines=lines, payment_method=scenario.card)
    return orders.place(request, key=sku)


def first_try(scenario: Scenario, sku: str) -> None:
    """The customer asks, and a worker does what is to be done. This is what gets killed."""
    if scenario.cancels:
        settings.PAYMENT_PROVIDER = f"{__name__}.Unhurried"
    order = ask(scenario, sku)
    _work(order.id, meanwhile=lambda: _cancel_while_charged(order.id) if scenario.cancels else None)


def come_back(scenario: Scenario, sku: str) -> None:
    """In a fresh process the customer asks again, and another worker goes on."""
    order = ask(scenario, sku)
    if scenario.cancels:
        _cancel(order.id)
    _work(order.id)


def _work(order_id: OrderId, *, meanwhile: Callable[[], None] = lambda: None) -> None:
    worker = Worker(threads=2)
    worker.start()
    meanwhile()
    while not (_has_ended(order_id) and _nothing_is_left()):
        time.sleep(LOOK_AGAIN)
    assert worker.stop()


def _has_ended(order_id: OrderId) -> bool:
    return not SagaRow.objects.using("orders").filter(subject_id=order_id, due_at__isnull=False).exists()


def _nothing_is_left() -> bool:
    queues = [(carrier.queue, module) for module in settings.TEARLINE_TOPOLOGY.hosted for carrier in carriers]
    return not any(
        queue.owners(module) or ((wait := queue.next_due(module)) is not None and wait < PUT_OFF)
        for queue, module in queues
    )


_charging, _cancelled = threading.Event(), threading.Event()


class Unhurried(SimulatedProvider):
    """Charges the card, and answers when the customer has cancelled."""

    def capture(self, **told: Any) -> Any:
        answer = super().capture(**told)
        _charging.set()
        assert _cancelled.wait(30)
        return answer


def _cancel_while_charged(order_id: OrderId) -> None:
    assert _charging.wait(30)
    _cancel(order_id)
    _cancelled.set()


def _cancel(order_id: OrderId) -> None:
    orders.cancel(CancelOrder(order_id=order_id, reason="changed my mind"), key=f"{order_id}.cancel")
