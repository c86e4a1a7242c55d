"""The only way to ask inventory for something."""

from typing import Protocol

from modules.inventory.contracts import ReceiveStock, Reservation, ReserveStock, Sku, StockLevel
from modules.orders.contracts import OrderId
from tearline.facades import command, facade_for, query


class Inventory(Protocol):
    """Counts what is on the shelf and sets it aside for orders. Never decides what an order is owed."""

    @command
    def reserve(self, request: ReserveStock, *, key: str) -> Reservation:
        """Set everything aside, or nothing. Raises OutOfStock (announced as StockRanOut) or AlreadyReserved."""
        ...

    @command(undoes=reserve)
    def release(self, *, key: str) -> None:
        """Put back what was set aside under this key. Nothing held is fine. Raises AlreadyCommitted."""
        ...

    @command
    def receive(self, request: ReceiveStock, *, key: str) -> StockLevel:
        """Put goods on the shelf; a SKU never seen before is fine. The level as it is then."""
        ...

    @query
    def levels(self, skus: list[Sku]) -> list[StockLevel]:
        """The levels of these SKUs, in the order asked. Of an unknown SKU there are none."""
        ...

    @query
    def reservation_of(self, order_id: OrderId) -> Reservation | None:
        """The order's latest reservation, if it ever had one."""
        ...


inventory: Inventory = facade_for(Inventory)
