"""The way to ask orders for something."""

from typing import Protocol

from modules.orders.contracts import CancelOrder, Order, OrderId, PlaceOrder, TimelineEntry
from tearline.facades import command, facade_for, query


class Orders(Protocol):
    """Takes orders and knows how far each one got. Never holds money, stock or parcels."""

    @command
    def place(self, request: PlaceOrder, *, key: str) -> Order:
        """Take an order at today's prices; it is fulfilled from there on. Raises what the catalog refuses to quote."""
        ...

    @command
    def cancel(self, request: CancelOrder, *, key: str) -> Order:
        """Have a pending order undone, as soon as the step at hand is over. Raises OrderNotFound, CannotCancel."""
        ...

    @query
    def find(self, order_id: OrderId) -> Order:
        """Raises OrderNotFound."""
        ...

    @query
    def timeline(self, order_id: OrderId) -> list[TimelineEntry]:
        """What became of the order so far, oldest first. Raises OrderNotFound."""
        ...


orders: Orders = facade_for(Orders)
