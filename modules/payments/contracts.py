"""What crosses the payments facade: requests, answers, refusals, and the payment methods that do tricks."""

from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from modules.orders.contracts import OrderId
from tearline.contracts import Contract, Id, Money, Refusal

CARD_OK: Final = "pm_card_ok"
CARD_DECLINED: Final = "pm_card_declined"
CARD_SLOW: Final = "pm_card_slow"
CARD_LOST_ANSWER: Final = "pm_card_lost_answer"
CARD_FLAKY: Final = "pm_card_flaky"

MAGIC_METHODS: Final = {
    CARD_OK: "Pays.",
    CARD_DECLINED: "Is declined.",
    CARD_SLOW: "Pays, after a while.",
    CARD_LOST_ANSWER: "Pays, but the first answer to each call gets lost on the way.",
    CARD_FLAKY: "Pays at the third try of each call; the first two fail and do nothing.",
}
"""The payment methods that the simulated provider knows, and what each does there. Any other is declined."""


def _positive(money: Money) -> Money:
    if money.amount <= 0:
        raise ValueError("the amount must be positive")
    return money


PositiveMoney = Annotated[Money, AfterValidator(_positive)]


class PaymentId(Id, prefix="pay"):
    """Names one attempt to take the money for one order."""


class AuthorizePayment(Contract):
    """Hold this much for the order."""

    order_id: OrderId
    amount: PositiveMoney
    method: str = Field(min_length=1, max_length=64, examples=[CARD_OK])


class CapturePayment(Contract):
    """Take this much of what is held for the order."""

    order_id: OrderId
    amount: PositiveMoney


PaymentState = Literal["processing", "authorized", "captured", "cancelled", "failed", "unknown"]


class Payment(Contract):
    """One attempt to take the money for one order. 0 <= refunded <= captured <= authorized <= amount, in one currency.

    processing: asked for, no answer yet. authorized: held. captured: taken, at least in part. cancelled: undone, what
    was held or taken is given back. failed: declined, for the reason in `failure`. unknown: the answer was lost; the
    provider is being asked.
    """

    id: PaymentId
    order_id: OrderId
    state: PaymentState
    method: str
    amount: Money
    authorized: Money
    captured: Money
    refunded: Money
    failure: str | None = Field(description="Why the provider declined.", examples=["card_declined"])
    created_at: datetime


class PaymentDeclined(Refusal, says="The payment for {order_id} was declined: {reason}.", status=422):
    """The provider says no. Another method may work, under another key."""

    order_id: OrderId
    reason: str


class AlreadyBeingPaid(Refusal, says="A payment for {order_id} is under way already.", status=409):
    """An order has one live payment at most; this one came under another key."""

    order_id: OrderId


class NothingToCapture(Refusal, says="Not that much is held for {order_id}.", status=409):
    """Nothing was taken: what is held for the order, if anything, is less or in another currency."""

    order_id: OrderId
