from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.money import Money
    from ..models.variant_attributes_type_0 import VariantAttributesType0


T = TypeVar("T", bound="Variant")


@_attrs_define
class Variant:
    """What is sold under one SKU, and what one of it costs.

    Those variants of a product that have attributes differ in them.

        Attributes:
            name (str):
            price (Money): An amount in the currency's minor unit (cents for EUR, yen for JPY), never a float.
            sku (str):
            active (bool | Unset): Whether it is for sale, if its product is. Default: True.
            attributes (None | Unset | VariantAttributesType0):
    """

    name: str
    price: Money
    sku: str
    active: bool | Unset = True
    attributes: None | Unset | VariantAttributesType0 = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.variant_attributes_type_0 import VariantAttributesType0  # noqa: PLC0415

        name = self.name

        price = self.price.to_dict()

        sku = self.sku

        active = self.active

        attributes: dict[str, Any] | None | Unset
        if isinstance(self.attributes, Unset):
            attributes = UNSET
        elif isinstance(self.attributes, VariantAttributesType0):
            attributes = self.attributes.to_dict()
        else:
            attributes = self.attributes

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "price": price,
                "sku": sku,
            }
        )
        if active is not UNSET:
            field_dict["active"] = active
        if attributes is not UNSET:
            field_dict["attributes"] = attributes

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.money import Money  # noqa: PLC0415
        from ..models.variant_attributes_type_0 import VariantAttributesType0  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        price = Money.from_dict(d.pop("price"))

        sku = d.pop("sku")

        active = d.pop("active", UNSET)

        def _parse_attributes(data: object) -> None | Unset | VariantAttributesType0:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                attributes_type_0 = VariantAttributesType0.from_dict(data)

                return attributes_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | VariantAttributesType0, data)

        attributes = _parse_attributes(d.pop("attributes", UNSET))

        variant = cls(
            name=name,
            price=price,
            sku=sku,
            active=active,
            attributes=attributes,
        )

        variant.additional_properties = d
        return variant

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
