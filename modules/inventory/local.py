"""The inventory facade, kept by our own services."""

from modules.inventory import services
from modules.inventory.contracts import ReceiveStock, Reservation, ReserveStock, Sku, StockLevel
from modules.inventory.facade import Inventory
from modules.orders.contracts import OrderId


class LocalInventory(Inventory):
    """Contracts in, contracts out; the rows stay here."""

    def reserve(self, request: ReserveStock, *, key: str) -> Reservation:
        return services.reserve(request.order_id, request.lines, key=key).to_contract()

    def release(self, *, key: str) -> None:
        services.release(key=key)

    def receive(self, request: ReceiveStock, *, key: str) -> StockLevel:
        return services.receive(request.sku, request.quantity, reference=request.reference).to_contract()

    def levels(self, skus: list[Sku]) -> list[StockLevel]:
        return [level.to_contract() for level in services.levels(skus)]

    def reservation_of(self, order_id: OrderId) -> Reservation | None:
        reservation = services.reservation_of(order_id)
        return reservation.to_contract() if reservation else None
