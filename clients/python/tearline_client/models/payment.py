from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.payment_state import PaymentState
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.money import Money


T = TypeVar("T", bound="Payment")


@_attrs_define
class Payment:
    """One attempt to take the money for one order. 0 <= refunded <= captured <= authorized <= amount, in one currency.

    processing: asked for, no answer yet. authorized: held. captured: taken, at least in part. cancelled: undone, what
    was held or taken is given back. failed: declined, for the reason in `failure`. unknown: the answer was lost; the
    provider is being asked.

        Attributes:
            amount (Money): An amount in the currency's minor unit (cents for EUR, yen for JPY), never a float.
            authorized (Money): An amount in the currency's minor unit (cents for EUR, yen for JPY), never a float.
            captured (Money): An amount in the currency's minor unit (cents for EUR, yen for JPY), never a float.
            created_at (datetime.datetime):
            failure (None | str): Why the provider declined to hold the money, or has declined since to take it.
            id (str):  Example: pay_01jdc3k5v8e1xszq4b7m2n9htw.
            method (str): As the provider calls it. The simulated one's do tricks. `pm_card_ok`: Pays. `pm_card_declined`:
                Is declined. `pm_card_slow`: Pays, after a while. `pm_card_lost_answer`: Pays, but the first answer to each call
                gets lost on the way. `pm_card_flaky`: Pays at the third try of each call; the first two fail and do nothing.
                `pm_card_no_funds`: Is declined: insufficient_funds. `pm_card_expired`: Is declined: expired_card.
                `pm_card_unknown`: Pays, but holding and taking is never answered; asking what became of it is.
                `pm_card_no_capture`: Holds the money, and declines to take it: capture_failed. `pm_card_no_refund`: Pays, and
                declines to give back a part: refund_failed. `pm_card_disputed`: Pays; as soon as the money is taken, all of it
                is charged back. The dispute stays open. `pm_card_dispute_won`: The same, and we win: the money is ours again.
                `pm_card_dispute_lost`: The same, and we lose: the money is gone. `pm_card_tells_twice`: Pays, and every webhook
                comes twice. `pm_card_tells_backwards`: Pays, and webhooks that wait to be sent come in reverse.
            order_id (str):  Example: ord_01jdc3k5v8e1xszq4b7m2n9htw.
            refunded (Money): An amount in the currency's minor unit (cents for EUR, yen for JPY), never a float.
            state (PaymentState):
            disputed (Money | None | Unset): What chargebacks have taken back, and not returned. It still counts as
                captured.
    """

    amount: Money
    authorized: Money
    captured: Money
    created_at: datetime.datetime
    failure: None | str
    id: str
    method: str
    order_id: str
    refunded: Money
    state: PaymentState
    disputed: Money | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.money import Money  # noqa: PLC0415

        amount = self.amount.to_dict()

        authorized = self.authorized.to_dict()

        captured = self.captured.to_dict()

        created_at = self.created_at.isoformat()

        failure: None | str
        failure = self.failure

        id = self.id

        method = self.method

        order_id = self.order_id

        refunded = self.refunded.to_dict()

        state = self.state.value

        disputed: dict[str, Any] | None | Unset
        if isinstance(self.disputed, Unset):
            disputed = UNSET
        elif isinstance(self.disputed, Money):
            disputed = self.disputed.to_dict()
        else:
            disputed = self.disputed

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "amount": amount,
                "authorized": authorized,
                "captured": captured,
                "created_at": created_at,
                "failure": failure,
                "id": id,
                "method": method,
                "order_id": order_id,
                "refunded": refunded,
                "state": state,
            }
        )
        if disputed is not UNSET:
            field_dict["disputed"] = disputed

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.money import Money  # noqa: PLC0415

        d = dict(src_dict)
        amount = Money.from_dict(d.pop("amount"))

        authorized = Money.from_dict(d.pop("authorized"))

        captured = Money.from_dict(d.pop("captured"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_failure(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        failure = _parse_failure(d.pop("failure"))

        id = d.pop("id")

        method = d.pop("method")

        order_id = d.pop("order_id")

        refunded = Money.from_dict(d.pop("refunded"))

        state = PaymentState(d.pop("state"))

        def _parse_disputed(data: object) -> Money | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                disputed_type_0 = Money.from_dict(data)

                return disputed_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Money | None | Unset, data)

        disputed = _parse_disputed(d.pop("disputed", UNSET))

        payment = cls(
            amount=amount,
            authorized=authorized,
            captured=captured,
            created_at=created_at,
            failure=failure,
            id=id,
            method=method,
            order_id=order_id,
            refunded=refunded,
            state=state,
            disputed=disputed,
        )

        payment.additional_properties = d
        return payment

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
