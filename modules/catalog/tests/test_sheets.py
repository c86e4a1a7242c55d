"""The catalog as a CSV file: what comes out goes in again, and every row is told what became of it."""

import csv
import io
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from modules.catalog import sheets
from modules.catalog.contracts import ImportFile, ImportReport, NewProduct, NewVariant, OnSale, SetPrice
from modules.catalog.facade import catalog
from modules.catalog.models import Price, Product
from modules.catalog.models import Variant as VariantRow
from modules.catalog.tests.offers import mugs, pen
from tearline.api.keys import issue
from tearline.contracts import Money

HEAD = "sku,product_name,variant_name,currency,amount"


@pytest.fixture
def client() -> Client:
    _, token = issue(name="back office", scopes=["catalog:read", "catalog:write"])
    return Client(headers={"Authorization": f"Bearer {token}"})


def _post(client: Client, text: str | bytes, *, key: str = "k", content_type: str = "text/csv") -> Any:
    return client.post("/api/v1/products/import", text, content_type=content_type, headers={"Idempotency-Key": key})


def _imported(*rows: str, head: str = HEAD) -> ImportReport:
    text = "\r\n".join([head, *rows, ""])
    return catalog.import_file(ImportFile(text=text), key="import")


def _outcomes(report: ImportReport) -> list[str]:
    return [row.refused.detail if row.refused else row.outcome for row in report.rows]


def _rows() -> list[list[Mapping[str, Any]]]:
    prices = Price.objects.to_come().order_by("variant_id", "currency", "valid_from")
    return [
        list(Product.objects.order_by("id").values("id", "name", "description", "active", "attributes", "search_text")),
        list(VariantRow.objects.order_by("sku").values()),
        list(prices.values("variant_id", "currency", "amount", "valid_from", "valid_until")),
    ]


def _shop_full_of_everything() -> None:
    catalog.offer(mugs(eur=1450), key="eur")
    catalog.offer(mugs(usd=1590), key="usd")
    price = Money(amount=300, currency="EUR")
    variants = [
        NewVariant(sku="PEN-A", name='=cmd|" /C calc"!A0', price=price, attributes={"colour": 'blé; "x"', "size": "M"}),
        NewVariant(sku="PEN-B", name="'@half, price", price=price, attributes={"size": "L"}),
    ]
    pens = NewProduct(name="+Pen", description="-1\n\n, \u3042", variants=variants, attributes={"made in": "=Lyon"})
    product = catalog.offer(pens, key="pens")
    now = datetime.now(UTC)
    sale = SetPrice(sku="PEN-A", price=Money(amount=1, currency="EUR"), valid_from=now + timedelta(days=1))
    catalog.set_price(sale.model_copy(update={"valid_until": now + timedelta(days=2)}), key="sale")
    catalog.withdraw(OnSale(sku="PEN-B"), key="b")
    catalog.withdraw(OnSale(product_id=product.id), key="pens")


def test_what_was_exported_changes_nothing_where_it_came_from_and_makes_the_same_elsewhere(client: Client) -> None:
    _shop_full_of_everything()
    before = _rows()
    exported = client.get("/api/v1/products/export")
    assert exported.headers["Content-Type"] == "text/csv; charset=utf-8"

    here = _post(client, exported.content).json()
    assert (here["unchanged"], len(here["rows"]), _rows()) == (8, 8, before)

    Product.objects.all().delete()
    there = _post(client, exported.content, key="elsewhere").json()
    assert _rows() == before
    assert (there["created"], there["updated"], there["refused"]) == (4, 4, 0)
    assert client.get("/api/v1/products/export").content == exported.content


def test_no_exported_cell_begins_like_a_formula(client: Client) -> None:
    _shop_full_of_everything()
    text, _ = sheets.export()
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert [cell for cell in cells if cell[:1] in set("=+-@\t\r\n")] == []
    assert {"'+Pen", "''@half, price"} <= set(cells)


def test_every_row_is_told_what_became_of_it_and_a_bad_one_stops_no_other() -> None:
    catalog.offer(pen(eur=300), key="pen")
    catalog.offer(mugs(eur=1450), key="mugs")
    report = _imported(
        "PEN,Pen,Pen,EUR,300",
        "PEN,Pen,Pen,EUR,310",
        "lower case,Pen,Pen,EUR,1",
        "CUP,Cup,Cup,EUR,12.50",
        "CUP,Cup,Cup,EUR,-1",
        "CUP,Cup,Cup,EUR,",
        "CUP,Cup,Cup",
        "CUP,Cup,Cup,EUR,1250",
        "CUP-XL,Cup,Large cup,,",
        "",
        "SAUCER,,Saucer,EUR,500",
    )

    assert [(row.line, row.sku, row.outcome) for row in report.rows] == [
        (2, "PEN", "unchanged"),
        (3, "PEN", "updated"),
        (4, "lower case", "refused"),
        (5, "CUP", "refused"),
        (6, "CUP", "refused"),
        (7, "CUP", "refused"),
        (8, "", "refused"),
        (9, "CUP", "created"),
        (10, "CUP-XL", "created"),
        (12, "SAUCER", "refused"),
    ]
    assert (report.created, report.updated, report.unchanged, report.refused) == (2, 1, 1, 6)
    assert [row.refused.code for row in report.rows if row.refused] == ["catalog.row_invalid"] * 6
    assert [detail.partition(":")[0] for detail in _outcomes(report)[3:7]] == [
        "amount",
        "amount",
        "a price has a currency and an amount",
        "the row has 3 cells, and the header 5",
    ]
    [cup] = catalog.search("large cup")
    assert [variant.sku for variant in cup.variants] == ["CUP"]
    assert catalog.quote(["PEN"], currency="EUR")[0].unit_price.amount == 310


