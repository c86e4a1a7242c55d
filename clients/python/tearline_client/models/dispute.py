from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.dispute_state import DisputeState

if TYPE_CHECKING:
    from ..models.money import Money


T = TypeVar("T", bound="Dispute")


@_attrs_define
class Dispute:
    """A chargeback: the customer's bank has taken the money back.

    open: until it is decided. won: the money is ours again. lost: it is gone.

        Attributes:
            amount (Money): An amount in the currency's minor unit (cents for EUR, yen for JPY), never a float.
            opened_at (datetime.datetime):
            payment_id (str):  Example: pay_01jdc3k5v8e1xszq4b7m2n9htw.
            reason (str):
            reference (str): The provider's name for it.
            state (DisputeState):
    """

    amount: Money
    opened_at: datetime.datetime
    payment_id: str
    reason: str
    reference: str
    state: DisputeState
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        amount = self.amount.to_dict()

        opened_at = self.opened_at.isoformat()

        payment_id = self.payment_id

        reason = self.reason

        reference = self.reference

        state = self.state.value

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "amount": amount,
                "opened_at": opened_at,
                "payment_id": payment_id,
                "reason": reason,
                "reference": reference,
                "state": state,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.money import Money  # noqa: PLC0415

        d = dict(src_dict)
        amount = Money.from_dict(d.pop("amount"))

        opened_at = datetime.datetime.fromisoformat(d.pop("opened_at"))

        payment_id = d.pop("payment_id")

        reason = d.pop("reason")

        reference = d.pop("reference")

        state = DisputeState(d.pop("state"))

        dispute = cls(
            amount=amount,
            opened_at=opened_at,
            payment_id=payment_id,
            reason=reason,
            reference=reference,
            state=state,
        )

        dispute.additional_properties = d
        return dispute

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
