from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.received_event_state import ReceivedEventState

T = TypeVar("T", bound="ReceivedEvent")


@_attrs_define
class ReceivedEvent:
    """What the provider told us by itself.

    received: waits to be worked off. done: the payments of its order were looked after. unmatched: it is about none.

        Attributes:
            event_id (str): The provider's.
            id (str):  Example: pev_01jdc3k5v8e1xszq4b7m2n9htw.
            kind (str): The provider's word for it.
            order_id (None | str):
            provider (str):
            received_at (datetime.datetime):
            state (ReceivedEventState):
            subject (str): The provider's name for what it is about.
    """

    event_id: str
    id: str
    kind: str
    order_id: None | str
    provider: str
    received_at: datetime.datetime
    state: ReceivedEventState
    subject: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        event_id = self.event_id

        id = self.id

        kind = self.kind

        order_id: None | str
        order_id = self.order_id

        provider = self.provider

        received_at = self.received_at.isoformat()

        state = self.state.value

        subject = self.subject

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "event_id": event_id,
                "id": id,
                "kind": kind,
                "order_id": order_id,
                "provider": provider,
                "received_at": received_at,
                "state": state,
                "subject": subject,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        event_id = d.pop("event_id")

        id = d.pop("id")

        kind = d.pop("kind")

        def _parse_order_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        order_id = _parse_order_id(d.pop("order_id"))

        provider = d.pop("provider")

        received_at = datetime.datetime.fromisoformat(d.pop("received_at"))

        state = ReceivedEventState(d.pop("state"))

        subject = d.pop("subject")

        received_event = cls(
            event_id=event_id,
            id=id,
            kind=kind,
            order_id=order_id,
            provider=provider,
            received_at=received_at,
            state=state,
            subject=subject,
        )

        received_event.additional_properties = d
        return received_event

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
