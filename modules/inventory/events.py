"""What inventory announces."""

from pydantic import Field

from modules.inventory.contracts import LocationCode, Sku
from modules.orders.contracts import OrderId
from tearline.events import Event


class StockRanOut(Event, topic="inventory.stock_ran_out.v1", aggregate="order_id"):
    """A line could not be set aside in full. Nothing of the order is held."""

    order_id: OrderId
    sku: Sku
    missing: int = Field(ge=1)


class StockLow(Event, topic="inventory.stock_low.v1", aggregate="sku"):
    """What is available of a SKU at a location fell to its reorder point or below it. Again only once it was above."""

    sku: Sku
    location: LocationCode
    available: int
    reorder_point: int


class StockSoldOut(Event, topic="inventory.stock_sold_out.v1", aggregate="sku"):
    """Of a SKU, the last piece that was available at a location is not any more. Again only once there was one."""

    sku: Sku
    location: LocationCode
