from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.money import Money
    from ..models.new_variant_attributes_type_0 import NewVariantAttributesType0


T = TypeVar("T", bound="NewVariant")


@_attrs_define
class NewVariant:
    """What to sell under one SKU, and what one of it is to cost.

    Those variants of a product that have attributes differ in them.

        Attributes:
            name (str):
            price (Money): An amount in the currency's minor unit (cents for EUR, yen for JPY), never a float.
            sku (str):
            active (bool | None | Unset): Whether it is for sale, if its product is. Null: as it is; what is new is for
                sale.
            attributes (NewVariantAttributesType0 | None | Unset): Null: as they are.
    """

    name: str
    price: Money
    sku: str
    active: bool | None | Unset = UNSET
    attributes: NewVariantAttributesType0 | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.new_variant_attributes_type_0 import NewVariantAttributesType0  # noqa: PLC0415

        name = self.name

        price = self.price.to_dict()

        sku = self.sku

        active: bool | None | Unset
        if isinstance(self.active, Unset):
            active = UNSET
        else:
            active = self.active

        attributes: dict[str, Any] | None | Unset
        if isinstance(self.attributes, Unset):
            attributes = UNSET
        elif isinstance(self.attributes, NewVariantAttributesType0):
            attributes = self.attributes.to_dict()
        else:
            attributes = self.attributes

        field_dict: dict[str, Any] = {}

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
        from ..models.new_variant_attributes_type_0 import NewVariantAttributesType0  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        price = Money.from_dict(d.pop("price"))

        sku = d.pop("sku")

        def _parse_active(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        active = _parse_active(d.pop("active", UNSET))

        def _parse_attributes(data: object) -> NewVariantAttributesType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                attributes_type_0 = NewVariantAttributesType0.from_dict(data)

                return attributes_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(NewVariantAttributesType0 | None | Unset, data)

        attributes = _parse_attributes(d.pop("attributes", UNSET))

        new_variant = cls(
            name=name,
            price=price,
            sku=sku,
            active=active,
            attributes=attributes,
        )

        return new_variant