def test_a_row_is_refused_for_what_the_catalog_holds() -> None:
    product = catalog.offer(pen(eur=300), key="pen")
    other = catalog.offer(mugs(eur=1450), key="mugs")
    report = _imported(
        f"PEN,{other.id},Mug,Pen,,,,",
        f"PEN,{product.id},Pen,Pen,EUR,1,2026-01-01T00:00:00Z,2026-02-01T00:00:00Z",
        f"PEN,{product.id},Pen,Pen,EUR,1,2026-02-01T00:00:00Z,2026-01-01T00:00:00Z",
        f"PEN,{product.id},Pen,Pen,EUR,1,tomorrow,",
        head="sku,product_id,product_name,variant_name,currency,amount,valid_from,valid_until",
    )
    assert [row.refused.code for row in report.rows if row.refused] == [
        "catalog.sku_taken",
        "catalog.price_is_over",
        "catalog.row_invalid",
        "catalog.row_invalid",
    ]
    assert catalog.quote(["PEN"], currency="EUR")[0].unit_price.amount == 300


def test_variants_that_could_not_be_told_apart_are_refused_and_leave_nothing_behind() -> None:
    report = _imported(
        'BLUE,Mug,Blue,"{""colour"": ""blue""}",Holds tea.,',
        'ALSO-BLUE,Mug,Blue,"{""colour"": ""blue""}",Holds air.,',
        'PLAIN,Mug,Plain,,,"{""made in"": ""Lyon""}"',
        'RED,Mug,Red,"{""colour"": [1]}",,',
        "RED,Mug,Red,colour=red,,",
        head="sku,product_name,variant_name,variant_attributes,description,product_attributes",
    )
    assert [row.refused.code if row.refused else row.outcome for row in report.rows] == [
        "created",
        "catalog.variants_alike",
        "created",
        "catalog.row_invalid",
        "catalog.row_invalid",
    ]
    [mug] = Product.objects.all()
    assert (mug.description, mug.attributes) == ("Holds tea.", {"made in": "Lyon"})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("\r\n", "Line 1: the column sku is missing", id="nothing"),
        pytest.param(
            "sku;product_name;variant_name\r\n", "Line 1: there is no column 'sku;product_name;v", id="semicolons"
        ),
        pytest.param("sku,variant_name\r\n", "Line 1: the column product_name is missing", id="a column is missing"),
        pytest.param(f"{HEAD},sku\r\n", "Line 1: the column sku occurs twice", id="a column twice"),
        pytest.param(f'{HEAD}\r\nPEN,"Pen\r\n', "Line 2: unexpected end of data", id="a quote that stays open"),
        pytest.param(f'{HEAD}\r\nPEN,"Pen"cil,,,\r\n', "Line 2: ", id="a quote within a cell"),
        pytest.param(f"{HEAD}\r\n" + "PEN,P,P,,\r\n" * 501, "Line 502: a file has 500 rows at most", id="too long"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_as_a_whole(client: Client, text: str, said: str) -> None:
    response = _post(client, text)
    assert (response.status_code, response.json()["code"]) == (422, "catalog.file_not_understood")
    assert response.json()["detail"].startswith(said)
    assert not Product.objects.exists()


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        pytest.param({"text": f"{HEAD}\r\nPEN,Caf\xe9,P,,".encode("latin-1")}, 400, "malformed", id="latin-1"),
        pytest.param({"text": HEAD.encode("utf-16")}, 400, "malformed", id="utf-16"),
        pytest.param({"text": f"{HEAD}\0"}, 400, "malformed", id="NUL"),
        pytest.param(
            {"text": HEAD, "content_type": "application/json"}, 415, "unsupported_media_type", id="not as CSV"
        ),
        pytest.param({"text": "x" * 300_000}, 413, "payload_too_large", id="too large"),
    ],
)
def test_what_is_no_file_of_text_is_a_clear_problem(
    client: Client, sent: dict[str, Any], status: int, code: str
) -> None:
    response = _post(client, **sent)
    assert (response.status_code, response.json()["code"]) == (status, code)


def test_a_file_of_a_spreadsheet_may_begin_with_a_mark_of_its_byte_order(client: Client) -> None:
    assert _post(client, f"\ufeff{HEAD}\nPEN,Pen,Pen,EUR,300\n".encode()).json()["created"] == 1


def test_the_same_key_imports_once(client: Client) -> None:
    first, again = (_post(client, f"{HEAD}\nPEN,Pen,Pen,EUR,300\n") for _ in range(2))
    assert (first.json(), again.headers["Idempotent-Replayed"]) == (again.json(), "true")
    assert first.json()["created"] == 1
    assert _post(client, f"{HEAD}\nPEN,Pen,Pen,EUR,1\n").json()["code"] == "idempotency_key_reused"


def test_a_large_catalog_is_exported_in_parts_which_can_each_be_imported(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    _shop_full_of_everything()
    monkeypatch.setattr(sheets, "MOST_ROWS", 3)
    address, rows = "/api/v1/products/export", []
    while address:
        part = client.get(address)
        rows.append(_post(client, part.content, key=address).json()["unchanged"])
        address = part.headers.get("Link", "<>").partition(">")[0][1:]
    assert rows == [2, 2, 3, 1]


def test_importing_is_for_those_with_the_scope(client: Client) -> None:
    _, token = issue(name="reader", scopes=["catalog:read"])
    reader = Client(headers={"Authorization": f"Bearer {token}"})
    assert _post(reader, HEAD).status_code == 403
