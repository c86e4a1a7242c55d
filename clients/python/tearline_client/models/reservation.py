from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.reservation_stage_type_0 import ReservationStageType0
from ..models.reservation_state import ReservationState
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.reserved_line import ReservedLine


T = TypeVar("T", bound="Reservation")


@_attrs_define
class Reservation:
    """What is, or was, set aside for an order; one line per SKU, in SKU order.

    held: may still be released. committed: the order's for good, until it is shipped. released: back on the shelf.
    The stage says the same and more. fulfilled: committed, and all that was not put back has left. expired: released,
    because nobody committed it in time. Of what was put back and left all the same, its line says that it has left.

        Attributes:
            created_at (datetime.datetime):
            id (str):  Example: res_01jdc3k5v8e1xszq4b7m2n9htw.
            lines (list[ReservedLine]):
            order_id (str):  Example: ord_01jdc3k5v8e1xszq4b7m2n9htw.
            state (ReservationState):
            expires_at (datetime.datetime | None | Unset): When a held one is put back.
            stage (None | ReservationStageType0 | Unset): Null: told before there were stages.
    """

    created_at: datetime.datetime
    id: str
    lines: list[ReservedLine]
    order_id: str
    state: ReservationState
    expires_at: datetime.datetime | None | Unset = UNSET
    stage: None | ReservationStageType0 | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        created_at = self.created_at.isoformat()

        id = self.id

        lines = []
        for lines_item_data in self.lines:
            lines_item = lines_item_data.to_dict()
            lines.append(lines_item)

        order_id = self.order_id

        state = self.state.value

        expires_at: None | str | Unset
        if isinstance(self.expires_at, Unset):
            expires_at = UNSET
        elif isinstance(self.expires_at, datetime.datetime):
            expires_at = self.expires_at.isoformat()
        else:
            expires_at = self.expires_at

        stage: None | str | Unset
        if isinstance(self.stage, Unset):
            stage = UNSET
        elif isinstance(self.stage, ReservationStageType0):
            stage = self.stage.value
        else:
            stage = self.stage

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "created_at": created_at,
                "id": id,
                "lines": lines,
                "order_id": order_id,
                "state": state,
            }
        )
        if expires_at is not UNSET:
            field_dict["expires_at"] = expires_at
        if stage is not UNSET:
            field_dict["stage"] = stage

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.reserved_line import ReservedLine  # noqa: PLC0415

        d = dict(src_dict)
        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        id = d.pop("id")

        lines = []
        _lines = d.pop("lines")
        for lines_item_data in _lines:
            lines_item = ReservedLine.from_dict(lines_item_data)

            lines.append(lines_item)

        order_id = d.pop("order_id")

        state = ReservationState(d.pop("state"))

        def _parse_expires_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                expires_at_type_0 = datetime.datetime.fromisoformat(data)

                return expires_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        expires_at = _parse_expires_at(d.pop("expires_at", UNSET))

        def _parse_stage(data: object) -> None | ReservationStageType0 | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                stage_type_0 = ReservationStageType0(data)

                return stage_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ReservationStageType0 | Unset, data)

        stage = _parse_stage(d.pop("stage", UNSET))

        reservation = cls(
            created_at=created_at,
            id=id,
            lines=lines,
            order_id=order_id,
            state=state,
            expires_at=expires_at,
            stage=stage,
        )

        reservation.additional_properties = d
        return reservation

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
