from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.return_state import ReturnState

if TYPE_CHECKING:
    from ..models.failure import Failure
    from ..models.money import Money
    from ..models.return_line import ReturnLine


T = TypeVar("T", bound="Return")


@_attrs_define
class Return:
    """Goods of an order that come back.

    requested: on their way, or not sent yet. rejected: not taken back. received: here again; what can be sold again
    goes back on the shelf. refunding: the money is being given back. refunded: it was, or the provider has promised to.
    Received again, with a failure: the provider declined.

        Attributes:
            amount (Money): An amount in the currency's minor unit (cents for EUR, yen for JPY), never a float.
            created_at (datetime.datetime):
            failure (Failure | None): Why it was rejected, or why the refund was declined.
            id (str):  Example: ret_01jdc3k5v8e1xszq4b7m2n9htw.
            lines (list[ReturnLine]):
            order_id (str):  Example: ord_01jdc3k5v8e1xszq4b7m2n9htw.
            reason (str):
            state (ReturnState):
    """

    amount: Money
    created_at: datetime.datetime
    failure: Failure | None
    id: str
    lines: list[ReturnLine]
    order_id: str
    reason: str
    state: ReturnState
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.failure import Failure  # noqa: PLC0415

        amount = self.amount.to_dict()

        created_at = self.created_at.isoformat()

        failure: dict[str, Any] | None
        if isinstance(self.failure, Failure):
            failure = self.failure.to_dict()
        else:
            failure = self.failure

        id = self.id

        lines = []
        for lines_item_data in self.lines:
            lines_item = lines_item_data.to_dict()
            lines.append(lines_item)

        order_id = self.order_id

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
                "lines": lines,
                "order_id": order_id,
                "reason": reason,
                "state": state,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.failure import Failure  # noqa: PLC0415
        from ..models.money import Money  # noqa: PLC0415
        from ..models.return_line import ReturnLine  # noqa: PLC0415

        d = dict(src_dict)
        amount = Money.from_dict(d.pop("amount"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_failure(data: object) -> Failure | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                failure_type_0 = Failure.from_dict(data)

                return failure_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Failure | None, data)

        failure = _parse_failure(d.pop("failure"))

        id = d.pop("id")

        lines = []
        _lines = d.pop("lines")
        for lines_item_data in _lines:
            lines_item = ReturnLine.from_dict(lines_item_data)

            lines.append(lines_item)

        order_id = d.pop("order_id")

        reason = d.pop("reason")

        state = ReturnState(d.pop("state"))

        return_ = cls(
            amount=amount,
            created_at=created_at,
            failure=failure,
            id=id,
            lines=lines,
            order_id=order_id,
            reason=reason,
            state=state,
        )

        return_.additional_properties = d
        return return_

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
