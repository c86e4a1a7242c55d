"""How an order is fulfilled, told from top to bottom; and, read upwards, how it is undone.

    place ─ reserve stock ─ authorize payment ─ capture payment ─ confirm
      │          │                 │                  │              └ from here on only forward: shipment and e-mail
   cancel     release             void             refund              follow from OrderConfirmed

A refusal (stock ran out, card declined) undoes what stands before it. No answer is asked again under the same key, and
when the deadline passes the step is undone along with the rest, because it may have happened.
"""

from modules.inventory.contracts import ReserveStock, StockLine
from modules.inventory.facade import inventory
from modules.orders.contracts import Failure
from modules.orders.models import Order
from modules.payments.contracts import AuthorizePayment, CapturePayment
from modules.payments.facade import payments
from tearline.facades import asked_by
from tearline.sagas import Saga, Why

fulfil = Saga("orders.fulfil", subject=Order)


@fulfil.local
def place(order: Order) -> None:
    order.place(by=asked_by())  # commits with the order itself: an order that exists is being fulfilled


@place.undo
def cancel(order: Order, why: Why) -> None:
    order.cancel(Failure(code=why.code, detail=why.detail))


@fulfil.remote
def reserve_stock(order: Order) -> None:
    lines = [StockLine(sku=line.sku, quantity=line.quantity) for line in order.lines.all()]
    inventory.reserve(ReserveStock(order_id=order.id, lines=lines), key=order.key("stock"))


@reserve_stock.undo
def release_stock(order: Order) -> None:
    inventory.release(key=order.key("stock"))


@fulfil.remote
def authorize_payment(order: Order) -> None:
    if order.is_free:
        return
    request = AuthorizePayment(order_id=order.id, amount=order.amount, method=order.payment_method)
    payments.authorize(request, key=order.key("payment"))


@authorize_payment.undo
def void_payment(order: Order) -> None:
    payments.void(key=order.key("payment"))


@fulfil.remote
def capture_payment(order: Order) -> None:
    if order.is_free:
        return
    payments.capture(CapturePayment(order_id=order.id, amount=order.amount), key=order.key("capture"))


@capture_payment.undo
def refund_payment(order: Order) -> None:
    payments.refund(key=order.key("capture"))


@fulfil.local(pivot=True)
def confirm(order: Order) -> None:
    order.confirm()  # commits with its line in the journal
