from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.address import Address
    from ..models.discount import Discount
    from ..models.wanted_line import WantedLine


T = TypeVar("T", bound="DraftChange")


@_attrs_define
class DraftChange:
    """What is to be different about a draft. Null: as it is. New lines replace all, at the prices of now.

    Attributes:
        discount (Discount | None | Unset):
        email (None | str | Unset):
        expected_version (int | None | Unset): As it was seen. Another version by now: 409. Null: any.
        lines (list[WantedLine] | None | Unset):
        payment_method (None | str | Unset):
        ship_to (Address | None | Unset):
    """

    discount: Discount | None | Unset = UNSET
    email: None | str | Unset = UNSET
    expected_version: int | None | Unset = UNSET
    lines: list[WantedLine] | None | Unset = UNSET
    payment_method: None | str | Unset = UNSET
    ship_to: Address | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.address import Address  # noqa: PLC0415
        from ..models.discount import Discount  # noqa: PLC0415

        discount: dict[str, Any] | None | Unset
        if isinstance(self.discount, Unset):
            discount = UNSET
        elif isinstance(self.discount, Discount):
            discount = self.discount.to_dict()
        else:
            discount = self.discount

        email: None | str | Unset
        if isinstance(self.email, Unset):
            email = UNSET
        else:
            email = self.email

        expected_version: int | None | Unset
        if isinstance(self.expected_version, Unset):
            expected_version = UNSET
        else:
            expected_version = self.expected_version

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

        payment_method: None | str | Unset
        if isinstance(self.payment_method, Unset):
            payment_method = UNSET
        else:
            payment_method = self.payment_method

        ship_to: dict[str, Any] | None | Unset
        if isinstance(self.ship_to, Unset):
            ship_to = UNSET
        elif isinstance(self.ship_to, Address):
            ship_to = self.ship_to.to_dict()
        else:
            ship_to = self.ship_to

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if discount is not UNSET:
            field_dict["discount"] = discount
        if email is not UNSET:
            field_dict["email"] = email
        if expected_version is not UNSET:
            field_dict["expected_version"] = expected_version
        if lines is not UNSET:
            field_dict["lines"] = lines
        if payment_method is not UNSET:
            field_dict["payment_method"] = payment_method
        if ship_to is not UNSET:
            field_dict["ship_to"] = ship_to

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.address import Address  # noqa: PLC0415
        from ..models.discount import Discount  # noqa: PLC0415
        from ..models.wanted_line import WantedLine  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_discount(data: object) -> Discount | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                discount_type_0 = Discount.from_dict(data)

                return discount_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Discount | None | Unset, data)

        discount = _parse_discount(d.pop("discount", UNSET))

        def _parse_email(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        email = _parse_email(d.pop("email", UNSET))

        def _parse_expected_version(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        expected_version = _parse_expected_version(d.pop("expected_version", UNSET))

        def _parse_lines(data: object) -> list[WantedLine] | None | Unset:
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
                    lines_type_0_item = WantedLine.from_dict(lines_type_0_item_data)

                    lines_type_0.append(lines_type_0_item)

                return lines_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[WantedLine] | None | Unset, data)

        lines = _parse_lines(d.pop("lines", UNSET))

        def _parse_payment_method(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        payment_method = _parse_payment_method(d.pop("payment_method", UNSET))

        def _parse_ship_to(data: object) -> Address | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                ship_to_type_0 = Address.from_dict(data)

                return ship_to_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Address | None | Unset, data)

        ship_to = _parse_ship_to(d.pop("ship_to", UNSET))

        draft_change = cls(
            discount=discount,
            email=email,
            expected_version=expected_version,
            lines=lines,
            payment_method=payment_method,
            ship_to=ship_to,
        )

        return draft_change
