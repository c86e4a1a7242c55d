from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

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

    def to_dict(self) -> dict[str, Any]:
        since = self.since.isoformat()

        until = self.until.isoformat()

        delivered_too = self.delivered_too

        field_dict: dict[str, Any] = {}

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

        return within
