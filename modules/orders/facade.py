"""The way to ask orders for something."""

from typing import Protocol

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
from tearline.facades import command, facade_for, query


class Orders(Protocol):
    """Takes orders and knows how far each one got. Never holds money, stock or parcels."""

    @command
    def place(self, request: PlaceOrder, *, key: str) -> Order:
        """Take an order at today's prices; it is fulfilled from there on.

        Raises NotForSale, NoPriceInCurrency, OrderTooLarge.
        """
        ...

    @command
    def cancel(self, request: CancelOrder, *, key: str) -> Order:
        """Give an order up: a pending one turns back after the step at hand, a confirmed one is stopped and refunded.

        Raises OrderNotFound, CannotCancel, StaleOrder. A confirmed one stays so if a parcel proves to have left.
        """
        ...

    @query
    def find(self, order_id: OrderId) -> Order:
        """Raises OrderNotFound."""
        ...

    @query
    def timeline(self, order_id: OrderId) -> list[TimelineEntry]:
        """What became of the order so far, oldest first. Raises OrderNotFound."""
        ...

    @query
    def explain(self, order_id: OrderId) -> Explanation:
        """Why it is in its state, what it waits for, what can be done. Raises OrderNotFound."""
        ...

    # Drafts

    @command
    def draft(self, request: DraftOrder, *, key: str) -> Order:
        """Prepare an order at today's prices. Raises DiscountTooLarge, NotForSale, NoPriceInCurrency, OrderTooLarge."""
        ...

    @command
    def change_draft(self, request: ChangeDraft, *, key: str) -> Order:
        """Raises OrderNotFound, NotDraft, StaleOrder, NotForSale, NoPriceInCurrency, DiscountTooLarge, OrderTooLarge.

        New lines are at the prices of now.
        """
        ...

    @command
    def place_draft(self, request: PlaceDraft, *, key: str) -> Order:
        """Make it an order, at the draft's prices. Raises OrderNotFound, NotDraft, StaleOrder, DraftIncomplete."""
        ...

    @command
    def discard_draft(self, request: DiscardDraft, *, key: str) -> Order:
        """It is cancelled, and nobody is told: nobody knew of it. Raises OrderNotFound, NotDraft, StaleOrder."""
        ...

    # Returns

    @command
    def request_return(self, request: RequestReturn, *, key: str) -> Return:
        """Announce that goods come back. Raises OrderNotFound, NothingToReturn, NotReturnable."""
        ...

    @command
    def receive_return(self, request: ReceiveReturn, *, key: str) -> Return:
        """Goods came back.

        Raises OrderNotFound, ReturnNotFound, ReturnNotInState, MoreThanRequested, MoreThanReceived, NothingReceived.
        """
        ...

    @command
    def refund_return(self, request: RefundReturn, *, key: str) -> Return:
        """Give back what was paid for what came back. Until the provider has answered, it is `refunding`.

        Raises OrderNotFound, ReturnNotFound, ReturnNotInState.
        """
        ...

    @command
    def reject_return(self, request: RejectReturn, *, key: str) -> Return:
        """Do not take the goods back. Those that came back already are not rejected.

        Raises OrderNotFound, ReturnNotFound, ReturnNotInState.
        """
        ...

    @query
    def returns_of(self, order_id: OrderId) -> list[Return]:
        """The order's returns, oldest first. Raises OrderNotFound."""
        ...


orders: Orders = facade_for(Orders)
