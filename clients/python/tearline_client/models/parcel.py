from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.stock_line import StockLine


T = TypeVar("T", bound="Parcel")


@_attrs_define
class Parcel:
    """What has left of a reservation.

    Attributes:
        reference (str): Names the parcel: the same one again changes nothing.
        lines (list[StockLine] | None | Unset): Null: all of it.
    """

    reference: str
    lines: list[StockLine] | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        reference = self.reference

        lines: list[dict[str, Any]] | None | Unset
        if isinstance(self.lines, Unset):
            lines = UNSET
        elif isinstance(self.lines, list):
            lines = []
            for lines_type_0_item_data in self.lines:
                lines_type_0_item = lines_type_0_item_data.to_dict()
                lines.append(lines_type_0_item)

        else:
            lines = self.lines

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "reference": reference,
            }
        )
        if lines is not UNSET:
            field_dict["lines"] = lines

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.stock_line import StockLine  # noqa: PLC0415

        d = dict(src_dict)
        reference = d.pop("reference")

        def _parse_lines(data: object) -> list[StockLine] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                lines_type_0 = []
                _lines_type_0 = data
                for lines_type_0_item_data in _lines_type_0:
                    lines_type_0_item = StockLine.from_dict(lines_type_0_item_data)

                    lines_type_0.append(lines_type_0_item)

                return lines_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[StockLine] | None | Unset, data)

        lines = _parse_lines(d.pop("lines", UNSET))

        parcel = cls(
            reference=reference,
            lines=lines,
        )

        return parcel
