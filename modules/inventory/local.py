"""The inventory facade, kept by our own services."""

from modules.inventory import drift, services, shelves
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
from modules.inventory.facade import Inventory
from modules.orders.contracts import OrderId
from tearline.facades import asked_by


class LocalInventory(Inventory):
    """Contracts in, contracts out; the rows stay here."""

    def reserve(self, request: ReserveStock, *, key: str) -> Reservation:
        return services.reserve(request, key=key, by=asked_by()).to_contract()

    def release(self, *, key: str) -> None:
        services.release(key=key, by=asked_by())

    def fulfil(self, request: FulfilReservation, *, key: str) -> Reservation:
        return services.fulfil(request, by=asked_by()).to_contract()

    def withdraw(self, request: WithdrawReservation, *, key: str) -> Reservation:
        return services.withdraw(request, by=asked_by()).to_contract()

    def reservation_of(self, order_id: OrderId) -> Reservation | None:
        reservation = services.reservation_of(order_id)
        return reservation.to_contract() if reservation else None

    def receive(self, request: ReceiveStock, *, key: str) -> StockLevel:
        return shelves.receive(request, by=asked_by())

    def take_back(self, request: ReturnStock, *, key: str) -> StockLevel:
        return shelves.take_back(request, by=asked_by())

    def adjust(self, request: AdjustStock, *, key: str) -> StockLevel:
        shelves.adjust(request, by=asked_by())
        return shelves.level_of(request.sku)

    def adjust_batch(self, request: AdjustStockBatch, *, key: str) -> list[Adjusted]:
        return shelves.adjust_each(request.adjustments, by=asked_by())

    def count(self, request: CountStock, *, key: str) -> StockLevel:
        return shelves.count(request, by=asked_by())

    def transfer(self, request: TransferStock, *, key: str) -> StockLevel:
        return shelves.transfer(request, by=asked_by())

    def set_limits(self, request: SetLimits, *, key: str) -> StockLevel:
        return shelves.set_limits(request)

    def levels(self, skus: list[Sku]) -> list[StockLevel]:
        return shelves.levels(skus)

    def drift(self) -> StockDrift:
        return drift.drift()

    def add_location(self, request: AddLocation, *, key: str) -> Location:
        return shelves.add_location(request).to_contract()

    def change_location(self, request: ChangeLocation, *, key: str) -> Location:
        return shelves.change_location(request).to_contract()

    def locations(self) -> list[Location]:
        return [location.to_contract() for location in shelves.locations()]
