from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.difference_kind import DifferenceKind

if TYPE_CHECKING:
    from ..models.money import Money


T = TypeVar("T", bound="Difference")


@_attrs_define
class Difference:
    """Something on which our ledger and the provider's statement do not agree.

    missing_here: the provider moved money, and we do not know of it. missing_there: we wrote down what the provider
    does not know. amount: both know of it, by different amounts. unknown: nobody has told us yet what became of it.

        Attributes:
            here (Money | None):
            kind (DifferenceKind):
            movement (str):
            order_id (str): As far as it is known.
            reference (str): The provider's name for the movement; ours for what is unknown.
            there (Money | None):
    """

    here: Money | None
    kind: DifferenceKind
    movement: str
    order_id: str
    reference: str
    there: Money | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.money import Money  # noqa: PLC0415

        here: dict[str, Any] | None
        if isinstance(self.here, Money):
            here = self.here.to_dict()
        else:
            here = self.here

        kind = self.kind.value

        movement = self.movement

        order_id = self.order_id

        reference = self.reference

        there: dict[str, Any] | None
        if isinstance(self.there, Money):
            there = self.there.to_dict()
        else:
            there = self.there

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "here": here,
                "kind": kind,
                "movement": movement,
                "order_id": order_id,
                "reference": reference,
                "there": there,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.money import Money  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_here(data: object) -> Money | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                here_type_0 = Money.from_dict(data)

                return here_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Money | None, data)

        here = _parse_here(d.pop("here"))

        kind = DifferenceKind(d.pop("kind"))

        movement = d.pop("movement")

        order_id = d.pop("order_id")

        reference = d.pop("reference")

        def _parse_there(data: object) -> Money | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                there_type_0 = Money.from_dict(data)

                return there_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Money | None, data)

        there = _parse_there(d.pop("there"))

        difference = cls(
            here=here,
            kind=kind,
            movement=movement,
            order_id=order_id,
            reference=reference,
            there=there,
        )

        difference.additional_properties = d
        return difference

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
