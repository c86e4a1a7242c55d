from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="Within")


@_attrs_define
class Within:
    """From when, and until when. Times have a zone.

    Attributes:
        since (datetime.datetime):
        until (datetime.datetime): Not included.
        delivered_too (bool | Unset): Also what had arrived there. Default: False.
    """

    since: datetime.datetime
    until: datetime.datetime
    delivered_too: bool | Unset = False
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        since = self.since.isoformat()

        until = self.until.isoformat()

        delivered_too = self.delivered_too

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "since": since,
                "until": until,
            }
        )
        if delivered_too is not UNSET:
            field_dict["delivered_too"] = delivered_too

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        since = datetime.datetime.fromisoformat(d.pop("since"))

        until = datetime.datetime.fromisoformat(d.pop("until"))

        delivered_too = d.pop("delivered_too", UNSET)

        within = cls(
            since=since,
            until=until,
            delivered_too=delivered_too,
        )

        within.additional_properties = d
        return within

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
