"""A shop from the outside: browse, order, decline, cancel, return, refund, and a webhook, with the generated client.

    TEARLINE_KEY=sk_test_… PYTHONPATH=clients/python python -m examples.python.walkthrough

It talks to the server at TEARLINE_URL, http://127.0.0.1:8000 by default, which `make run` starts.
"""

import hashlib
import hmac
import json
import os
import sys
import time
import uuid
from collections.abc import Callable
from typing import TypeVar

from tearline_client import AuthenticatedClient
from tearline_client.api.catalog import catalog_list_products
from tearline_client.api.notifications import notifications_add_endpoint, notifications_remove_endpoint
from tearline_client.api.orders import (
    orders_cancel_order,
    orders_get_order,
    orders_list_returns,
    orders_place_order,
    orders_receive_return,
    orders_refund_return,
    orders_request_return,
)
from tearline_client.api.shipping import shipping_list_shipments
from tearline_client.models import (
    Address,
    AddWebhookEndpoint,
    Arrival,
    Cancellation,
    ExpandedOrder,
    Order,
    PlaceOrder,
    ProblemDetails,
    ReturnedLine,
    WantedLine,
    Wish,
)

from examples.python.receiver import Receiver, is_refused, receiving

T = TypeVar("T")

URL = os.environ.get("TEARLINE_URL", "http://127.0.0.1:8000")
client = AuthenticatedClient(base_url=URL, token=os.environ.get("TEARLINE_KEY", ""))


def new_key() -> str:
    """One for each thing that is to be done. Send the same one again with every repeat."""
    return str(uuid.uuid4())


def good(answer: T | ProblemDetails | None) -> T:
    """The answer, or an end with what went wrong."""
    if isinstance(answer, ProblemDetails):
        sys.exit(f"{answer.code}: {answer.detail} See {URL}{answer.type_}")
    assert answer is not None
    return answer


def in_time(answer: Callable[[], T | None], what: str) -> T:
    """What becomes of things after the answer is looked up until it is there."""
    until = time.monotonic() + 60
    while (said := answer()) is None:
        if time.monotonic() > until:
            sys.exit(f"not in time: {what}")
        time.sleep(0.2)
    return said


def order(*, card: str, postal_code: str) -> Order:
    wanted = PlaceOrder(
        email="ada@example.com",
        ship_to=Address(
            name="Ada Lovelace", line1="12 St James's Square", city="London", postal_code=postal_code, country="GB"
        ),
        lines=[WantedLine(sku="NOTE-DOTS", quantity=1)],
        payment_method=card,
    )
    return good(orders_place_order.sync(client=client, body=wanted, idempotency_key=new_key(), prefer="wait=10"))


def browse() -> None:
    page = good(catalog_list_products.sync(client=client, limit=2))
    print("browse:", ", ".join(product.name for product in page.data), "and more" if page.has_more else "")


def decline() -> None:
    declined = order(card="pm_card_declined", postal_code="SW1Y 4JH")
    assert declined.failure
    print("decline:", declined.status, declined.failure.code)


def cancel() -> None:
    placed = order(card="pm_card_ok", postal_code="SW1Y 4JH")
    why = Cancellation(reason="changed my mind")
    good(orders_cancel_order.sync(placed.id, client=client, body=why, idempotency_key=new_key()))

    def cancelled() -> ExpandedOrder | None:
        now = good(orders_get_order.sync(placed.id, client=client))
        return now if now.status == "cancelled" else None

    print("cancel:", in_time(cancelled, "the order is cancelled").status)
    wish = Wish(lines=[ReturnedLine(sku="NOTE-DOTS", quantity=1)], reason="too small")
    refused = orders_request_return.sync(placed.id, client=client, body=wish, idempotency_key=new_key())
    assert isinstance(refused, ProblemDetails)
    print("refused:", refused.status, refused.code)


def send_back() -> None:
    """With the simulated carrier, whose webhook we send: it is at the door at once."""
    placed = order(card="pm_card_ok", postal_code="SIM-FAST")

    def label() -> str | None:
        parcels = good(shipping_list_shipments.sync(client=client, order_id=placed.id)).data
        return next((parcel.tracking_number for parcel in parcels if parcel.tracking_number), None)

    play_the_carrier(in_time(label, "a label is bought"))
    wish = Wish(lines=[ReturnedLine(sku="NOTE-DOTS", quantity=1)], reason="too small")

    def wished() -> str | None:
        key = new_key()  # what was refused stays refused under its key
        answer = orders_request_return.sync(placed.id, client=client, body=wish, idempotency_key=key)
        if isinstance(answer, ProblemDetails) and answer.code in ("orders.nothing_to_return", "orders.not_returnable"):
            return None
        return good(answer).id

    return_id = in_time(wished, "the parcel has left")
    came = good(
        orders_receive_return.sync(placed.id, return_id, client=client, body=Arrival(), idempotency_key=new_key())
    )
    print("return:", came.state)
    good(orders_refund_return.sync(placed.id, return_id, client=client, idempotency_key=new_key()))

    def refunded() -> str | None:
        (made,) = good(orders_list_returns.sync(placed.id, client=client))
        return made.state if made.state == "refunded" else None

    print("refund:", in_time(refunded, "the money is given back"))


def play_the_carrier(tracking_number: str) -> None:
    told = {"id": f"evt_{tracking_number}", "description": "tracker.updated"}
    body = json.dumps(told | {"result": {"tracking_code": tracking_number}}).encode()
    signature = hmac.new(b"simulated", body, hashlib.sha256).hexdigest()
    headers = {"X-Hmac-Signature": f"hmac-sha256-hex={signature}"}
    taken = client.get_httpx_client().post("/api/v1/shipments/webhooks/simulated", content=body, headers=headers)
    taken.raise_for_status()


def hear(receiver: Receiver) -> None:
    wanted = AddWebhookEndpoint(url=receiver.url, types=["order.confirmed"])
    added = good(notifications_add_endpoint.sync(client=client, body=wanted, idempotency_key=new_key()))
    placed = order(card="pm_card_ok", postal_code="SW1Y 4JH")
    told = receiver.next(added.secret)
    assert told["data"]["order_id"] == placed.id
    assert is_refused(added.secret, b"{}")
    print("webhook:", told["type"])
    good(notifications_remove_endpoint.sync(added.endpoint.id, client=client, idempotency_key=new_key()))


def main() -> None:
    browse()
    print("order:", order(card="pm_card_ok", postal_code="SW1Y 4JH").status)
    decline()
    cancel()
    send_back()
    with receiving() as receiver:
        hear(receiver)


if __name__ == "__main__":
    main()
