from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.webhook_delivery_log_state import WebhookDeliveryLogState

if TYPE_CHECKING:
    from ..models.webhook_attempt import WebhookAttempt


T = TypeVar("T", bound="WebhookDeliveryLog")


@_attrs_define
class WebhookDeliveryLog:
    """With what was told, and what came of each try.

    Attributes:
        attempts (list[WebhookAttempt]):
        created_at (datetime.datetime):
        endpoint_id (str):  Example: whe_01jdc3k5v8e1xszq4b7m2n9htw.
        finished_at (datetime.datetime | None):
        id (str):  Example: whd_01jdc3k5v8e1xszq4b7m2n9htw.
        message_id (str):  Example: msg_01jdc3k5v8e1xszq4b7m2n9htw.
        next_try_at (datetime.datetime | None):
        payload (str): As it was signed.
        replay_of (None | str):
        state (WebhookDeliveryLogState):
        tries (int):
        type_ (str):
    """

    attempts: list[WebhookAttempt]
    created_at: datetime.datetime
    endpoint_id: str
    finished_at: datetime.datetime | None
    id: str
    message_id: str
    next_try_at: datetime.datetime | None
    payload: str
    replay_of: None | str
    state: WebhookDeliveryLogState
    tries: int
    type_: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        attempts = []
        for attempts_item_data in self.attempts:
            attempts_item = attempts_item_data.to_dict()
            attempts.append(attempts_item)

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

        payload = self.payload

        replay_of: None | str
        replay_of = self.replay_of

        state = self.state.value

        tries = self.tries

        type_ = self.type_

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "attempts": attempts,
                "created_at": created_at,
                "endpoint_id": endpoint_id,
                "finished_at": finished_at,
                "id": id,
                "message_id": message_id,
                "next_try_at": next_try_at,
                "payload": payload,
                "replay_of": replay_of,
                "state": state,
                "tries": tries,
                "type": type_,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.webhook_attempt import WebhookAttempt  # noqa: PLC0415

        d = dict(src_dict)
        attempts = []
        _attempts = d.pop("attempts")
        for attempts_item_data in _attempts:
            attempts_item = WebhookAttempt.from_dict(attempts_item_data)

            attempts.append(attempts_item)

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

        payload = d.pop("payload")

        def _parse_replay_of(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        replay_of = _parse_replay_of(d.pop("replay_of"))

        state = WebhookDeliveryLogState(d.pop("state"))

        tries = d.pop("tries")

        type_ = d.pop("type")

        webhook_delivery_log = cls(
            attempts=attempts,
            created_at=created_at,
            endpoint_id=endpoint_id,
            finished_at=finished_at,
            id=id,
            message_id=message_id,
            next_try_at=next_try_at,
            payload=payload,
            replay_of=replay_of,
            state=state,
            tries=tries,
            type_=type_,
        )

        webhook_delivery_log.additional_properties = d
        return webhook_delivery_log

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
