"""What the pages show of Python does what they say, as printed."""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client
from django.test.utils import isolate_apps
from django.urls import path
from pytest_django import Settings
from standardwebhooks import WebhookVerificationError

from examples.python.receiver import receiving
from modules.notifications.contracts import AddWebhookEndpoint, NameWebhookEndpoint
from modules.notifications.facade import notifications
from modules.orders.contracts import OrderId
from tearline.api import RestApi
from tearline.contracts import Money
from tearline.databases.preparing import as_owner
from tearline.databases.provisioning import grant
from tearline.events import _listeners, publish, topics
from tearline.facades import acting_as
from tearline.models import InboxRow, OutboxRow, TaskRow
from tearline.projections import Projection, check
from tearline.testing import settle
from tearline.work import _tasks
from tests.journeys.shop import Shop
from tests.pages.samples import executed, printed
from tests.tearline.parcels import listen
from tests.tearline.specimen import carry

[LIST] = printed("docs/api.md", "python")
[VERIFY] = printed("docs/notifications.md", "python")
NAMES, VERSIONS = printed("docs/operating.md", "python")
ROWS, PROJECTION = printed("docs/read-models.md", "python")

PRICE = Money(amount=1999, currency="EUR")


# docs/api.md


@pytest.fixture
def sold(db: None) -> tuple[OrderId, ...]:
    """Orders, by what they come to: the first one is confirmed, and the one in the middle the newest."""
    shop = Shop()
    cheap = shop.order("MUG-BLUE", 1)
    shop.settle()
    dear, medium = shop.order("MUG-GOLD", 1), shop.order("MUG-BLUE", 2)
    return cheap.id, medium.id, dear.id


