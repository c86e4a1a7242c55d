from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.notification_channel import NotificationChannel
from ..models.notification_recipient import NotificationRecipient
from ..models.notification_state import NotificationState

T = TypeVar("T", bound="Notification")


@_attrs_define
class Notification:
    """One letter or text to one person.

    failed: the last try failed; it is tried again until the tries run out. bounced: it did not get there, and is not
    tried again. suppressed: it was not sent, as that address takes no letters, or not this one.

        Attributes:
            channel (NotificationChannel):
            created_at (datetime.datetime):
            delivered_at (datetime.datetime | None): When the provider said so. Plain mail servers never do.
            id (str):  Example: ntf_01jdc3k5v8e1xszq4b7m2n9htw.
            order_id (str):  Example: ord_01jdc3k5v8e1xszq4b7m2n9htw.
            problem (None | str): Why it bounced or was suppressed.
            recipient (NotificationRecipient):
            recipient_hint (None | str): Who it went to, masked. Null before the first try.
            resend_of (None | str): The notification that it repeats.
            sent_at (datetime.datetime | None):
            state (NotificationState):
            template (str): Which letter.
    """

    channel: NotificationChannel
    created_at: datetime.datetime
    delivered_at: datetime.datetime | None
    id: str
    order_id: str
    problem: None | str
    recipient: NotificationRecipient
    recipient_hint: None | str
    resend_of: None | str
    sent_at: datetime.datetime | None
    state: NotificationState
    template: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        channel = self.channel.value

        created_at = self.created_at.isoformat()

        delivered_at: None | str
        if isinstance(self.delivered_at, datetime.datetime):
            delivered_at = self.delivered_at.isoformat()
        else:
            delivered_at = self.delivered_at

        id = self.id

        order_id = self.order_id

        problem: None | str
        problem = self.problem

        recipient = self.recipient.value

        recipient_hint: None | str
        recipient_hint = self.recipient_hint

        resend_of: None | str
        resend_of = self.resend_of

        sent_at: None | str
        if isinstance(self.sent_at, datetime.datetime):
            sent_at = self.sent_at.isoformat()
        else:
            sent_at = self.sent_at

        state = self.state.value

        template = self.template

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "channel": channel,
                "created_at": created_at,
                "delivered_at": delivered_at,
                "id": id,
                "order_id": order_id,
                "problem": problem,
                "recipient": recipient,
                "recipient_hint": recipient_hint,
                "resend_of": resend_of,
                "sent_at": sent_at,
                "state": state,
                "template": template,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        channel = NotificationChannel(d.pop("channel"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_delivered_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                delivered_at_type_0 = datetime.datetime.fromisoformat(data)

                return delivered_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        delivered_at = _parse_delivered_at(d.pop("delivered_at"))

        id = d.pop("id")

        order_id = d.pop("order_id")

        def _parse_problem(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        problem = _parse_problem(d.pop("problem"))

        recipient = NotificationRecipient(d.pop("recipient"))

        def _parse_recipient_hint(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        recipient_hint = _parse_recipient_hint(d.pop("recipient_hint"))

        def _parse_resend_of(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        resend_of = _parse_resend_of(d.pop("resend_of"))

        def _parse_sent_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                sent_at_type_0 = datetime.datetime.fromisoformat(data)

                return sent_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        sent_at = _parse_sent_at(d.pop("sent_at"))

        state = NotificationState(d.pop("state"))

        template = d.pop("template")

        notification = cls(
            channel=channel,
            created_at=created_at,
            delivered_at=delivered_at,
            id=id,
            order_id=order_id,
            problem=problem,
            recipient=recipient,
            recipient_hint=recipient_hint,
            resend_of=resend_of,
            sent_at=sent_at,
            state=state,
            template=template,
        )

        notification.additional_properties = d
        return notification

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
