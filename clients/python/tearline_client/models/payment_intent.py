from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.payment_intent_state import PaymentIntentState

if TYPE_CHECKING:
    from ..models.dispute import Dispute
    from ..models.money import Money
    from ..models.payment import Payment
    from ..models.refund import Refund


T = TypeVar("T", bound="PaymentIntent")


@_attrs_define
class PaymentIntent:
    """All that was done to get one order paid: its attempts, what was given back, what was charged back.

    requires_payment_method: the last attempt was declined; another may be made, under another key. processing: the
    provider has not answered yet. requires_capture: the money is held. succeeded: it was taken, at least in part.
    cancelled: the last attempt was undone, or all of it given back; another may be made.

        Attributes:
            amount (Money): An amount in the currency's minor unit (cents for EUR, yen for JPY), never a float.
            attempts (list[Payment]): Oldest first. All but the last are over.
            disputes (list[Dispute]):
            order_id (str):  Example: ord_01jdc3k5v8e1xszq4b7m2n9htw.
            refunds (list[Refund]):
            state (PaymentIntentState):
    """

    amount: Money
    attempts: list[Payment]
    disputes: list[Dispute]
    order_id: str
    refunds: list[Refund]
    state: PaymentIntentState
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        amount = self.amount.to_dict()

        attempts = []
        for attempts_item_data in self.attempts:
            attempts_item = attempts_item_data.to_dict()
            attempts.append(attempts_item)

        disputes = []
        for disputes_item_data in self.disputes:
            disputes_item = disputes_item_data.to_dict()
            disputes.append(disputes_item)

        order_id = self.order_id

        refunds = []
        for refunds_item_data in self.refunds:
            refunds_item = refunds_item_data.to_dict()
            refunds.append(refunds_item)

        state = self.state.value

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "amount": amount,
                "attempts": attempts,
                "disputes": disputes,
                "order_id": order_id,
                "refunds": refunds,
                "state": state,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.dispute import Dispute  # noqa: PLC0415
        from ..models.money import Money  # noqa: PLC0415
        from ..models.payment import Payment  # noqa: PLC0415
        from ..models.refund import Refund  # noqa: PLC0415

        d = dict(src_dict)
        amount = Money.from_dict(d.pop("amount"))

        attempts = []
        _attempts = d.pop("attempts")
        for attempts_item_data in _attempts:
            attempts_item = Payment.from_dict(attempts_item_data)

            attempts.append(attempts_item)

        disputes = []
        _disputes = d.pop("disputes")
        for disputes_item_data in _disputes:
            disputes_item = Dispute.from_dict(disputes_item_data)

            disputes.append(disputes_item)

        order_id = d.pop("order_id")

        refunds = []
        _refunds = d.pop("refunds")
        for refunds_item_data in _refunds:
            refunds_item = Refund.from_dict(refunds_item_data)

            refunds.append(refunds_item)

        state = PaymentIntentState(d.pop("state"))

        payment_intent = cls(
            amount=amount,
            attempts=attempts,
            disputes=disputes,
            order_id=order_id,
            refunds=refunds,
            state=state,
        )

        payment_intent.additional_properties = d
        return payment_intent

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
