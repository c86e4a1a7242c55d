"""Shipments over REST, to read. They come about by confirmed orders, never by request."""

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from modules.orders.contracts import OrderId
from modules.shipping import contracts
from modules.shipping.models import Shipment
from tearline.api import Page, PageAsked, Problem, key_with, paged

router = Router(tags=["shipping"])
prefixes = ("/shipments",)


class ShipmentsAsked(PageAsked):
    """Which shipments."""

    order_id: OrderId | None = Field(default=None, description="Only of this order.")


@router.get("/shipments", auth=key_with("shipping:read"), response=Page[contracts.Shipment])
def list_shipments(request: HttpRequest, asked: Query[ShipmentsAsked]) -> Page[contracts.Shipment]:
    """What was sent or is about to be, newest first."""
    rows = Shipment.objects.prefetch_related("lines")
    if asked.order_id:
        rows = rows.filter(order_id=asked.order_id)
    return paged(rows, asked, show=Shipment.to_contract)


@router.get("/shipments/{shipment_id}", auth=key_with("shipping:read"), response=contracts.Shipment)
def get_shipment(request: HttpRequest, shipment_id: str) -> contracts.Shipment:
    """One shipment with its lines."""
    found = Shipment.objects.filter(id=shipment_id).first()
    if found is None:
        raise Problem(404, "not_found", f"There is no shipment {shipment_id}.")
    return found.to_contract()
