from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.movement_reason import MovementReason

T = TypeVar("T", bound="Movement")


@_attrs_define
class Movement:
    """One line of the ledger, with the balance it left. Of a line that changes nothing, the balance is null.

    Attributes:
        actor (str): Who asked for it: a module, or a key as `api:…`.
        at (datetime.datetime):
        id (int):
        location (str):
        on_hand_after (int | None):
        on_hand_change (int):
        reason (MovementReason):
        reference (str):
        reserved_after (int | None):
        reserved_change (int):
        sku (str):
    """

    actor: str
    at: datetime.datetime
    id: int
    location: str
    on_hand_after: int | None
    on_hand_change: int
    reason: MovementReason
    reference: str
    reserved_after: int | None
    reserved_change: int
    sku: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        actor = self.actor

        at = self.at.isoformat()

        id = self.id

        location = self.location

        on_hand_after: int | None
        on_hand_after = self.on_hand_after

        on_hand_change = self.on_hand_change

        reason = self.reason.value

        reference = self.reference

        reserved_after: int | None
        reserved_after = self.reserved_after

        reserved_change = self.reserved_change

        sku = self.sku

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "actor": actor,
                "at": at,
                "id": id,
                "location": location,
                "on_hand_after": on_hand_after,
                "on_hand_change": on_hand_change,
                "reason": reason,
                "reference": reference,
                "reserved_after": reserved_after,
                "reserved_change": reserved_change,
                "sku": sku,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        actor = d.pop("actor")

        at = datetime.datetime.fromisoformat(d.pop("at"))

        id = d.pop("id")

        location = d.pop("location")

        def _parse_on_hand_after(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        on_hand_after = _parse_on_hand_after(d.pop("on_hand_after"))

        on_hand_change = d.pop("on_hand_change")

        reason = MovementReason(d.pop("reason"))

        reference = d.pop("reference")

        def _parse_reserved_after(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        reserved_after = _parse_reserved_after(d.pop("reserved_after"))

        reserved_change = d.pop("reserved_change")

        sku = d.pop("sku")

        movement = cls(
            actor=actor,
            at=at,
            id=id,
            location=location,
            on_hand_after=on_hand_after,
            on_hand_change=on_hand_change,
            reason=reason,
            reference=reference,
            reserved_after=reserved_after,
            reserved_change=reserved_change,
            sku=sku,
        )

        movement.additional_properties = d
        return movement

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
