"""Domain events: facts that a module announces, and what others do when they hear them.

    class OrderConfirmed(Event, topic="orders.order_confirmed.v1", aggregate="order_id"):
        order_id: OrderId

    publish(OrderConfirmed(order_id=order.id))     # in the publisher's own transaction, into its own outbox

    @on(OrderConfirmed)                            # in another module's handlers.py
    def prepare_a_shipment(event: OrderConfirmed) -> None: ...

A relay carries each event to the inbox of every module that listens. A handler's effects commit together with its
inbox row: at least once on the way, once in effect, and in publishing order for each aggregate. Handlers write their
own module's rows and publish, nothing else; anything further becomes due work (`tearline.work.task`).

Names are stable, code is not: `on(…, formerly=(…,))` keeps a listener's rows through a new name, and `upcast` turns
what was announced in an older version into the newer event.

Nothing here knows Django; `tearline.apps` hands in the outbox.
"""

from tearline.events._events import Event, EventError, topics
from tearline.events._listeners import Listener, listener_named, listeners_of, on
from tearline.events._publishing import NotTheOwner, publish
from tearline.events._upcasting import upcast

__all__ = [
    "Event",
    "EventError",
    "Listener",
    "NotTheOwner",
    "listener_named",
    "listeners_of",
    "on",
    "publish",
    "topics",
    "upcast",
]
