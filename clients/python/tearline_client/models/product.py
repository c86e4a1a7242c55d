from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.product_attributes import ProductAttributes
    from ..models.variant import Variant


T = TypeVar("T", bound="Product")


@_attrs_define
class Product:
    """A product, with those of its variants that have a price in the currency asked for.

    Attributes:
        active (bool):
        description (str):
        id (str):  Example: prd_01jdc3k5v8e1xszq4b7m2n9htw.
        name (str):
        variants (list[Variant]):
        attributes (ProductAttributes | Unset): By name, 30 at most.
        version (int | None | Unset): Grows with each change of it, of a variant or a price; not when the time of a
            price comes. Null: told before there were any.
    """

    active: bool
    description: str
    id: str
    name: str
    variants: list[Variant]
    attributes: ProductAttributes | Unset = UNSET
    version: int | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        active = self.active

        description = self.description

        id = self.id

        name = self.name

        variants = []
        for variants_item_data in self.variants:
            variants_item = variants_item_data.to_dict()
            variants.append(variants_item)

        attributes: dict[str, Any] | Unset = UNSET
        if not isinstance(self.attributes, Unset):
            attributes = self.attributes.to_dict()

        version: int | None | Unset
        if isinstance(self.version, Unset):
            version = UNSET
        else:
            version = self.version

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "active": active,
                "description": description,
                "id": id,
                "name": name,
                "variants": variants,
            }
        )
        if attributes is not UNSET:
            field_dict["attributes"] = attributes
        if version is not UNSET:
            field_dict["version"] = version

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.product_attributes import ProductAttributes  # noqa: PLC0415
        from ..models.variant import Variant  # noqa: PLC0415

        d = dict(src_dict)
        active = d.pop("active")

        description = d.pop("description")

        id = d.pop("id")

        name = d.pop("name")

        variants = []
        _variants = d.pop("variants")
        for variants_item_data in _variants:
            variants_item = Variant.from_dict(variants_item_data)

            variants.append(variants_item)

        _attributes = d.pop("attributes", UNSET)
        attributes: ProductAttributes | Unset
        if isinstance(_attributes, Unset):
            attributes = UNSET
        else:
            attributes = ProductAttributes.from_dict(_attributes)

        def _parse_version(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        version = _parse_version(d.pop("version", UNSET))

        product = cls(
            active=active,
            description=description,
            id=id,
            name=name,
            variants=variants,
            attributes=attributes,
            version=version,
        )

        product.additional_properties = d
        return product

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
