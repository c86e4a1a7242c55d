from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.shipment_line import ShipmentLine


T = TypeVar("T", bound="OpenReturn")


@_attrs_define
class OpenReturn:
    """A label for pieces that are to come back from the customer.

    Attributes:
        lines (list[ShipmentLine]):
        order_id (str):  Example: ord_01jdc3k5v8e1xszq4b7m2n9htw.
        service (None | str | Unset): Null: the carrier's cheapest.
    """

    lines: list[ShipmentLine]
    order_id: str
    service: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        lines = []
        for lines_item_data in self.lines:
            lines_item = lines_item_data.to_dict()
            lines.append(lines_item)

        order_id = self.order_id

        service: None | str | Unset
        if isinstance(self.service, Unset):
            service = UNSET
        else:
            service = self.service

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "lines": lines,
                "order_id": order_id,
            }
        )
        if service is not UNSET:
            field_dict["service"] = service

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.shipment_line import ShipmentLine  # noqa: PLC0415

        d = dict(src_dict)
        lines = []
        _lines = d.pop("lines")
        for lines_item_data in _lines:
            lines_item = ShipmentLine.from_dict(lines_item_data)

            lines.append(lines_item)

        order_id = d.pop("order_id")

        def _parse_service(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        service = _parse_service(d.pop("service", UNSET))

        open_return = cls(
            lines=lines,
            order_id=order_id,
            service=service,
        )

        return open_return
