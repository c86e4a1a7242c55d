"""The only way to ask inventory for something."""

from typing import Protocol

from modules.inventory.contracts import (
    AddLocation,
    Adjusted,
    AdjustStock,
    AdjustStockBatch,
    ChangeLocation,
    CountStock,
    FulfilReservation,
    Location,
    ReceiveStock,
    Reservation,
    ReserveStock,
    ReturnStock,
    SetLimits,
    Sku,
    StockDrift,
    StockLevel,
    TransferStock,
    WithdrawReservation,
)
from modules.orders.contracts import OrderId
from tearline.facades import command, facade_for, query


class Inventory(Protocol):
    """Counts what is on the shelf and sets it aside for orders. Never decides what an order is owed."""

    # For orders

    @command
    def reserve(self, request: ReserveStock, *, key: str) -> Reservation:
        """Set everything aside, or nothing. Raises OutOfStock (announced as StockRanOut) or AlreadyReserved."""
        ...

    @command(undoes=reserve)
    def release(self, *, key: str) -> None:
        """Put back what was set aside under this key. Nothing held is fine. Raises AlreadyCommitted."""
        ...

    @command
    def fulfil(self, request: FulfilReservation, *, key: str) -> Reservation:
        """Goods of a committed order have left, once with each parcel.

        Raises NothingSetAside, NotCommitted, MoreThanSetAside, NotEnoughOnHand.
        """
        ...

    @command
    def withdraw(self, request: WithdrawReservation, *, key: str) -> Reservation:
        """Put back what an order no longer wants, committed or not. Raises NothingSetAside, MoreThanSetAside."""
        ...

    @query
    def reservation_of(self, order_id: OrderId) -> Reservation | None:
        """The order's latest reservation, if it ever had one."""
        ...

    # What lies where

    @command
    def receive(self, request: ReceiveStock, *, key: str) -> StockLevel:
        """Put goods on the shelf; a SKU never seen before is fine. The level as it is then.

        Raises LocationNotFound, LocationClosed.
        """
        ...

    @command
    def take_back(self, request: ReturnStock, *, key: str) -> StockLevel:
        """Put goods on the shelf again that had left. Raises LocationNotFound, LocationClosed."""
        ...

    @command
    def adjust(self, request: AdjustStock, *, key: str) -> StockLevel:
        """Correct the books by a difference. Raises NotEnoughOnHand, LocationNotFound, LocationClosed."""
        ...

    @command
    def adjust_batch(self, request: AdjustStockBatch, *, key: str) -> list[Adjusted]:
        """Make each adjustment by itself. What came of them, in the order asked."""
        ...

    @command
    def count(self, request: CountStock, *, key: str) -> StockLevel:
        """Set the books to what was counted.

        Raises StaleQuantity when they changed meanwhile, NotEnoughOnHand, LocationNotFound, LocationClosed.
        """
        ...

    @command
    def transfer(self, request: TransferStock, *, key: str) -> StockLevel:
        """Take goods from one location to another.

        Raises NotEnoughOnHand, SameLocation, LocationNotFound, LocationClosed.
        """
        ...

    @command
    def set_limits(self, request: SetLimits, *, key: str) -> StockLevel:
        """Say how many may be promised beyond what is there, and when to order.

        Raises NotEnoughOnHand, LocationNotFound, LocationClosed, StaleLimits.
        """
        ...

    @query
    def levels(self, skus: list[Sku]) -> list[StockLevel]:
        """The levels of these SKUs, in the order asked. Of an unknown SKU there are none."""
        ...

    @query
    def drift(self) -> StockDrift:
        """Compare every level with its ledger and with what reservations hold."""
        ...

    # Locations

    @command
    def add_location(self, request: AddLocation, *, key: str) -> Location:
        """Open a location. Raises LocationExists."""
        ...

    @command
    def change_location(self, request: ChangeLocation, *, key: str) -> Location:
        """Rename it, close it, open it again. Raises LocationNotFound, LocationInUse, StaleLocation."""
        ...

    @query
    def locations(self) -> list[Location]:
        """All of them, in the order in which they are asked."""
        ...


inventory: Inventory = facade_for(Inventory)
