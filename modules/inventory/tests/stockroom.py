"""What the tests here say again and again: goods come in, an order wants some."""

from modules.inventory.contracts import ReceiveStock, ReserveStock, StockLine
from modules.inventory.facade import inventory
from modules.inventory.models import StockLevel
from modules.orders.contracts import OrderId


def goods_come_in(**pieces: int) -> None:
    """`goods_come_in(MUG=5)`."""
    for sku, quantity in pieces.items():
        inventory.receive(ReceiveStock(sku=sku, quantity=quantity, reference="delivery"), key=OrderId.new())


def wish(*lines: tuple[str, int], order_id: OrderId | None = None) -> ReserveStock:
    """`wish(("MUG", 2), ("PEN", 1))` of a new order."""
    return ReserveStock(
        order_id=order_id or OrderId.new(), lines=[StockLine(sku=sku, quantity=quantity) for sku, quantity in lines]
    )


def shelf() -> dict[str, tuple[int, int]]:
    """(on hand, reserved) of each SKU."""
    return {level.sku: (level.on_hand, level.reserved) for level in StockLevel.objects.all()}
