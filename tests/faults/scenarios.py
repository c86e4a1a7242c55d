"""What a customer asks for, and how it must end whenever and wherever the process that serves it is killed.

Runs in a process of its own; see `nursery`. A scenario's `world` is how things are there, in every process alike.
"""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connections
from django.utils import timezone

from modules.catalog.contracts import NewProduct, NewVariant
from modules.catalog.facade import catalog
from modules.inventory.contracts import ReceiveStock
from modules.inventory.facade import inventory
from modules.orders.contracts import Address, CancelOrder, Order, OrderId, PlaceOrder, WantedLine
from modules.orders.facade import orders
from modules.orders.sagas import fulfil
from modules.payments.adapters.simulated import SimulatedProvider
from tearline.contracts import Money, Refusal, Unavailable
from tearline.events import _listeners
from tearline.models import SagaRow
from tearline.work import Worker
from tearline.work._glances import glances
from tests.faults import witness

ADDRESS = Address(name="Ada", line1="12 St James Square", city="London", postal_code="SW1Y 4JH", country="GB")
PIECES = 10
"""On the shelf, of the one SKU that a visit is about."""

LOOK_AGAIN = 0.01  # seconds
PUT_OFF = 5.0  # seconds: what is due later than that was put off on purpose
PATIENCE = timedelta(seconds=0.3)
"""The deadline of a step that gets no answer."""

NO_ANSWER = (Unavailable, OperationalError, InterfaceError)
"""What a customer hears when it is not known whether there is an order."""


@dataclass(frozen=True)
class Scenario:
    """`outcome`: the order's status, or the code of what undid it. `asks`: so many times at once.

    `cancels`: while the provider is asked for that, or "once confirmed". `poisoned`: the listener that cannot hear.
    """

    name: str
    outcome: str
    quantity: int = 2
    card: str = "pm_card_ok"
    cancels: str = ""
    asks: int = 1
    poisoned: str = ""
    world: Callable[[], None] = lambda: None

    @property
    def confirmed(self) -> bool:
        return self.outcome == "confirmed"


# The worlds


class Closed(Refusal, says="The shop has closed.", status=409, code="tests.closed"):
    """Said when an order is about to be confirmed."""


class Asked(SimulatedProvider):
    """Tells the witness of every answer that is lost, and of every question."""

    def authorize(self, **told: Any) -> Any:
        with _witnessing(told["order_id"]):
            return super().authorize(**told)

    def capture(self, **told: Any) -> Any:
        with _witnessing(told["authorization"]):
            return super().capture(**told)


@contextmanager
def _witnessing(subject: str) -> Iterator[None]:
    try:
        yield
    except Unavailable:
        witness.note("payments", "cut", "the provider", subject)
        raise


class Overcharging(SimulatedProvider):
    """Declines every charge: it is for more than is held."""

    def capture(self, *, amount: Money, **told: Any) -> Any:
        return super().capture(amount=amount + Money(amount=1, currency=amount.currency), **told)


class NeverSaysThatItHolds(Asked):
    """Holds the money, and no answer ever arrives."""

    def authorize(self, **told: Any) -> Any:
        super().authorize(**told)
        with _witnessing(told["order_id"]):
            raise Unavailable("nothing was heard of the hold")


class NeverSaysThatItCharged(Asked):
    """Charges the card, and no answer ever arrives."""

    def capture(self, **told: Any) -> Any:
        super().capture(**told)
        with _witnessing(told["authorization"]):
            raise Unavailable("nothing was heard of the charge")


_asked_for: dict[str, threading.Event] = {"authorize": threading.Event(), "capture": threading.Event()}
_cancelled = threading.Event()


class HoldsUnhurried(SimulatedProvider):
    """Holds the money, and answers when the customer has cancelled."""

    def authorize(self, **told: Any) -> Any:
        answer = super().authorize(**told)
        _asked_for["authorize"].set()
        assert _cancelled.wait(30)
        return answer


class ChargesUnhurried(SimulatedProvider):
    """Charges the card, and answers when the customer has cancelled."""

    def capture(self, **told: Any) -> Any:
        answer = super().capture(**told)
        _asked_for["capture"].set()
        assert _cancelled.wait(30)
        return answer


def _asking(provider: type[SimulatedProvider]) -> Callable[[], None]:
    def world() -> None:
        settings.PAYMENT_PROVIDER = f"{__name__}.{provider.__name__}"
        for step in fulfil.steps:
            step.deadline = PATIENCE if provider.__name__.startswith("Never") else step.deadline

    return world


def _closed() -> None:
    def confirm(order: Any) -> None:
        raise Closed

    (step,) = (step for step in fulfil.steps if step.pivot)
    step.act = confirm


POISONED = "shipping.open_a_shipment"


def _poisoned() -> None:
    """One listener cannot hear of the order, and is soon not asked to any more."""
    settings.TEARLINE_RETRY = settings.TEARLINE_RETRY | {"first": 0.005, "tries": 6}

    def choke(event: Any) -> None:
        raise ValueError("this event is not to be borne")

    _listeners.by_name[POISONED] = replace(_listeners.by_name[POISONED], handle=choke)


def _stumbling() -> None:
    """The first two tries to hear of a first stamp fail. The next one is so far off that others could overtake it."""
    settings.TEARLINE_RETRY = settings.TEARLINE_RETRY | {"first": 0.3, "cap": 0.3}
    left = [1, 2]

    def stumble(event: Any) -> None:
        if event.number == 1 and left:
            left.pop()
            raise ValueError("not yet")

    witness.reads_stamps = stumble


def _an_hour_slow() -> None:
    right = timezone.now
    timezone.now = lambda: right() - timedelta(hours=1)


SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario("happy", "confirmed"),
        Scenario("stock out", "inventory.out_of_stock", quantity=PIECES + 1),
        Scenario("declined", "payments.payment_declined", card="pm_card_declined"),
        Scenario("charge refused", "payments.payment_declined", world=_asking(Overcharging)),
        Scenario("confirmation refused", "tests.closed", world=_closed),
        Scenario(
            "cancelled while held", "orders.cancelled_on_request", cancels="authorize", world=_asking(HoldsUnhurried)
        ),
        Scenario(
            "cancelled while charged", "orders.cancelled_on_request", cancels="capture", world=_asking(ChargesUnhurried)
        ),
        Scenario("cancelled once confirmed", "orders.cancelled_on_request", cancels="once confirmed"),
        Scenario("no answer to the hold", "tearline.deadline_passed", world=_asking(NeverSaysThatItHolds)),
        Scenario("no answer to the charge", "tearline.deadline_passed", world=_asking(NeverSaysThatItCharged)),
        Scenario("answers lost", "confirmed", card="pm_card_lost_answer", world=_asking(Asked)),
        Scenario("questions lost", "confirmed", card="pm_card_flaky", world=_asking(Asked)),
        Scenario("asked three times at once", "confirmed", asks=3),
        Scenario("poisoned event", "confirmed", poisoned=POISONED, world=_poisoned),
        Scenario("stumbling listener", "confirmed", world=_stumbling),
        Scenario("clock an hour slow", "confirmed", world=_an_hour_slow),
    )
}


# What is done


def fill_the_shelf(sku: str, pieces: int = PIECES) -> None:
    variant = NewVariant(sku=sku, name=sku, price=Money(amount=1450, currency="EUR"))
    catalog.offer(NewProduct(name=sku, variants=[variant]), key=f"offer.{sku}")
    inventory.receive(ReceiveStock(sku=sku, quantity=pieces, reference="opening"), key=f"opening.{sku}")


def ask(scenario: Scenario, sku: str) -> Order:
    """Place the order, under a key that is the SKU here."""
    lines = [WantedLine(sku=sku, quantity=scenario.quantity)]
    request = PlaceOrder(email="ada@example.com", ship_to=ADDRESS, lines=lines, payment_method=scenario.card)
    return orders.place(request, key=sku)


def ask_until_answered(scenario: Scenario, sku: str) -> Order:
    """A customer who hears nothing asks again under the same key."""
    while True:
        try:
            return ask(scenario, sku)
        except NO_ANSWER:
            connections.close_all()
            time.sleep(LOOK_AGAIN)


def first_try(scenario: Scenario, sku: str) -> None:
    """The customer asks, and a worker does what is to be done. This is what gets killed."""
    order = _asked_at_once(scenario, sku)
    _work(order.id, meanwhile=lambda: _cancel_while(scenario.cancels, order.id))
    _cancel_once_confirmed(scenario, order.id)


def come_back(scenario: Scenario, sku: str) -> None:
    """In a fresh process the customer asks again, and another worker goes on."""
    order = ask_until_answered(scenario, sku)
    if scenario.cancels in _asked_for:
        _cancel(order.id)
    _work(order.id)
    _cancel_once_confirmed(scenario, order.id)


ACTS: dict[str, Callable[[Scenario, str], None]] = {"first try": first_try, "come back": come_back}


def _asked_at_once(scenario: Scenario, sku: str) -> Order:
    with ThreadPoolExecutor(scenario.asks) as threads:
        answers = [threads.submit(_asked_in_a_thread, scenario, sku) for _ in range(scenario.asks)]
        placed = {answer.result().id: answer.result() for answer in answers}
    assert len(placed) == 1
    return placed.popitem()[1]


def _asked_in_a_thread(scenario: Scenario, sku: str) -> Order:
    try:
        return ask_until_answered(scenario, sku)
    finally:
        connections.close_all()


def _work(order_id: OrderId, *, meanwhile: Callable[[], None] = lambda: None) -> None:
    worker = Worker(threads=2)
    worker.start()
    meanwhile()
    while not _is_over(order_id):
        time.sleep(LOOK_AGAIN)
    assert worker.stop()


def _is_over(order_id: OrderId) -> bool:
    try:
        # Looked at twice, as what is looked at first may be passed on to where the look was already.
        return has_ended(order_id) and nothing_is_left() and nothing_is_left()
    except NO_ANSWER:
        connections.close_all()
        return False


def has_ended(order_id: OrderId) -> bool:
    return not SagaRow.objects.using("orders").filter(subject_id=order_id, due_at__isnull=False).exists()


def nothing_is_left() -> bool:
    """Whether no row is held by anybody, or due before long."""
    return not any(
        glance.owners or (glance.next_due is not None and glance.next_due < PUT_OFF)
        for module in settings.TEARLINE_TOPOLOGY.hosted
        for glance in glances(module)
    )


def _cancel_while(asked_for: str, order_id: OrderId) -> None:
    """As soon as the provider is asked for that; or when all is over, as another process has cancelled meanwhile."""
    if asked_for not in _asked_for:
        return
    while not (_asked_for[asked_for].wait(LOOK_AGAIN) or _is_over(order_id)):
        pass
    _cancel(order_id)
    _cancelled.set()


def _cancel_once_confirmed(scenario: Scenario, order_id: OrderId) -> None:
    """And have it done."""
    if scenario.cancels == "once confirmed":
        _cancel(order_id)
        _work(order_id)


def _cancel(order_id: OrderId) -> None:
    while True:
        try:
            orders.cancel(CancelOrder(order_id=order_id, reason="changed my mind"), key=f"{order_id}.cancel")
        except NO_ANSWER:
            connections.close_all()
        else:
            return
