"""What orders does when others announce something."""

from modules.orders import services
from modules.orders.models import OrderOverview
from modules.payments.events import PaymentCaptured, PaymentDisputed, PaymentRefunded
from modules.shipping.events import ShipmentCancelled, ShipmentDelivered, ShipmentDispatched
from tearline.events import on


@on(PaymentCaptured)
def note_a_capture(event: PaymentCaptured) -> None:
    OrderOverview.hear(event)


@on(PaymentRefunded)
def note_a_refund(event: PaymentRefunded) -> None:
    OrderOverview.hear(event)


@on(PaymentDisputed)
def note_a_dispute(event: PaymentDisputed) -> None:
    OrderOverview.hear(event)


@on(ShipmentDispatched)
def note_what_left(event: ShipmentDispatched) -> None:
    OrderOverview.hear(event)


@on(ShipmentCancelled)
def note_what_stays(event: ShipmentCancelled) -> None:
    OrderOverview.hear(event)


@on(ShipmentDelivered)
def note_what_arrived(event: ShipmentDelivered) -> None:
    OrderOverview.hear(event)
    services.complete_if_arrived(event.order_id)
