"""What the tests here say again and again: goods come in, an order wants some, it is confirmed, a parcel leaves."""

from typing import TypeVar

from django.db import transaction

from modules.inventory import handlers
from modules.inventory.contracts import (
    AddLocation,
    FulfilReservation,
    ReceiveStock,
    Reservation,
    ReserveStock,
    SetLimits,
    StockLine,
)
from modules.inventory.facade import inventory
from modules.inventory.models import StockItem, StockLevel
from modules.orders.contracts import OrderId
from modules.orders.events import OrderConfirmed
from modules.shipping.events import ShipmentDispatched
from tearline.contracts import Money
from tearline.events import Event
from tearline.models import OutboxRow

E = TypeVar("E", bound=Event)


def goods_come_in(location: str = "main", /, **pieces: int) -> None:
    """`goods_come_in(MUG=5)`, `goods_come_in("north", MUG=5)`."""
    for sku, quantity in pieces.items():
        goods = ReceiveStock(sku=sku, quantity=quantity, reference="delivery", location=location)
        inventory.receive(goods, key=OrderId.new())


def open_locations(*codes: str) -> None:
    """The first is asked first, and all before main."""
    for priority, code in enumerate(codes):
        inventory.add_location(AddLocation(code=code, name=code.title(), priority=priority), key=code)


def limit(sku: str, location: str = "main", *, backorders: int = 0, reorder_point: int | None = None) -> None:
    limits = SetLimits(sku=sku, location=location, backorder_limit=backorders, reorder_point=reorder_point)
    inventory.set_limits(limits, key=OrderId.new())


def wish(*lines: tuple[str, int], order_id: OrderId | None = None, expires_in: int | None = None) -> ReserveStock:
    """`wish(("MUG", 2), ("PEN", 1))` of a new order."""
    wanted = [StockLine(sku=sku, quantity=quantity) for sku, quantity in lines]
    return ReserveStock(order_id=order_id or OrderId.new(), lines=wanted, expires_in=expires_in)


def confirmed(order_id: OrderId) -> OrderConfirmed:
    return OrderConfirmed(order_id=order_id, total=Money(amount=100, currency="EUR"), lines=[])


def hear(event: OrderConfirmed | ShipmentDispatched) -> None:
    """As the inbox has it heard: in a transaction of inventory."""
    with transaction.atomic(using="inventory"):
        if isinstance(event, OrderConfirmed):
            handlers.commit_reservation(event)
        else:
            handlers.take_off_the_shelf(event)


def ordered(*lines: tuple[str, int]) -> OrderId:
    """By an order that is confirmed."""
    request = wish(*lines)
    inventory.reserve(request, key=request.order_id)
    hear(confirmed(request.order_id))
    return request.order_id


def parcel_leaves(order_id: OrderId, *lines: tuple[str, int], parcel: str = "parcel 1", key: str = "") -> Reservation:
    """With these, or with all that is there."""
    left = [StockLine(sku=sku, quantity=quantity) for sku, quantity in lines] or None
    request = FulfilReservation(order_id=order_id, reference=parcel, lines=left)
    return inventory.fulfil(request, key=key or OrderId.new())


def shelf() -> dict[str, tuple[int, int]]:
    """(on hand, reserved) of each SKU, in all locations together."""
    levels = inventory.levels(sorted(StockItem.objects.values_list("sku", flat=True)))
    return {level.sku: (level.on_hand, level.reserved) for level in levels}


def shelf_at(location: str) -> dict[str, tuple[int, int]]:
    """(on hand, reserved) of each SKU that ever lay there."""
    there = StockLevel.objects.filter(location_id=location)
    return {level.item_id: (level.on_hand, level.reserved) for level in there}


def announced(kind: type[E]) -> list[E]:
    """Oldest first."""
    rows = OutboxRow.objects.using("inventory").filter(topic=kind.topic).order_by("id")
    return [kind.model_validate_json(row.payload) for row in rows]
