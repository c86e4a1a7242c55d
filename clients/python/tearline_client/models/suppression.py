from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.suppression_channel import SuppressionChannel
from ..models.suppression_reason import SuppressionReason

T = TypeVar("T", bound="Suppression")


@_attrs_define
class Suppression:
    """An address to which nothing is sent. The address itself is not kept: its digest is enough to know it again.

    Attributes:
        address_hint (str):
        channel (SuppressionChannel):
        created_at (datetime.datetime):
        id (str):  Example: sup_01jdc3k5v8e1xszq4b7m2n9htw.
        reason (SuppressionReason):
    """

    address_hint: str
    channel: SuppressionChannel
    created_at: datetime.datetime
    id: str
    reason: SuppressionReason
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        address_hint = self.address_hint

        channel = self.channel.value

        created_at = self.created_at.isoformat()

        id = self.id

        reason = self.reason.value

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "address_hint": address_hint,
                "channel": channel,
                "created_at": created_at,
                "id": id,
                "reason": reason,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        address_hint = d.pop("address_hint")

        channel = SuppressionChannel(d.pop("channel"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        id = d.pop("id")

        reason = SuppressionReason(d.pop("reason"))

        suppression = cls(
            address_hint=address_hint,
            channel=channel,
            created_at=created_at,
            id=id,
            reason=reason,
        )

        suppression.additional_properties = d
        return suppression

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
