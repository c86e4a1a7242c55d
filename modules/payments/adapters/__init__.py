"""Whoever holds the money, as payments sees them. `settings.PAYMENT_PROVIDER` names the class that is used."""

from dataclasses import dataclass
from typing import Literal, Protocol

from modules.orders.contracts import OrderId
from tearline.contracts import Money
from tearline.resilience import outside


@dataclass(frozen=True, kw_only=True)
class Movement:
    """Money moved, once and for good. The provider's reference names it; amounts are in minor units."""

    kind: Literal["authorized", "voided", "captured", "refunded"]
    amount: int
    reference: str


@dataclass(frozen=True, kw_only=True)
class Answer:
    """All that has become of one key so far.

    Under the key of an authorization: authorized, voided. Under the key of a capture: captured, refunded.
    `declined`: why nothing has moved under this key and nothing ever will.
    """

    movements: tuple[Movement, ...] = ()
    declined: str = ""


class Provider(Protocol):
    """Holds and moves money by order of whoever knows the key. Same key, same effect, once.

    Every call raises Unavailable when there is no answer. Undoing a key that was never used declines it: a late
    authorization or capture under it moves nothing.
    """

    def authorize(self, *, key: str, order_id: OrderId, amount: Money, method: str) -> Answer:
        """Hold the amount."""
        ...

    def void(self, *, key: str) -> Answer:
        """Let go of what is held under the key of an authorization, and was not captured."""
        ...

    def capture(self, *, key: str, authorization: str, amount: Money) -> Answer:
        """Take the amount out of what is held under the key of that authorization. Declined if that is less."""
        ...

    def refund(self, *, key: str) -> Answer:
        """Give back what was taken under the key of a capture."""
        ...

    def find(self, *, key: str) -> Answer | None:
        """What has become of the key; None when it was never heard of."""
        ...


provider = outside("payments.provider", Provider, setting="PAYMENT_PROVIDER", idempotent=True)
"""The provider that the settings name."""
