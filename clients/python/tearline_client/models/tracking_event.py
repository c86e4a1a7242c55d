from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.tracking_event_status import TrackingEventStatus

T = TypeVar("T", bound="TrackingEvent")


@_attrs_define
class TrackingEvent:
    """What the carrier has seen of a parcel, as it was told to us. announced: it knows of it, and does not have it yet.

    It may be late, so that the shipment is further than this by now.

        Attributes:
            at (datetime.datetime): By the carrier's clock.
            detail (str): In the carrier's words.
            heard_at (datetime.datetime):
            status (TrackingEventStatus):
    """

    at: datetime.datetime
    detail: str
    heard_at: datetime.datetime
    status: TrackingEventStatus
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        at = self.at.isoformat()

        detail = self.detail

        heard_at = self.heard_at.isoformat()

        status = self.status.value

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "at": at,
                "detail": detail,
                "heard_at": heard_at,
                "status": status,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        at = datetime.datetime.fromisoformat(d.pop("at"))

        detail = d.pop("detail")

        heard_at = datetime.datetime.fromisoformat(d.pop("heard_at"))

        status = TrackingEventStatus(d.pop("status"))

        tracking_event = cls(
            at=at,
            detail=detail,
            heard_at=heard_at,
            status=status,
        )

        tracking_event.additional_properties = d
        return tracking_event

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
