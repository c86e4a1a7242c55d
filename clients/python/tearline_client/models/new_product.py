from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.new_product_attributes_type_0 import NewProductAttributesType0
    from ..models.new_variant import NewVariant


T = TypeVar("T", bound="NewProduct")


@_attrs_define
class NewProduct:
    """What to put on sale: each SKU once, all for the same money. Other money is offered on its own.

    What is withdrawn from sale stays so: it is put back by its own operation.

        Attributes:
            name (str):
            variants (list[NewVariant]):
            attributes (NewProductAttributesType0 | None | Unset): Null: as they are.
            description (None | str | Unset): Null: as it is; of something new, empty.
    """

    name: str
    variants: list[NewVariant]
    attributes: NewProductAttributesType0 | None | Unset = UNSET
    description: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.new_product_attributes_type_0 import NewProductAttributesType0  # noqa: PLC0415

        name = self.name

        variants = []
        for variants_item_data in self.variants:
            variants_item = variants_item_data.to_dict()
            variants.append(variants_item)

        attributes: dict[str, Any] | None | Unset
        if isinstance(self.attributes, Unset):
            attributes = UNSET
        elif isinstance(self.attributes, NewProductAttributesType0):
            attributes = self.attributes.to_dict()
        else:
            attributes = self.attributes

        description: None | str | Unset
        if isinstance(self.description, Unset):
            description = UNSET
        else:
            description = self.description

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "variants": variants,
            }
        )
        if attributes is not UNSET:
            field_dict["attributes"] = attributes
        if description is not UNSET:
            field_dict["description"] = description

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.new_product_attributes_type_0 import NewProductAttributesType0  # noqa: PLC0415
        from ..models.new_variant import NewVariant  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        variants = []
        _variants = d.pop("variants")
        for variants_item_data in _variants:
            variants_item = NewVariant.from_dict(variants_item_data)

            variants.append(variants_item)

        def _parse_attributes(data: object) -> NewProductAttributesType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                attributes_type_0 = NewProductAttributesType0.from_dict(data)

                return attributes_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(NewProductAttributesType0 | None | Unset, data)

        attributes = _parse_attributes(d.pop("attributes", UNSET))

        def _parse_description(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        description = _parse_description(d.pop("description", UNSET))

        new_product = cls(
            name=name,
            variants=variants,
            attributes=attributes,
            description=description,
        )

        return new_product
