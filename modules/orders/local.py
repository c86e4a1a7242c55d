"""The orders facade, kept by our own services."""

from modules.catalog.facade import catalog
from modules.orders import drafts, explaining, returns, services
from modules.orders.contracts import (
    CancelOrder,
    ChangeDraft,
    DiscardDraft,
    DraftOrder,
    Explanation,
    Order,
    OrderId,
    PlaceDraft,
    PlaceOrder,
    ReceiveReturn,
    RefundReturn,
    RejectReturn,
    RequestReturn,
    Return,
    TimelineEntry,
)
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

    def explain(self, order_id: OrderId) -> Explanation:
        return explaining.explain(services.found(order_id))

    @three_acts
    def draft(self, request: DraftOrder, *, key: str) -> Acts[Order]:
        skus = [line.sku for line in request.lines]
        quotes = yield lambda: catalog.quote(skus, currency=request.currency)
        return drafts.draft(request, quotes, by=asked_by()).to_contract()

    @three_acts
    def change_draft(self, request: ChangeDraft, *, key: str) -> Acts[Order]:
        quotes = None
        if request.lines:
            skus, currency = [line.sku for line in request.lines], drafts.found(request.order_id).currency
            quotes = yield lambda: catalog.quote(skus, currency=currency)
        return drafts.change(request, quotes, by=asked_by()).to_contract()

    def place_draft(self, request: PlaceDraft, *, key: str) -> Order:
        return drafts.place(request).to_contract()

    def discard_draft(self, request: DiscardDraft, *, key: str) -> Order:
        return drafts.discard(request, by=asked_by()).to_contract()

    def request_return(self, request: RequestReturn, *, key: str) -> Return:
        return returns.request(request, by=asked_by()).to_contract()

    def receive_return(self, request: ReceiveReturn, *, key: str) -> Return:
        return returns.receive(request, by=asked_by()).to_contract()

    def refund_return(self, request: RefundReturn, *, key: str) -> Return:
        return returns.refund(request, by=asked_by()).to_contract()

    def reject_return(self, request: RejectReturn, *, key: str) -> Return:
        return returns.reject(request, by=asked_by()).to_contract()

    def returns_of(self, order_id: OrderId) -> list[Return]:
        return [made.to_contract() for made in returns.returns_of(services.found(order_id))]
