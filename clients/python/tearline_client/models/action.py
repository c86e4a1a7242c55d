from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.failure import Failure


T = TypeVar("T", bound="Action")


@_attrs_define
class Action:
    """What can be done by REST; `refused`: what would be answered now.

    Attributes:
        method (str):
        name (str):
        path (str):
        refused (Failure | None):
        scope (str):
    """

    method: str
    name: str
    path: str
    refused: Failure | None
    scope: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.failure import Failure  # noqa: PLC0415

        method = self.method

        name = self.name

        path = self.path

        refused: dict[str, Any] | None
        if isinstance(self.refused, Failure):
            refused = self.refused.to_dict()
        else:
            refused = self.refused

        scope = self.scope

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "method": method,
                "name": name,
                "path": path,
                "refused": refused,
                "scope": scope,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.failure import Failure  # noqa: PLC0415

        d = dict(src_dict)
        method = d.pop("method")

        name = d.pop("name")

        path = d.pop("path")

        def _parse_refused(data: object) -> Failure | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                refused_type_0 = Failure.from_dict(data)

                return refused_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Failure | None, data)

        refused = _parse_refused(d.pop("refused"))

        scope = d.pop("scope")

        action = cls(
            method=method,
            name=name,
            path=path,
            refused=refused,
            scope=scope,
        )

        action.additional_properties = d
        return action

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
