from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.location_level import LocationLevel
    from ..models.refused import Refused


T = TypeVar("T", bound="Adjusted")


@_attrs_define
class Adjusted:
    """What came of one adjustment: the level as it is then, or why not. One of the two is null.

    Attributes:
        location (str):
        sku (str):
        level (LocationLevel | None | Unset):
        refused (None | Refused | Unset):
    """

    location: str
    sku: str
    level: LocationLevel | None | Unset = UNSET
    refused: None | Refused | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.location_level import LocationLevel  # noqa: PLC0415
        from ..models.refused import Refused  # noqa: PLC0415

        location = self.location

        sku = self.sku

        level: dict[str, Any] | None | Unset
        if isinstance(self.level, Unset):
            level = UNSET
        elif isinstance(self.level, LocationLevel):
            level = self.level.to_dict()
        else:
            level = self.level

        refused: dict[str, Any] | None | Unset
        if isinstance(self.refused, Unset):
            refused = UNSET
        elif isinstance(self.refused, Refused):
            refused = self.refused.to_dict()
        else:
            refused = self.refused

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "location": location,
                "sku": sku,
            }
        )
        if level is not UNSET:
            field_dict["level"] = level
        if refused is not UNSET:
            field_dict["refused"] = refused

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.location_level import LocationLevel  # noqa: PLC0415
        from ..models.refused import Refused  # noqa: PLC0415

        d = dict(src_dict)
        location = d.pop("location")

        sku = d.pop("sku")

        def _parse_level(data: object) -> LocationLevel | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                level_type_0 = LocationLevel.from_dict(data)

                return level_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(LocationLevel | None | Unset, data)

        level = _parse_level(d.pop("level", UNSET))

        def _parse_refused(data: object) -> None | Refused | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                refused_type_0 = Refused.from_dict(data)

                return refused_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Refused | Unset, data)

        refused = _parse_refused(d.pop("refused", UNSET))

        adjusted = cls(
            location=location,
            sku=sku,
            level=level,
            refused=refused,
        )

        adjusted.additional_properties = d
        return adjusted

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
