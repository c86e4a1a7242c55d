from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.returned_line import ReturnedLine


T = TypeVar("T", bound="Wish")


@_attrs_define
class Wish:
    """What is to come back, and why. Lines with the same SKU count as one.

    Attributes:
        lines (list[ReturnedLine]):
        reason (str):
    """

    lines: list[ReturnedLine]
    reason: str

    def to_dict(self) -> dict[str, Any]:
        lines = []
        for lines_item_data in self.lines:
            lines_item = lines_item_data.to_dict()
            lines.append(lines_item)

        reason = self.reason

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "lines": lines,
                "reason": reason,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.returned_line import ReturnedLine  # noqa: PLC0415

        d = dict(src_dict)
        lines = []
        _lines = d.pop("lines")
        for lines_item_data in _lines:
            lines_item = ReturnedLine.from_dict(lines_item_data)

            lines.append(lines_item)

        reason = d.pop("reason")

        wish = cls(
            lines=lines,
            reason=reason,
        )

        return wish
