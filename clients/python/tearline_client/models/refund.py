from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.refund_state import RefundState

if TYPE_CHECKING:
    from ..models.money import Money


T = TypeVar("T", bound="Refund")


@_attrs_define
class Refund:
    """Money given back on request.

    processing: asked for, and under way. unknown: the answer was lost; the provider is being asked. refunded: given
    back, all of it. failed: declined, for the reason in `failure`; nothing was given back.

        Attributes:
            amount (Money): An amount in the currency's minor unit (cents for EUR, yen for JPY), never a float.
            created_at (datetime.datetime):
            failure (None | str): Why the provider declined.
            id (str):  Example: ref_01jdc3k5v8e1xszq4b7m2n9htw.
            order_id (str):  Example: ord_01jdc3k5v8e1xszq4b7m2n9htw.
            payment_id (str):  Example: pay_01jdc3k5v8e1xszq4b7m2n9htw.
            reason (str):
            state (RefundState):
    """

    amount: Money
    created_at: datetime.datetime
    failure: None | str
    id: str
    order_id: str
    payment_id: str
    reason: str
    state: RefundState
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        amount = self.amount.to_dict()

        created_at = self.created_at.isoformat()

        failure: None | str
        failure = self.failure

        id = self.id

        order_id = self.order_id

        payment_id = self.payment_id

        reason = self.reason

        state = self.state.value

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "amount": amount,
                "created_at": created_at,
                "failure": failure,
                "id": id,
                "order_id": order_id,
                "payment_id": payment_id,
                "reason": reason,
                "state": state,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.money import Money  # noqa: PLC0415

        d = dict(src_dict)
        amount = Money.from_dict(d.pop("amount"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_failure(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        failure = _parse_failure(d.pop("failure"))

        id = d.pop("id")

        order_id = d.pop("order_id")

        payment_id = d.pop("payment_id")

        reason = d.pop("reason")

        state = RefundState(d.pop("state"))

        refund = cls(
            amount=amount,
            created_at=created_at,
            failure=failure,
            id=id,
            order_id=order_id,
            payment_id=payment_id,
            reason=reason,
            state=state,
        )

        refund.additional_properties = d
        return refund

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
