"""Whatever code a problem carries, its `type` is the address of a page."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from tearline.api import kinds
from tearline.contracts import Refusal
from tearline.topology import API

ROOT = Path(__file__).parents[2]
TELLS = {"Problem", "problem", "_unauthenticated", "_refuse"}
ALL = sorted(kinds(tuple(settings.TEARLINE_TOPOLOGY.modules)))


def told_in(path: Path) -> Iterator[str]:
    """The codes that are written down where a problem is raised, whichever argument they are."""
    for call in ast.walk(ast.parse(path.read_text())):
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in TELLS:
            words = [each.value for each in call.args[:2] if isinstance(each, ast.Constant)]
            yield from (word for word in words if isinstance(word, str) and re.fullmatch(r"[a-z_.]+", word))


def sources() -> Iterator[Path]:
    for root in ("platform/tearline", "platform/config", "modules"):
        yield from (path for path in (ROOT / root).rglob("*.py") if "tests" not in path.parts)


def described() -> dict[str, set[str]]:
    """By operation, the codes of the problems that may come of it."""
    from config.urls import rest_api

    paths = rest_api().get_openapi_schema(path_prefix=f"{API}/")["paths"]
    return {
        operation["operationId"]: {
            code
            for answer in operation["responses"].values()
            for content in answer.get("content", {}).values()
            for code in content.get("examples", ())
        }
        for operations in paths.values()
        for operation in operations.values()
    }


@pytest.mark.parametrize("code", ALL)
def test_every_code_has_a_page(code: str, client: Client) -> None:
    page = client.get(f"/problems/{code}")
    assert page.status_code == 200
    assert page["Content-Type"].startswith("text/html")
    assert f"<code>{code}</code>" in page.text


def test_a_page_is_plain_text_for_who_likes_that_better(client: Client) -> None:
    page = client.get("/problems/idempotency_key_reused", headers={"accept": "text/plain"})
    assert page["Content-Type"] == "text/plain; charset=utf-8"
    assert page.text.startswith("idempotency_key_reused: Idempotency key reused (status 422)\n")


def test_a_code_that_nobody_answers_has_none(client: Client) -> None:
    assert client.get("/problems/no_such_code").status_code == 404


def test_all_pages_are_listed(client: Client) -> None:
    page = client.get("/problems/").text
    assert [code for code in ALL if f'href="/problems/{code}"' not in page] == []
    assert client.get("/problems", follow=True).text == page


def test_every_code_that_is_raised_is_declared() -> None:
    told = {code: path for path in sources() for code in told_in(path)}
    assert len(told) > 15
    assert {code: str(path.relative_to(ROOT)) for code, path in told.items() if code not in ALL} == {}


def test_every_refusal_of_a_module_is_declared() -> None:
    codes = {code for code, kind in Refusal.kinds.items() if kind.__module__.startswith("modules.")}
    assert codes <= {*ALL}


def test_every_operation_names_codes_that_have_pages() -> None:
    operations = described()
    assert {code for codes in operations.values() for code in codes} <= {*ALL}
    assert operations["orders_cancel_order"] >= {"orders.cannot_cancel", "orders.stale_order", "insufficient_scope"}
    assert operations["orders_place_order"] >= {"catalog.not_for_sale", "idempotency_key_reused", "validation_failed"}
    assert operations["orders_get_order"] >= {"not_found", "orders.order_not_found"}
    assert operations["shipping_get_shipment"] >= {"not_found", "shipping.shipment_not_found"}
    assert operations["catalog_get_product"] >= {"not_found", "catalog.product_not_found"}
    assert "orders.order_not_found" not in operations["orders_list_orders"]
