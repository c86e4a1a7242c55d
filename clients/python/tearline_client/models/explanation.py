from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.explanation_status import ExplanationStatus

if TYPE_CHECKING:
    from ..models.action import Action
    from ..models.waiting_for import WaitingFor


T = TypeVar("T", bound="Explanation")


@_attrs_define
class Explanation:
    """Why an order is in its state, since when, what it waits for, and what can be done.

    Attributes:
        actions (list[Action]):
        order_id (str):  Example: ord_01jdc3k5v8e1xszq4b7m2n9htw.
        since (datetime.datetime):
        status (ExplanationStatus):
        version (int):
        waits_for (list[WaitingFor]):
        why (str):
    """

    actions: list[Action]
    order_id: str
    since: datetime.datetime
    status: ExplanationStatus
    version: int
    waits_for: list[WaitingFor]
    why: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        actions = []
        for actions_item_data in self.actions:
            actions_item = actions_item_data.to_dict()
            actions.append(actions_item)

        order_id = self.order_id

        since = self.since.isoformat()

        status = self.status.value

        version = self.version

        waits_for = []
        for waits_for_item_data in self.waits_for:
            waits_for_item = waits_for_item_data.to_dict()
            waits_for.append(waits_for_item)

        why = self.why

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "actions": actions,
                "order_id": order_id,
                "since": since,
                "status": status,
                "version": version,
                "waits_for": waits_for,
                "why": why,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.action import Action  # noqa: PLC0415
        from ..models.waiting_for import WaitingFor  # noqa: PLC0415

        d = dict(src_dict)
        actions = []
        _actions = d.pop("actions")
        for actions_item_data in _actions:
            actions_item = Action.from_dict(actions_item_data)

            actions.append(actions_item)

        order_id = d.pop("order_id")

        since = datetime.datetime.fromisoformat(d.pop("since"))

        status = ExplanationStatus(d.pop("status"))

        version = d.pop("version")

        waits_for = []
        _waits_for = d.pop("waits_for")
        for waits_for_item_data in _waits_for:
            waits_for_item = WaitingFor.from_dict(waits_for_item_data)

            waits_for.append(waits_for_item)

        why = d.pop("why")

        explanation = cls(
            actions=actions,
            order_id=order_id,
            since=since,
            status=status,
            version=version,
            waits_for=waits_for,
            why=why,
        )

        explanation.additional_properties = d
        return explanation

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
