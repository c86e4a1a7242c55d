from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.imported_row_outcome import ImportedRowOutcome
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.row_refused import RowRefused


T = TypeVar("T", bound="ImportedRow")


@_attrs_define
class ImportedRow:
    """What came of one row. `line`: where it begins in the file, whose header is line 1.

    Attributes:
        line (int):
        outcome (ImportedRowOutcome):
        sku (str): As the file has it.
        refused (None | RowRefused | Unset):
    """

    line: int
    outcome: ImportedRowOutcome
    sku: str
    refused: None | RowRefused | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.row_refused import RowRefused  # noqa: PLC0415

        line = self.line

        outcome = self.outcome.value

        sku = self.sku

        refused: dict[str, Any] | None | Unset
        if isinstance(self.refused, Unset):
            refused = UNSET
        elif isinstance(self.refused, RowRefused):
            refused = self.refused.to_dict()
        else:
            refused = self.refused

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "line": line,
                "outcome": outcome,
                "sku": sku,
            }
        )
        if refused is not UNSET:
            field_dict["refused"] = refused

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.row_refused import RowRefused  # noqa: PLC0415

        d = dict(src_dict)
        line = d.pop("line")

        outcome = ImportedRowOutcome(d.pop("outcome"))

        sku = d.pop("sku")

        def _parse_refused(data: object) -> None | RowRefused | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                refused_type_0 = RowRefused.from_dict(data)

                return refused_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RowRefused | Unset, data)

        refused = _parse_refused(d.pop("refused", UNSET))

        imported_row = cls(
            line=line,
            outcome=outcome,
            sku=sku,
            refused=refused,
        )

        imported_row.additional_properties = d
        return imported_row

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
