from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.suppress_address_channel import SuppressAddressChannel
from ..types import UNSET, Unset

T = TypeVar("T", bound="SuppressAddress")


@_attrs_define
class SuppressAddress:
    """Which address to leave alone from now on.

    Attributes:
        address (str):
        channel (SuppressAddressChannel | Unset):  Default: SuppressAddressChannel.EMAIL.
    """

    address: str
    channel: SuppressAddressChannel | Unset = SuppressAddressChannel.EMAIL

    def to_dict(self) -> dict[str, Any]:
        address = self.address

        channel: str | Unset = UNSET
        if not isinstance(self.channel, Unset):
            channel = self.channel.value

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "address": address,
            }
        )
        if channel is not UNSET:
            field_dict["channel"] = channel

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        address = d.pop("address")

        _channel = d.pop("channel", UNSET)
        channel: SuppressAddressChannel | Unset
        if isinstance(_channel, Unset):
            channel = UNSET
        else:
            channel = SuppressAddressChannel(_channel)

        suppress_address = cls(
            address=address,
            channel=channel,
        )

        return suppress_address
