from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.correction_reason import CorrectionReason
from ..types import UNSET, Unset

T = TypeVar("T", bound="Correction")


@_attrs_define
class Correction:
    """So many more or fewer of the SKU in the path.

    Attributes:
        change (int): Less than zero: fewer.
        reference (str):
        location (str | Unset):  Default: 'main'.
        reason (CorrectionReason | Unset):  Default: CorrectionReason.ADJUSTED.
    """

    change: int
    reference: str
    location: str | Unset = "main"
    reason: CorrectionReason | Unset = CorrectionReason.ADJUSTED

    def to_dict(self) -> dict[str, Any]:
        change = self.change

        reference = self.reference

        location = self.location

        reason: str | Unset = UNSET
        if not isinstance(self.reason, Unset):
            reason = self.reason.value

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "change": change,
                "reference": reference,
            }
        )
        if location is not UNSET:
            field_dict["location"] = location
        if reason is not UNSET:
            field_dict["reason"] = reason

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        change = d.pop("change")

        reference = d.pop("reference")

        location = d.pop("location", UNSET)

        _reason = d.pop("reason", UNSET)
        reason: CorrectionReason | Unset
        if isinstance(_reason, Unset):
            reason = UNSET
        else:
            reason = CorrectionReason(_reason)

        correction = cls(
            change=change,
            reference=reference,
            location=location,
            reason=reason,
        )

        return correction
