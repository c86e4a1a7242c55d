"""Whole orders while a process or the line to it fails: answers are late or partial, never none, and all goes on after.

Every question here is answered within `apart.LONGEST`, or its test fails.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from modules.orders.contracts import OrderId
from tests.network.proxy import Fault
from tests.processes import eventually
from tests.redis_server import RedisServer
from tests.topologies.apart import Apart, settled, taken_apart
from tests.topologies.estates import Mould

FAULTS: tuple[Fault, ...] = (*get_args(get_args(Fault)[0]), *get_args(get_args(Fault)[1]))

PATIENT = {
    "TEARLINE_RETRY": json.dumps({"first": 0.02, "cap": 0.5, "tries": 60}),
    "TEARLINE_POLICY": json.dumps({"tries": 1, "total": 4, "attempt": 2, "slow": 1.5, "open_for": 0.5}),
}
"""Nobody waits for long for somebody who does not answer, and nobody gives up while a test goes on."""

PARTS = {
    "payments": "payment",
    "inventory": "reservation",
    "shipping": "shipments",
    "notifications": "notifications",
}
"""What of an order's overview each module tells."""


@pytest.fixture
def shop(
    request: pytest.FixtureRequest, filled: tuple[Mould, str], tmp_path: Path, redis_server: RedisServer
) -> Iterator[Apart]:
    """One module is out, and reached by a line that fails when a test wants it to."""
    mould, token = filled
    environ = os.environ | PATIENT | {"EVENTS_URL": redis_server.url, "TEARLINE_FACADES": "direct"}
    out = [request.param]
    with (
        settled(mould, tmp_path) as settle,
        taken_apart(out, environ=environ, folder=tmp_path, settle=settle, token=token, lines=out) as shop,
    ):
        yield shop


def ends_well(shop: Apart, *orders: OrderId) -> None:
    """Each of them, of one blue mug, is paid for once, and all that belongs to it is there once."""
    for order in orders:
        shop.wait_for(order, "confirmed", "confirmation", "shipment", parcels=1)
        assert shop.charged(order) == [1450]


@pytest.mark.parametrize(
    ("shop", "nth"), [("payments", 1), ("payments", 2), ("inventory", 1), ("catalog", 1)], indirect=["shop"]
)
@pytest.mark.timeout(300)
def test_whatever_happens_on_the_line_an_order_has_its_effects_once(shop: Apart, nth: int) -> None:
    """At the nth question that an order asks of the module."""
    ((module, line),) = shop.lines.items()
    orders = []
    for fault in FAULTS:
        line.plan(fault, nth, among=(f"POST /facades/{module}/",))
        orders.append(shop.order_somehow("MUG-BLUE", 1).id)
        eventually(line.struck.is_set, f"{fault}: it has happened", seconds=30)
    line.plan(None, 0)
    ends_well(shop, *orders)
    assert shop.available("MUG-BLUE") == 10 - len(orders)


@pytest.mark.parametrize("shop", PARTS, indirect=True)
@pytest.mark.timeout(300)
def test_an_overview_does_without_whoever_stands_still(shop: Apart) -> None:
    (module,) = shop.lines
    before = shop.order("MUG-BLUE", 1).id
    ends_well(shop, before)
    whole = shop.overview(before)
    with shop.frozen(module):
        assert shop.overview(before) == whole | {PARTS[module]: None, "incomplete": [PARTS[module]]}
        meanwhile = shop.order("MUG-BLUE", 1).id
    ends_well(shop, before, meanwhile)


@pytest.mark.parametrize("shop", ["catalog"], indirect=True)
@pytest.mark.timeout(300)
def test_who_cannot_be_told_a_price_is_told_to_come_again(shop: Apart) -> None:
    with shop.frozen("catalog"):
        response = shop.try_to_order("MUG-BLUE", 1, key="patient")
    assert (response.status_code, response.json()["code"]) == (503, "unavailable")
    assert response.headers["Retry-After"]
    order = shop.order_somehow("MUG-BLUE", 1, key="patient").id
    ends_well(shop, order)
    assert shop.order("MUG-BLUE", 1, key="patient").id == order
