from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.shipment_direction import ShipmentDirection
from ..models.shipment_state import ShipmentState
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.shipment_line import ShipmentLine


T = TypeVar("T", bound="Shipment")


@_attrs_define
class Shipment:
    """One parcel of one order, to the customer or back.

    pending: the carrier has not given it a label yet. ready: labelled, to be handed over. on_hold: it is not to leave,
    for the reason in `held_for`. in_transit, out_for_delivery, delivered: as the carrier says. exception: something is
    wrong on its way. returned: the carrier has brought it back to where it came from. cancelled: it does not leave, for
    the reason in `cancelled_for`; if the carrier has it already, it is on its way instead.

        Attributes:
            carrier (None | str): Who carries it. Null while pending.
            created_at (datetime.datetime):
            id (str):  Example: shp_01jdc3k5v8e1xszq4b7m2n9htw.
            lines (list[ShipmentLine]):
            order_id (str):  Example: ord_01jdc3k5v8e1xszq4b7m2n9htw.
            state (ShipmentState):
            tracking_number (None | str): The carrier's name for it. Null while pending.
            cancelled_for (None | str | Unset): Why it was cancelled.
            delivered_at (datetime.datetime | None | Unset): When it was delivered, by the carrier's clock.
            direction (ShipmentDirection | Unset): return: from the customer back to us. Default:
                ShipmentDirection.OUTBOUND.
            dispatched_at (datetime.datetime | None | Unset): When the carrier first said that it moves.
            held_for (None | str | Unset): Why it is on hold.
            service (None | str | Unset): Which of the carrier's was chosen. Null: its cheapest.
            version (int | None | Unset): Grows with each change. Null: told before there were any.
    """

    carrier: None | str
    created_at: datetime.datetime
    id: str
    lines: list[ShipmentLine]
    order_id: str
    state: ShipmentState
    tracking_number: None | str
    cancelled_for: None | str | Unset = UNSET
    delivered_at: datetime.datetime | None | Unset = UNSET
    direction: ShipmentDirection | Unset = ShipmentDirection.OUTBOUND
    dispatched_at: datetime.datetime | None | Unset = UNSET
    held_for: None | str | Unset = UNSET
    service: None | str | Unset = UNSET
    version: int | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        carrier: None | str
        carrier = self.carrier

        created_at = self.created_at.isoformat()

        id = self.id

        lines = []
        for lines_item_data in self.lines:
            lines_item = lines_item_data.to_dict()
            lines.append(lines_item)

        order_id = self.order_id

        state = self.state.value

        tracking_number: None | str
        tracking_number = self.tracking_number

        cancelled_for: None | str | Unset
        if isinstance(self.cancelled_for, Unset):
            cancelled_for = UNSET
        else:
            cancelled_for = self.cancelled_for

        delivered_at: None | str | Unset
        if isinstance(self.delivered_at, Unset):
            delivered_at = UNSET
        elif isinstance(self.delivered_at, datetime.datetime):
            delivered_at = self.delivered_at.isoformat()
        else:
            delivered_at = self.delivered_at

        direction: str | Unset = UNSET
        if not isinstance(self.direction, Unset):
            direction = self.direction.value

        dispatched_at: None | str | Unset
        if isinstance(self.dispatched_at, Unset):
            dispatched_at = UNSET
        elif isinstance(self.dispatched_at, datetime.datetime):
            dispatched_at = self.dispatched_at.isoformat()
        else:
            dispatched_at = self.dispatched_at

        held_for: None | str | Unset
        if isinstance(self.held_for, Unset):
            held_for = UNSET
        else:
            held_for = self.held_for

        service: None | str | Unset
        if isinstance(self.service, Unset):
            service = UNSET
        else:
            service = self.service

        version: int | None | Unset
        if isinstance(self.version, Unset):
            version = UNSET
        else:
            version = self.version

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "carrier": carrier,
                "created_at": created_at,
                "id": id,
                "lines": lines,
                "order_id": order_id,
                "state": state,
                "tracking_number": tracking_number,
            }
        )
        if cancelled_for is not UNSET:
            field_dict["cancelled_for"] = cancelled_for
        if delivered_at is not UNSET:
            field_dict["delivered_at"] = delivered_at
        if direction is not UNSET:
            field_dict["direction"] = direction
        if dispatched_at is not UNSET:
            field_dict["dispatched_at"] = dispatched_at
        if held_for is not UNSET:
            field_dict["held_for"] = held_for
        if service is not UNSET:
            field_dict["service"] = service
        if version is not UNSET:
            field_dict["version"] = version

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.shipment_line import ShipmentLine  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_carrier(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        carrier = _parse_carrier(d.pop("carrier"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        id = d.pop("id")

        lines = []
        _lines = d.pop("lines")
        for lines_item_data in _lines:
            lines_item = ShipmentLine.from_dict(lines_item_data)

            lines.append(lines_item)

        order_id = d.pop("order_id")

        state = ShipmentState(d.pop("state"))

        def _parse_tracking_number(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        tracking_number = _parse_tracking_number(d.pop("tracking_number"))

        def _parse_cancelled_for(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        cancelled_for = _parse_cancelled_for(d.pop("cancelled_for", UNSET))

        def _parse_delivered_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                delivered_at_type_0 = datetime.datetime.fromisoformat(data)

                return delivered_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        delivered_at = _parse_delivered_at(d.pop("delivered_at", UNSET))

        _direction = d.pop("direction", UNSET)
        direction: ShipmentDirection | Unset
        if isinstance(_direction, Unset):
            direction = UNSET
        else:
            direction = ShipmentDirection(_direction)

        def _parse_dispatched_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                dispatched_at_type_0 = datetime.datetime.fromisoformat(data)

                return dispatched_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        dispatched_at = _parse_dispatched_at(d.pop("dispatched_at", UNSET))

        def _parse_held_for(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        held_for = _parse_held_for(d.pop("held_for", UNSET))

        def _parse_service(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        service = _parse_service(d.pop("service", UNSET))

        def _parse_version(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        version = _parse_version(d.pop("version", UNSET))

        shipment = cls(
            carrier=carrier,
            created_at=created_at,
            id=id,
            lines=lines,
            order_id=order_id,
            state=state,
            tracking_number=tracking_number,
            cancelled_for=cancelled_for,
            delivered_at=delivered_at,
            direction=direction,
            dispatched_at=dispatched_at,
            held_for=held_for,
            service=service,
            version=version,
        )

        shipment.additional_properties = d
        return shipment

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
