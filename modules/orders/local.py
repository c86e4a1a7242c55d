"""The orders facade, kept by our own services."""

from modules.catalog.facade import catalog
from modules.orders import services
from modules.orders.contracts import CancelOrder, Order, OrderId, PlaceOrder, TimelineEntry
from modules.orders.facade import Orders
from tearline.facades import Acts, asked_by, three_acts


class LocalOrders(Orders):
    """Asks the catalog for prices before any order is written."""

    @three_acts
    def place(self, request: PlaceOrder, *, key: str) -> Acts[Order]:
        skus = [line.sku for line in request.lines]
        quotes = yield lambda: catalog.quote(skus, currency=request.currency)
        return services.place(request, quotes).to_contract()

    def cancel(self, request: CancelOrder, *, key: str) -> Order:
        return services.cancel(request, by=asked_by()).to_contract()

    def find(self, order_id: OrderId) -> Order:
        return services.found(order_id).to_contract()

    def timeline(self, order_id: OrderId) -> list[TimelineEntry]:
        return services.timeline(services.found(order_id))
