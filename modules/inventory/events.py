"""What inventory announces."""

from pydantic import Field

from modules.inventory.contracts import Sku
from modules.orders.contracts import OrderId
from tearline.events import Event


class StockRanOut(Event, topic="inventory.stock_ran_out.v1", aggregate="order_id"):
    """A line could not be set aside in full. Nothing of the order is held."""

    order_id: OrderId
    sku: Sku
    missing: int = Field(ge=1)
