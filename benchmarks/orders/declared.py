"""The workflow as a shop on Tearline declares it: facades, events and sagas that stand in the modules' places.

It is told twice. `fulfil` is the bare workflow: every step is a facade command of another module than the one that
owns the process, so each has its key, its event and two lines in the journal. `fulfil_at_home` is what modules/orders
really does: the module that owns the order owns the process, so the order's own two steps are local ones.

Needs Django to be set up.
"""

import contextlib
from collections.abc import Iterator
from typing import Any, Protocol

from django.db import connections, models, transaction

from benchmarks.orders.statements import CHARGE, CONFIRM, CREATE, RESERVE, TAKE_STOCK, any_sku, in_schemas, new_id
from tearline.contracts import Contract
from tearline.events import Event, publish
from tearline.facades import acting_as, command, facade_for
from tearline.sagas import Saga
from tearline.testing import hosting, written_in


def _do(module: str, statement: Any, values: list[Any]) -> None:
    with connections[module].cursor() as cursor:
        cursor.execute(in_schemas(statement), values)


# What crosses


class Wanted(Contract):
    """An order for one piece."""

    order_id: str
    sku: int


class Owed(Contract):
    """What is to be charged for an order."""

    order_id: str


class OrderCreated(Event, topic="orders.bench_created.v1", aggregate="order_id"):
    """Nobody listens to these four: they are announced, relayed and done with."""

    order_id: str


class StockReserved(Event, topic="inventory.bench_reserved.v1", aggregate="order_id"):
    """A piece is set aside."""

    order_id: str


class OrderCharged(Event, topic="payments.bench_charged.v1", aggregate="order_id"):
    """The money is taken."""

    order_id: str


class OrderConfirmed(Event, topic="orders.bench_confirmed.v1", aggregate="order_id"):
    """The order stands."""

    order_id: str


# The facades, and who keeps them


@written_in("orders.facade")
class Orders(Protocol):
    """Keeps orders."""

    @command
    def create(self, wanted: Wanted, *, key: str) -> None:
        """Write the order down."""
        ...

    @command
    def place(self, wanted: Wanted, *, key: str) -> None:
        """Write the order down and begin to fulfil it at home."""
        ...

    @command
    def confirm(self, owed: Owed, *, key: str) -> None:
        """The order stands."""
        ...


@written_in("inventory.facade")
class Inventory(Protocol):
    """Keeps stock."""

    @command
    def reserve(self, wanted: Wanted, *, key: str) -> None:
        """Set a piece aside."""
        ...


@written_in("payments.facade")
class Payments(Protocol):
    """Keeps charges."""

    @command
    def charge(self, owed: Owed, *, key: str) -> None:
        """Take the money."""
        ...


class LocalOrders(Orders):
    """By plain statements."""

    def create(self, wanted: Wanted, *, key: str) -> None:  # noqa: ARG002 - the platform keeps it
        _do("orders", CREATE, [wanted.order_id, wanted.sku])
        publish(OrderCreated(order_id=wanted.order_id))

    def place(self, wanted: Wanted, *, key: str) -> None:
        self.create(wanted, key=key)
        fulfil_at_home.start(BareOrder(id=wanted.order_id, sku=wanted.sku))

    def confirm(self, owed: Owed, *, key: str) -> None:  # noqa: ARG002 - the platform keeps it
        _confirm(owed.order_id)


class LocalInventory(Inventory):
    """By plain statements."""

    def reserve(self, wanted: Wanted, *, key: str) -> None:  # noqa: ARG002 - the platform keeps it
        _do("inventory", RESERVE, [wanted.order_id, wanted.sku])
        _do("inventory", TAKE_STOCK, [wanted.sku])
        publish(StockReserved(order_id=wanted.order_id))


class LocalPayments(Payments):
    """By plain statements."""

    def charge(self, owed: Owed, *, key: str) -> None:  # noqa: ARG002 - the platform keeps it
        _do("payments", CHARGE, [owed.order_id])
        publish(OrderCharged(order_id=owed.order_id))


