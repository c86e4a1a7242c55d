from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.webhook_endpoint_disabled_because_type_0 import (
    WebhookEndpointDisabledBecauseType0,
)
from ..models.webhook_endpoint_state import WebhookEndpointState
from ..types import UNSET, Unset

T = TypeVar("T", bound="WebhookEndpoint")


@_attrs_define
class WebhookEndpoint:
    """Where somebody wants to be told. disabled_because: gone: it answered 410. failing: nothing arrived for days.

    Attributes:
        created_at (datetime.datetime):
        description (str):
        disabled_because (None | WebhookEndpointDisabledBecauseType0):
        failing_since (datetime.datetime | None): The first failure after the last success.
        id (str):  Example: whe_01jdc3k5v8e1xszq4b7m2n9htw.
        state (WebhookEndpointState):
        types (list[str]): What it is told of. Empty: of everything.
        url (str):
        version (int | None | Unset): Grows with each change, be it that we disable it; not with failures. Null: told
            before there were any.
    """

    created_at: datetime.datetime
    description: str
    disabled_because: None | WebhookEndpointDisabledBecauseType0
    failing_since: datetime.datetime | None
    id: str
    state: WebhookEndpointState
    types: list[str]
    url: str
    version: int | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        created_at = self.created_at.isoformat()

        description = self.description

        disabled_because: None | str
        if isinstance(self.disabled_because, WebhookEndpointDisabledBecauseType0):
            disabled_because = self.disabled_because.value
        else:
            disabled_because = self.disabled_because

        failing_since: None | str
        if isinstance(self.failing_since, datetime.datetime):
            failing_since = self.failing_since.isoformat()
        else:
            failing_since = self.failing_since

        id = self.id

        state = self.state.value

        types = self.types

        url = self.url

        version: int | None | Unset
        if isinstance(self.version, Unset):
            version = UNSET
        else:
            version = self.version

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "created_at": created_at,
                "description": description,
                "disabled_because": disabled_because,
                "failing_since": failing_since,
                "id": id,
                "state": state,
                "types": types,
                "url": url,
            }
        )
        if version is not UNSET:
            field_dict["version"] = version

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        description = d.pop("description")

        def _parse_disabled_because(data: object) -> None | WebhookEndpointDisabledBecauseType0:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                disabled_because_type_0 = WebhookEndpointDisabledBecauseType0(data)

                return disabled_because_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | WebhookEndpointDisabledBecauseType0, data)

        disabled_because = _parse_disabled_because(d.pop("disabled_because"))

        def _parse_failing_since(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                failing_since_type_0 = datetime.datetime.fromisoformat(data)

                return failing_since_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        failing_since = _parse_failing_since(d.pop("failing_since"))

        id = d.pop("id")

        state = WebhookEndpointState(d.pop("state"))

        types = cast(list[str], d.pop("types"))

        url = d.pop("url")

        def _parse_version(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        version = _parse_version(d.pop("version", UNSET))

        webhook_endpoint = cls(
            created_at=created_at,
            description=description,
            disabled_because=disabled_because,
            failing_since=failing_since,
            id=id,
            state=state,
            types=types,
            url=url,
            version=version,
        )

        webhook_endpoint.additional_properties = d
        return webhook_endpoint

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
