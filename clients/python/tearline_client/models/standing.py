from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="Standing")


@_attrs_define
class Standing:
    """Whether something is for sale. A variant is if it is active, and its product too.

    Attributes:
        product_active (bool):
        product_id (str):  Example: prd_01jdc3k5v8e1xszq4b7m2n9htw.
        sku (None | str): Null: the product was meant.
        variant_active (bool | None):
        version (int | None | Unset): The product's. Null: told before there were any.
    """

    product_active: bool
    product_id: str
    sku: None | str
    variant_active: bool | None
    version: int | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        product_active = self.product_active

        product_id = self.product_id

        sku: None | str
        sku = self.sku

        variant_active: bool | None
        variant_active = self.variant_active

        version: int | None | Unset
        if isinstance(self.version, Unset):
            version = UNSET
        else:
            version = self.version

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "product_active": product_active,
                "product_id": product_id,
                "sku": sku,
                "variant_active": variant_active,
            }
        )
        if version is not UNSET:
            field_dict["version"] = version

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        product_active = d.pop("product_active")

        product_id = d.pop("product_id")

        def _parse_sku(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        sku = _parse_sku(d.pop("sku"))

        def _parse_variant_active(data: object) -> bool | None:
            if data is None:
                return data
            return cast(bool | None, data)

        variant_active = _parse_variant_active(d.pop("variant_active"))

        def _parse_version(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        version = _parse_version(d.pop("version", UNSET))

        standing = cls(
            product_active=product_active,
            product_id=product_id,
            sku=sku,
            variant_active=variant_active,
            version=version,
        )

        standing.additional_properties = d
        return standing

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
