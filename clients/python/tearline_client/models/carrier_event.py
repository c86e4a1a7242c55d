from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.carrier_event_state import CarrierEventState

T = TypeVar("T", bound="CarrierEvent")


@_attrs_define
class CarrierEvent:
    """What the carrier told us by itself.

    received: waits to be worked off. done: the carrier was asked where the parcel is. unmatched: it is about none.

        Attributes:
            carrier (str):
            event_id (str): The carrier's.
            id (str):  Example: sev_01jdc3k5v8e1xszq4b7m2n9htw.
            kind (str): The carrier's word for it.
            received_at (datetime.datetime):
            state (CarrierEventState):
            tracking_number (str):
    """

    carrier: str
    event_id: str
    id: str
    kind: str
    received_at: datetime.datetime
    state: CarrierEventState
    tracking_number: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        carrier = self.carrier

        event_id = self.event_id

        id = self.id

        kind = self.kind

        received_at = self.received_at.isoformat()

        state = self.state.value

        tracking_number = self.tracking_number

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "carrier": carrier,
                "event_id": event_id,
                "id": id,
                "kind": kind,
                "received_at": received_at,
                "state": state,
                "tracking_number": tracking_number,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        carrier = d.pop("carrier")

        event_id = d.pop("event_id")

        id = d.pop("id")

        kind = d.pop("kind")

        received_at = datetime.datetime.fromisoformat(d.pop("received_at"))

        state = CarrierEventState(d.pop("state"))

        tracking_number = d.pop("tracking_number")

        carrier_event = cls(
            carrier=carrier,
            event_id=event_id,
            id=id,
            kind=kind,
            received_at=received_at,
            state=state,
            tracking_number=tracking_number,
        )

        carrier_event.additional_properties = d
        return carrier_event

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
