"""What crosses notifications' facade."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from modules.orders.contracts import OrderId
from tearline.contracts import Contract, Id

NotificationState = Literal["queued", "sending", "sent", "failed"]
Channel = Literal["email"]


class NotificationId(Id, prefix="ntf"):
    """Names one notification."""


class Notification(Contract):
    """One letter to one person. `failed`: the last try failed; it is tried again until the tries run out."""

    id: NotificationId
    order_id: OrderId
    template: str = Field(description="Which letter.", examples=["confirmation"])
    channel: Channel
    state: NotificationState
    recipient_hint: str | None = Field(
        description="Who it went to, masked. Null before the first try.", examples=["a***@example.com"]
    )
    created_at: datetime
    sent_at: datetime | None
