from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.webhook_delivery_state import WebhookDeliveryState

T = TypeVar("T", bound="WebhookDelivery")


@_attrs_define
class WebhookDelivery:
    """How the telling of one message to one endpoint stands. dropped: the endpoint was disabled before it got there.

    Attributes:
        created_at (datetime.datetime):
        endpoint_id (str):  Example: whe_01jdc3k5v8e1xszq4b7m2n9htw.
        finished_at (datetime.datetime | None):
        id (str):  Example: whd_01jdc3k5v8e1xszq4b7m2n9htw.
        message_id (str):  Example: msg_01jdc3k5v8e1xszq4b7m2n9htw.
        next_try_at (datetime.datetime | None):
        replay_of (None | str):
        state (WebhookDeliveryState):
        tries (int):
        type_ (str):
    """

    created_at: datetime.datetime
    endpoint_id: str
    finished_at: datetime.datetime | None
    id: str
    message_id: str
    next_try_at: datetime.datetime | None
    replay_of: None | str
    state: WebhookDeliveryState
    tries: int
    type_: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        created_at = self.created_at.isoformat()

        endpoint_id = self.endpoint_id

        finished_at: None | str
        if isinstance(self.finished_at, datetime.datetime):
            finished_at = self.finished_at.isoformat()
        else:
            finished_at = self.finished_at

        id = self.id

        message_id = self.message_id

        next_try_at: None | str
        if isinstance(self.next_try_at, datetime.datetime):
            next_try_at = self.next_try_at.isoformat()
        else:
            next_try_at = self.next_try_at

        replay_of: None | str
        replay_of = self.replay_of

        state = self.state.value

        tries = self.tries

        type_ = self.type_

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "created_at": created_at,
                "endpoint_id": endpoint_id,
                "finished_at": finished_at,
                "id": id,
                "message_id": message_id,
                "next_try_at": next_try_at,
                "replay_of": replay_of,
                "state": state,
                "tries": tries,
                "type": type_,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        endpoint_id = d.pop("endpoint_id")

        def _parse_finished_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                finished_at_type_0 = datetime.datetime.fromisoformat(data)

                return finished_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        finished_at = _parse_finished_at(d.pop("finished_at"))

        id = d.pop("id")

        message_id = d.pop("message_id")

        def _parse_next_try_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                next_try_at_type_0 = datetime.datetime.fromisoformat(data)

                return next_try_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        next_try_at = _parse_next_try_at(d.pop("next_try_at"))

        def _parse_replay_of(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        replay_of = _parse_replay_of(d.pop("replay_of"))

        state = WebhookDeliveryState(d.pop("state"))

        tries = d.pop("tries")

        type_ = d.pop("type")

        webhook_delivery = cls(
            created_at=created_at,
            endpoint_id=endpoint_id,
            finished_at=finished_at,
            id=id,
            message_id=message_id,
            next_try_at=next_try_at,
            replay_of=replay_of,
            state=state,
            tries=tries,
            type_=type_,
        )

        webhook_delivery.additional_properties = d
        return webhook_delivery

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
