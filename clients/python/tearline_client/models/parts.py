from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.shipment_line import ShipmentLine


T = TypeVar("T", bound="Parts")


@_attrs_define
class Parts:
    """What is to be in which parcel. Together they have what the shipment has.

    Attributes:
        parcels (list[list[ShipmentLine]]):
    """

    parcels: list[list[ShipmentLine]]

    def to_dict(self) -> dict[str, Any]:
        parcels = []
        for parcels_item_data in self.parcels:
            parcels_item = []
            for parcels_item_item_data in parcels_item_data:
                parcels_item_item = parcels_item_item_data.to_dict()
                parcels_item.append(parcels_item_item)

            parcels.append(parcels_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "parcels": parcels,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.shipment_line import ShipmentLine  # noqa: PLC0415

        d = dict(src_dict)
        parcels = []
        _parcels = d.pop("parcels")
        for parcels_item_data in _parcels:
            parcels_item = []
            _parcels_item = parcels_item_data
            for parcels_item_item_data in _parcels_item:
                parcels_item_item = ShipmentLine.from_dict(parcels_item_item_data)

                parcels_item.append(parcels_item_item)

            parcels.append(parcels_item)

        parts = cls(
            parcels=parcels,
        )

        return parts
