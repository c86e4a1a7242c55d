"""Whoever holds the money, as payments sees them. `settings.PAYMENT_PROVIDER` names the class that is used."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal, Protocol, cast

from modules.orders.contracts import OrderId
from modules.payments.contracts import DisputeState
from tearline.contracts import Money
from tearline.dotted_paths import named
from tearline.resilience import outside

Kind = Literal["authorized", "voided", "captured", "refunded", "disputed", "reinstated"]


@dataclass(frozen=True, kw_only=True)
class Movement:
    """Money moved, once and for good. The provider's reference names it; amounts are in minor units."""

    kind: Kind
    amount: int
    reference: str


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A chargeback as it stands: money that the customer's bank has taken back, for now or for good."""

    reference: str
    amount: int
    state: DisputeState
    reason: str


@dataclass(frozen=True, kw_only=True)
class Answer:
    """All that has become of one key so far.

    Under the key of an authorization: authorized, voided, disputed, reinstated. Under the key of a capture: captured,
    refunded, and voided where taking a part lets go of the rest. Under the key of a refund: refunded.
    `declined`: why nothing has moved under this key and nothing ever will.
    """

    movements: tuple[Movement, ...] = ()
    declined: str = ""
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Part:
    """So much of what was taken under the key of a capture."""

    capture: str
    amount: int


@dataclass(frozen=True, kw_only=True)
class Posting:
    """A line of the provider's own statement. `order_id`: what the provider was told it is for, or ""."""

    movement: Movement
    currency: str
    order_id: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Postings:
    """A part of a statement. `more`: where it goes on; "" at its end."""

    lines: tuple[Posting, ...]
    more: str = ""


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What a webhook says: its id, what kind of news it is, and the provider's name for what it is about."""

    id: str
    kind: str
    subject: str


class NotFromProvider(Exception):
    """A webhook whose signature is not the provider's, or is too old. Whoever sent it is not believed."""


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
        """Give back what was taken under the key of a capture, and was not given back yet."""
        ...

    def refund_parts(self, *, key: str, authorization: str, parts: Sequence[Part]) -> Answer:
        """Give back all of these parts of what was captured of that authorization, or none. Declined if it is less.

        Neither movement nor declined: under way.
        """
        ...

    def find_refund(self, *, key: str, authorization: str) -> Answer | None:
        """What has become of the key of a refund; None when it was never heard of."""
        ...

    def find(self, *, key: str) -> Answer | None:
        """What has become of the key of an authorization or capture; None when it was never heard of."""
        ...

    def order_of(self, *, subject: str) -> str:
        """The order that something is for which a webhook was about, as we once told the provider; "" if it is none."""
        ...

    def statement(self, *, since: datetime, until: datetime, after: str) -> Postings:
        """What moved in [since, until), page by page: `after` is "" first, then each page's `more`."""
        ...


TARGET = "payments.provider"
"""Whose policy holds for all that is asked of it."""

provider = outside(TARGET, Provider, setting="PAYMENT_PROVIDER", idempotent=True)
"""The provider that the settings name."""


class Mailbox(Protocol):
    """The part of a provider's class that reads its webhooks, and asks nobody."""

    name: ClassVar[str]

    def read(self, *, headers: Mapping[str, str], body: bytes) -> Heard:
        """Raises NotFromProvider for what it did not sign, or more than five minutes ago."""
        ...


def mailbox() -> Mailbox:
    """That of the provider that the settings name. Not behind its circuit: what strangers send must not open that."""
    return cast(Mailbox, named(setting="PAYMENT_PROVIDER")())