def _confirm(order_id: str) -> None:
    _do("orders", CONFIRM, [order_id])
    publish(OrderConfirmed(order_id=order_id))


orders: Orders = facade_for(Orders)
inventory: Inventory = facade_for(Inventory)
payments: Payments = facade_for(Payments)


@contextlib.contextmanager
def standing_in() -> Iterator[None]:
    """These facades are the modules' facades."""
    with hosting(Orders, LocalOrders()), hosting(Inventory, LocalInventory()), hosting(Payments, LocalPayments()):
        yield


# What the processes are about


class Fulfilment(models.Model):
    """One order on its way, as the module that owns the process knows it."""

    id = models.CharField(primary_key=True, max_length=40)
    sku = models.IntegerField()

    class Meta:
        app_label = "shipping"
        db_table = "bench_fulfilment"
        managed = False


class BareOrder(models.Model):
    """The order itself."""

    id = models.CharField(primary_key=True, max_length=40)
    sku = models.IntegerField()

    class Meta:
        app_label = "orders"
        db_table = "bench_order"
        managed = False


NOT_ASKED = "the benchmark never fails"

fulfil = Saga("shipping.bench_fulfil", subject=Fulfilment)


@fulfil.local(needs_no_undo=NOT_ASKED)
@written_in("shipping.sagas")
def begin(fulfilment: Fulfilment) -> None:
    """Commits with the process itself."""


@fulfil.remote(needs_no_undo=NOT_ASKED)
@written_in("shipping.sagas")
def create_order(fulfilment: Fulfilment) -> None:
    orders.create(Wanted(order_id=fulfilment.id, sku=fulfilment.sku), key=f"{fulfilment.id}.create")


@fulfil.remote(needs_no_undo=NOT_ASKED)
@written_in("shipping.sagas")
def reserve_stock(fulfilment: Fulfilment) -> None:
    inventory.reserve(Wanted(order_id=fulfilment.id, sku=fulfilment.sku), key=f"{fulfilment.id}.reserve")


@fulfil.remote(needs_no_undo=NOT_ASKED)
@written_in("shipping.sagas")
def charge(fulfilment: Fulfilment) -> None:
    payments.charge(Owed(order_id=fulfilment.id), key=f"{fulfilment.id}.charge")


@fulfil.remote(needs_no_undo=NOT_ASKED)
@written_in("shipping.sagas")
def confirm_order(fulfilment: Fulfilment) -> None:
    orders.confirm(Owed(order_id=fulfilment.id), key=f"{fulfilment.id}.confirm")


fulfil_at_home = Saga("orders.bench_fulfil", subject=BareOrder)


@fulfil_at_home.local(needs_no_undo=NOT_ASKED)
@written_in("orders.sagas")
def placed(order: BareOrder) -> None:
    """Commits with the order itself."""


@fulfil_at_home.remote(needs_no_undo=NOT_ASKED)
@written_in("orders.sagas")
def reserve_stock_for_order(order: BareOrder) -> None:
    inventory.reserve(Wanted(order_id=order.id, sku=order.sku), key=f"{order.id}.reserve")


@fulfil_at_home.remote(needs_no_undo=NOT_ASKED)
@written_in("orders.sagas")
def charge_order(order: BareOrder) -> None:
    payments.charge(Owed(order_id=order.id), key=f"{order.id}.charge")


@fulfil_at_home.local(pivot=True)
@written_in("orders.sagas")
def confirm_at_home(order: BareOrder) -> None:
    _confirm(order.id)


def start_the_process() -> str:
    """As the process's module would, in a transaction of its own. The id of what is under way."""
    with acting_as("shipping"), transaction.atomic(using="shipping"):
        fulfilment = Fulfilment(id=new_id(), sku=any_sku())
        fulfilment.save(force_insert=True)
        fulfil.start(fulfilment)
    return fulfilment.id


def place_an_order() -> str:
    """By the command that a customer's request is. The id of what is under way."""
    wanted = Wanted(order_id=new_id(), sku=any_sku())
    orders.place(wanted, key=wanted.order_id)
    return wanted.order_id
