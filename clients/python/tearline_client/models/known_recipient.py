from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.preference import Preference
    from ..models.suppression import Suppression


T = TypeVar("T", bound="KnownRecipient")


@_attrs_define
class KnownRecipient:
    """What is known of an address. preferences: of the letters that may be refused.

    Attributes:
        address_hint (str):
        preferences (list[Preference]):
        suppressions (list[Suppression]):
    """

    address_hint: str
    preferences: list[Preference]
    suppressions: list[Suppression]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        address_hint = self.address_hint

        preferences = []
        for preferences_item_data in self.preferences:
            preferences_item = preferences_item_data.to_dict()
            preferences.append(preferences_item)

        suppressions = []
        for suppressions_item_data in self.suppressions:
            suppressions_item = suppressions_item_data.to_dict()
            suppressions.append(suppressions_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "address_hint": address_hint,
                "preferences": preferences,
                "suppressions": suppressions,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.preference import Preference  # noqa: PLC0415
        from ..models.suppression import Suppression  # noqa: PLC0415

        d = dict(src_dict)
        address_hint = d.pop("address_hint")

        preferences = []
        _preferences = d.pop("preferences")
        for preferences_item_data in _preferences:
            preferences_item = Preference.from_dict(preferences_item_data)

            preferences.append(preferences_item)

        suppressions = []
        _suppressions = d.pop("suppressions")
        for suppressions_item_data in _suppressions:
            suppressions_item = Suppression.from_dict(suppressions_item_data)

            suppressions.append(suppressions_item)

        known_recipient = cls(
            address_hint=address_hint,
            preferences=preferences,
            suppressions=suppressions,
        )

        known_recipient.additional_properties = d
        return known_recipient

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
