from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="Moved")


@_attrs_define
class Moved:
    """How many of the SKU in the path went from where to where.

    Attributes:
        quantity (int):
        reference (str):
        source (str):
        target (str):
    """

    quantity: int
    reference: str
    source: str
    target: str

    def to_dict(self) -> dict[str, Any]:
        quantity = self.quantity

        reference = self.reference

        source = self.source

        target = self.target

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "quantity": quantity,
                "reference": reference,
                "source": source,
                "target": target,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        quantity = d.pop("quantity")

        reference = d.pop("reference")

        source = d.pop("source")

        target = d.pop("target")

        moved = cls(
            quantity=quantity,
            reference=reference,
            source=source,
            target=target,
        )

        return moved
