from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.order_parts_incomplete_item import OrderPartsIncompleteItem
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.payment import Payment
    from ..models.return_ import Return
    from ..models.shipment import Shipment
    from ..models.timeline_entry import TimelineEntry


T = TypeVar("T", bound="OrderParts")


@_attrs_define
class OrderParts:
    """What was asked for besides the order. What is null was not asked for, is not there, or `incomplete` names it.

    Attributes:
        incomplete (list[OrderPartsIncompleteItem] | Unset): What could not be asked in time. Ask again for it.
        payment (None | Payment | Unset): Its latest payment.
        returns (list[Return] | None | Unset): Oldest first.
        shipments (list[Shipment] | None | Unset): Oldest first.
        timeline (list[TimelineEntry] | None | Unset): Oldest first.
    """

    incomplete: list[OrderPartsIncompleteItem] | Unset = UNSET
    payment: None | Payment | Unset = UNSET
    returns: list[Return] | None | Unset = UNSET
    shipments: list[Shipment] | None | Unset = UNSET
    timeline: list[TimelineEntry] | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.payment import Payment  # noqa: PLC0415

        incomplete: list[str] | Unset = UNSET
        if not isinstance(self.incomplete, Unset):
            incomplete = []
            for incomplete_item_data in self.incomplete:
                incomplete_item = incomplete_item_data.value
                incomplete.append(incomplete_item)

        payment: dict[str, Any] | None | Unset
        if isinstance(self.payment, Unset):
            payment = UNSET
        elif isinstance(self.payment, Payment):
            payment = self.payment.to_dict()
        else:
            payment = self.payment

        returns: list[dict[str, Any]] | None | Unset
        if isinstance(self.returns, Unset):
            returns = UNSET
        elif isinstance(self.returns, list):
            returns = []
            for returns_type_0_item_data in self.returns:
                returns_type_0_item = returns_type_0_item_data.to_dict()
                returns.append(returns_type_0_item)

        else:
            returns = self.returns

        shipments: list[dict[str, Any]] | None | Unset
        if isinstance(self.shipments, Unset):
            shipments = UNSET
        elif isinstance(self.shipments, list):
            shipments = []
            for shipments_type_0_item_data in self.shipments:
                shipments_type_0_item = shipments_type_0_item_data.to_dict()
                shipments.append(shipments_type_0_item)

        else:
            shipments = self.shipments

        timeline: list[dict[str, Any]] | None | Unset
        if isinstance(self.timeline, Unset):
            timeline = UNSET
        elif isinstance(self.timeline, list):
            timeline = []
            for timeline_type_0_item_data in self.timeline:
                timeline_type_0_item = timeline_type_0_item_data.to_dict()
                timeline.append(timeline_type_0_item)

        else:
            timeline = self.timeline

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if incomplete is not UNSET:
            field_dict["incomplete"] = incomplete
        if payment is not UNSET:
            field_dict["payment"] = payment
        if returns is not UNSET:
            field_dict["returns"] = returns
        if shipments is not UNSET:
            field_dict["shipments"] = shipments
        if timeline is not UNSET:
            field_dict["timeline"] = timeline

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.payment import Payment  # noqa: PLC0415
        from ..models.return_ import Return  # noqa: PLC0415
        from ..models.shipment import Shipment  # noqa: PLC0415
        from ..models.timeline_entry import TimelineEntry  # noqa: PLC0415

        d = dict(src_dict)
        _incomplete = d.pop("incomplete", UNSET)
        incomplete: list[OrderPartsIncompleteItem] | Unset = UNSET
        if _incomplete is not UNSET:
            incomplete = []
            for incomplete_item_data in _incomplete:
                incomplete_item = OrderPartsIncompleteItem(incomplete_item_data)

                incomplete.append(incomplete_item)

        def _parse_payment(data: object) -> None | Payment | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                payment_type_0 = Payment.from_dict(data)

                return payment_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Payment | Unset, data)

        payment = _parse_payment(d.pop("payment", UNSET))

        def _parse_returns(data: object) -> list[Return] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                returns_type_0 = []
                _returns_type_0 = data
                for returns_type_0_item_data in _returns_type_0:
                    returns_type_0_item = Return.from_dict(returns_type_0_item_data)

                    returns_type_0.append(returns_type_0_item)

                return returns_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[Return] | None | Unset, data)

        returns = _parse_returns(d.pop("returns", UNSET))

        def _parse_shipments(data: object) -> list[Shipment] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                shipments_type_0 = []
                _shipments_type_0 = data
                for shipments_type_0_item_data in _shipments_type_0:
                    shipments_type_0_item = Shipment.from_dict(shipments_type_0_item_data)

                    shipments_type_0.append(shipments_type_0_item)

                return shipments_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[Shipment] | None | Unset, data)

        shipments = _parse_shipments(d.pop("shipments", UNSET))

        def _parse_timeline(data: object) -> list[TimelineEntry] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                timeline_type_0 = []
                _timeline_type_0 = data
                for timeline_type_0_item_data in _timeline_type_0:
                    timeline_type_0_item = TimelineEntry.from_dict(timeline_type_0_item_data)

                    timeline_type_0.append(timeline_type_0_item)

                return timeline_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[TimelineEntry] | None | Unset, data)

        timeline = _parse_timeline(d.pop("timeline", UNSET))

        order_parts = cls(
            incomplete=incomplete,
            payment=payment,
            returns=returns,
            shipments=shipments,
            timeline=timeline,
        )

        order_parts.additional_properties = d
        return order_parts

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
