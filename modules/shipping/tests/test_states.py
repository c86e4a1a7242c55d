"""What may follow what, by the table: every pair is tried with the code, and with the database behind its back."""

import contextlib
from itertools import product
from typing import get_args

import pytest
from django.db import IntegrityError
from django.utils import timezone

from modules.orders.contracts import OrderId
from modules.shipping.contracts import ShipmentId, ShipmentState
from modules.shipping.models import Shipment
from modules.shipping.states import LEFT, SHIPMENT
from tearline.states import IllegalTransition

PAIRS = list(product(get_args(ShipmentState), repeat=2))
ALLOWED = {(old, new) for old, new in PAIRS if SHIPMENT.allows(old, new)}


def fitting(state: str) -> dict[str, object]:
    """What a shipment in that state has."""
    label = "none" if state == "pending" else "bought"
    return {
        "state": state,
        "label": label,
        "carrier": "" if label == "none" else "Simulated Parcel",
        "tracking_number": "" if label == "none" else ShipmentId.new(),
        "dispatched_at": timezone.now() if state in LEFT else None,
    }


def test_the_table_knows_all_states() -> None:
    assert {*SHIPMENT.states} == {*get_args(ShipmentState)}


def test_the_database_lets_happen_what_is_in_the_table_and_nothing_else(db: None) -> None:
    happened = set()
    for old, new in PAIRS:
        shipment = Shipment.objects.create(order_id=OrderId.new(), **fitting(old))
        with contextlib.suppress(IntegrityError):
            Shipment.objects.filter(pk=shipment.pk).update(**fitting(new))
        shipment.refresh_from_db()
        if shipment.state == new:
            happened.add((old, new))

    assert happened == ALLOWED


def test_the_code_lets_happen_what_is_in_the_table_and_nothing_else() -> None:
    happened = set()
    for old, new in PAIRS:
        shipment = Shipment(state=old)
        with contextlib.suppress(IllegalTransition):
            shipment.become(new)
        if shipment.state == new:
            happened.add((old, new))

    assert happened == ALLOWED


@pytest.mark.parametrize(
    ("change", "refused_by"),
    [
        ({"state": "lost", "dispatched_at": None}, "shipping_state_fits_label"),
        ({"state": "cancelled", "dispatched_at": None, "label": "torn"}, "shipping_shipment_label_known"),
        ({"label": "none", "carrier": "", "tracking_number": ""}, "shipping_state_fits_label"),
        ({"tracking_number": ""}, "shipping_labelled_means_tracked"),
        ({"dispatched_at": None}, "shipping_left_means_dispatched"),
    ],
)
def test_the_database_refuses_what_does_not_fit_together(db: None, change: dict[str, object], refused_by: str) -> None:
    with pytest.raises(IntegrityError, match=refused_by):
        Shipment.objects.create(order_id=OrderId.new(), **fitting("in_transit") | change)