@pytest.fixture
def orders_url(sold: object, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where the list of the sample is served."""
    api = RestApi(title="Sample", version="sample", description="What the page shows.")
    api.mount("sample", executed(LIST, of="orders").router, prefixes=["/orders"])
    urls = ModuleType("tests.pages.served")
    vars(urls)["urlpatterns"] = [path("api/v1/", api.urls)]
    monkeypatch.setitem(sys.modules, urls.__name__, urls)
    settings.ROOT_URLCONF = urls.__name__
    return "/api/v1/orders"


def test_a_list_filters_and_sorts_by_what_it_declares_and_refuses_what_it_does_not(
    sold: tuple[OrderId, ...], orders_url: str, client: Client
) -> None:
    cheap, medium, dear = sold

    def ids(query: str) -> list[str]:
        response = client.get(f"{orders_url}?{query}")
        assert response.status_code == 200, response.content
        told: list[str] = response.json()["data"]
        return told

    assert ids("") == [medium, dear, cheap]
    assert ids("sort=total") == [cheap, medium, dear]
    assert ids("sort=-total&limit=1") == [dear]
    assert ids("status=confirmed") == [cheap]
    assert ids("status=confirmed&status=pending&currency=EUR&sort=id") == [cheap, dear, medium]
    assert ids("currency=USD") == []
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert ids(f"created_at[gte]={tomorrow}") == []
    for query, code in (("colour=red", "unknown_parameter"), ("sort=status", "invalid_parameter")):
        response = client.get(f"{orders_url}?{query}")
        assert (response.status_code, response.json()["code"]) == (400, code)


# docs/notifications.md


def test_what_comes_is_verified_and_what_somebody_has_changed_is_refused(db: None, settings: Settings) -> None:
    settings.NOTIFICATIONS_LOCAL_ENDPOINTS = True
    with receiving() as receiver, acting_as("api:test"):
        made = notifications.add_endpoint(AddWebhookEndpoint(url=receiver.url), key="add")
        notifications.send_test(NameWebhookEndpoint(endpoint_id=made.endpoint.id), key="test")
        settle()

    body, headers = receiver.arrived.get_nowait()
    told = executed(VERIFY, of="notifications", secret=made.secret, body=body, headers=headers).told
    assert told["type"] == "webhook.test"
    changed = body.replace(b"webhook.test", b"order.confirmed")
    with pytest.raises(WebhookVerificationError):
        executed(VERIFY, of="notifications", secret=made.secret, body=changed, headers=headers)


# docs/operating.md


def announce(*events: Any) -> None:
    with transaction.atomic(using="orders"):
        publish(*events)


@pytest.mark.usefixtures("declarations")
def test_rows_under_former_names_find_who_has_the_new_ones() -> None:
    former = _listeners.by_name["shipping.open_a_shipment"]
    _listeners.by_name.clear()
    _listeners.by_name[former.name] = former
    announce(
        topics["orders.order_confirmed.v1"].model_validate({"order_id": OrderId.new(), "total": PRICE, "lines": []})
    )
    carry("outbox", "orders", "a worker")
    with transaction.atomic(using="shipping"):
        _tasks.tasks["shipping.prepare"].later("a shipment of then")
    _listeners.by_name.clear()
    _tasks.tasks.clear()

    renamed = executed(NAMES, of="shipping")
    assert list(_listeners.by_name) == ["shipping.prepare_a_parcel"]
    assert _tasks.tasks == {"shipping.buy_a_label": renamed.buy_a_label}
    settle()
    heard, asked = InboxRow.objects.using("shipping").get(), TaskRow.objects.using("shipping").get()
    assert (heard.listener, asked.name) == ("shipping.open_a_shipment", "shipping.prepare")
    assert [(row.finished_at is not None, row.error) for row in (heard, asked)] == [(True, "")] * 2


@pytest.mark.usefixtures("declarations")
def test_who_listens_to_the_new_version_hears_what_was_announced_as_the_old_one() -> None:
    _listeners.by_name.clear()
    new = executed(VERSIONS, of="orders").OrderPlaced
    heard: list[Any] = []
    listen(heard.append, event=new)
    order = OrderId.new()
    announce(topics["orders.order_placed.v1"].model_validate({"order_id": order, "total": PRICE}))
    row = OutboxRow.objects.using("orders").get()
    row.payload = json.dumps(json.loads(row.payload) | {"total": 1999})
    row.save()
    announce(new(order_id=order, total=PRICE))
    settle()
    assert [type(event) for event in heard] == [new, new]
    assert [(event.order_id, event.total) for event in heard] == [(order, PRICE)] * 2


# docs/read-models.md


@pytest.fixture
def placed_by_day(declarations: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Projection]:
    """The projection of the sample, which alone hears of orders, with a table as its migration would make it."""
    with isolate_apps("modules.orders"):
        table = executed(ROWS, of="orders").PlacedByDay
    with as_owner("orders") as connection:
        with connection.schema_editor() as editor:
            editor.create_model(table)
        if connection.vendor == "postgresql":
            there = [*apps.get_app_config("orders").get_models(), table]
            grant(connection, app="orders_app", schema="orders", models=there)
    monkeypatch.setattr("modules.orders.models.PlacedByDay", table, raising=False)
    _listeners.by_name.clear()
    projection: Projection = executed(PROJECTION, of="orders").placed_by_day
    yield projection
    with as_owner("orders") as connection, connection.schema_editor() as editor:
        editor.delete_model(table)


def test_the_projection_folds_what_is_placed_and_its_check_finds_what_differs(placed_by_day: Projection) -> None:
    shop = Shop()
    _, newest = shop.order("MUG-BLUE", 1), shop.order("MUG-BLUE", 1)
    [table] = placed_by_day.tables
    assert table.objects.count() == 0
    assert check(placed_by_day) == []
    settle()
    [row] = table.objects.all()
    shown = vars(row)
    assert (shown["day"], shown["placed"]) == (newest.created_at.date(), 2)
    assert check(placed_by_day) == []
    announce(topics["orders.order_placed.v1"].model_validate({"order_id": OrderId.new(), "total": PRICE}))
    assert check(placed_by_day) == [f"{shown['day']}: 3 are shown, 2 were placed"]
