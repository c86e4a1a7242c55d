"""A condition under which somebody wants to write is never passed over."""

import importlib
import re
from importlib.util import find_spec

import pytest
from django.conf import settings
from django.test import Client

from modules.orders.contracts import OrderId
from tearline.api.keys import issue

HEEDED = {
    ("PATCH", "/orders/{order_id}"),
    ("POST", "/orders/{order_id}/place"),
    ("POST", "/orders/{order_id}/discard"),
    ("POST", "/orders/{order_id}/cancel"),
}


def writes() -> set[tuple[str, str]]:
    """All that are served, whether they are described or not."""
    modules = [f"modules.{module}" for module in settings.TEARLINE_TOPOLOGY.modules]
    edges = [f"{package}.api" for package in (*modules, *settings.COMPOSITE_APPS) if find_spec(f"{package}.api")]
    return {
        (method, path)
        for edge in edges
        for path, view in importlib.import_module(edge).router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
        if method != "GET"
    }


def test_each_write_takes_if_match_or_refuses_it(db: None) -> None:
    _, token = issue(name="careful", scopes=["*"])
    client = Client(headers={"Authorization": f"Bearer {token}"})
    known = writes()
    assert len(known) > 30
    refused = set()
    for method, path in known:
        address = f"/api/v1{re.sub(r'{[^}]*}', str(OrderId.new()), path)}"
        told = client.generic(method, address, headers={"If-Match": '"1"', "Idempotency-Key": "one"})
        if (told.status_code, told.json()["code"]) == (400, "precondition_not_supported"):
            refused.add((method, path))
    assert known - refused == HEEDED


@pytest.mark.parametrize("path", ["/orders", "/stock/locations"])
def test_what_is_read_may_come_with_a_condition(db: None, path: str) -> None:
    _, token = issue(name="reader", scopes=["*"])
    client = Client(headers={"Authorization": f"Bearer {token}", "If-Match": '"1"'})
    assert client.get(f"/api/v1{path}").status_code == 200
