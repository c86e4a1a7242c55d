from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="WaitingFor")


@_attrs_define
class WaitingFor:
    """What has to happen before anything else does. `saga` and `step`: of our own work. Else others have to act.

    Attributes:
        since (datetime.datetime):
        what (str):
        again_at (datetime.datetime | None | Unset): When it is tried, or looked for, again.
        attempts (int | Unset):  Default: 0.
        last_error (str | Unset): In one line; empty: none. Default: ''.
        needs_operator (bool | Unset): It was tried in vain: see docs/operating.md. Default: False.
        saga (None | str | Unset):
        step (None | str | Unset):
    """

    since: datetime.datetime
    what: str
    again_at: datetime.datetime | None | Unset = UNSET
    attempts: int | Unset = 0
    last_error: str | Unset = ""
    needs_operator: bool | Unset = False
    saga: None | str | Unset = UNSET
    step: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        since = self.since.isoformat()

        what = self.what

        again_at: None | str | Unset
        if isinstance(self.again_at, Unset):
            again_at = UNSET
        elif isinstance(self.again_at, datetime.datetime):
            again_at = self.again_at.isoformat()
        else:
            again_at = self.again_at

        attempts = self.attempts

        last_error = self.last_error

        needs_operator = self.needs_operator

        saga: None | str | Unset
        if isinstance(self.saga, Unset):
            saga = UNSET
        else:
            saga = self.saga

        step: None | str | Unset
        if isinstance(self.step, Unset):
            step = UNSET
        else:
            step = self.step

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "since": since,
                "what": what,
            }
        )
        if again_at is not UNSET:
            field_dict["again_at"] = again_at
        if attempts is not UNSET:
            field_dict["attempts"] = attempts
        if last_error is not UNSET:
            field_dict["last_error"] = last_error
        if needs_operator is not UNSET:
            field_dict["needs_operator"] = needs_operator
        if saga is not UNSET:
            field_dict["saga"] = saga
        if step is not UNSET:
            field_dict["step"] = step

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        since = datetime.datetime.fromisoformat(d.pop("since"))

        what = d.pop("what")

        def _parse_again_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                again_at_type_0 = datetime.datetime.fromisoformat(data)

                return again_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        again_at = _parse_again_at(d.pop("again_at", UNSET))

        attempts = d.pop("attempts", UNSET)

        last_error = d.pop("last_error", UNSET)

        needs_operator = d.pop("needs_operator", UNSET)

        def _parse_saga(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        saga = _parse_saga(d.pop("saga", UNSET))

        def _parse_step(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        step = _parse_step(d.pop("step", UNSET))

        waiting_for = cls(
            since=since,
            what=what,
            again_at=again_at,
            attempts=attempts,
            last_error=last_error,
            needs_operator=needs_operator,
            saga=saga,
            step=step,
        )

        waiting_for.additional_properties = d
        return waiting_for

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
