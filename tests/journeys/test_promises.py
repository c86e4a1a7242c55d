"""What the modules ask, answer, refuse and announce while orders are fulfilled is as their snapshots promise."""

import json
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from jsonschema import Draft202012Validator

from tearline.api.keys import issue
from tearline.contracts import Refusal
from tearline.facades._operations import Operation
from tearline.models import OutboxRow
from tearline.snapshots import snapshot_of
from tests.journeys.shop import Shop

MODULES = settings.TEARLINE_TOPOLOGY.modules
FILES = {"/api/v1/products/export"}
"""What answers with no JSON."""


class Told:
    """What was told, in JSON, held against what was promised as soon as it is told. `under`: how often, by name."""

    def __init__(self) -> None:
        self.under: dict[str, int] = defaultdict(int)

    def hold(self, name: str, schema: Any, value: Any) -> None:
        Draft202012Validator(schema).validate(value)
        self.under[name] += 1


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    told = Told()
    _listen_in(monkeypatch, "asked", "arguments", told)
    _listen_in(monkeypatch, "answered", "answer", told)
    refused = Refusal.to_json

    def refuse(self: Refusal) -> dict[str, Any]:
        as_told = refused(self)
        promised = snapshot_of(self.code.partition(".")[0])["facade"]["refusals"][self.code]
        told.hold(self.code, promised["fields"], as_told["fields"])
        return as_told

    monkeypatch.setattr(Refusal, "to_json", refuse)
    return told


def _listen_in(monkeypatch: pytest.MonkeyPatch, method: str, promise: str, told: Told) -> None:
    write: Callable[[Operation, Any], bytes] = getattr(Operation, method)

    def written(operation: Operation, value: Any) -> bytes:
        as_told = write(operation, value)
        promised: Any = snapshot_of(operation.module)["facade"]["operations"][operation.name]
        told.hold(f"{operation.full_name} {method}", promised[promise], json.loads(as_told))
        return as_told

    monkeypatch.setattr(Operation, method, written)


@pytest.mark.parametrize("shop", ["wire"], indirect=True)
def test_what_is_told_while_orders_are_fulfilled_is_as_promised(shop: Shop, told: Told) -> None:
    fine = shop.order("MUG-BLUE", 2)
    shop.order("MUG-BLUE", 1, card="pm_card_declined")
    shop.order("MUG-GOLD", 99)
    shop.settle()
    assert shop.outcome(fine) == "confirmed"
    for module in MODULES:
        for row in OutboxRow.objects.using(module).all():
            told.hold(row.topic, snapshot_of(module)["events"][row.topic]["fields"], json.loads(row.payload))
    assert told.under.keys() >= {
        "catalog.quote answered",
        "inventory.reserve asked",
        "payments.authorize asked",
        "payments.authorize answered",
        "payments.payment_declined",
        "inventory.out_of_stock",
        "orders.order_placed.v1",
        "orders.order_confirmed.v1",
        "orders.order_cancelled.v1",
        "inventory.stock_ran_out.v1",
        "shipping.shipment_prepared.v1",
    }


@pytest.mark.parametrize("shop", ["wire"], indirect=True)
def test_what_is_shown_over_rest_is_as_promised(shop: Shop, told: Told) -> None:
    shop.order("MUG-BLUE", 2)
    shop.settle()
    _, token = issue(name="reader", scopes=["*"])
    client = Client(headers={"Authorization": f"Bearer {token}"})
    for module in MODULES:
        rest = snapshot_of(module)["rest"]
        for path, methods in rest["paths"].items():
            if "get" in methods and "{" not in path and path not in FILES:
                told.hold(path, _answer(rest, methods["get"]), client.get(path).json())
    assert {path.rpartition("/")[2] for path in told.under if path.startswith("/api/v1/")} >= {
        "deliveries",
        "drift",
        "endpoints",
        "locations",
        "notifications",
        "orders",
        "payments",
        "products",
        "reconciliation",
        "reservations",
        "sales",
        "shipments",
        "stock",
        "suppressions",
        "types",
        "webhooks",
    }


def _answer(rest: Any, operation: Any) -> Any:
    """With the document that its references lead into."""
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    return schema | {"components": {"schemas": rest["schemas"]}}
