"""What the pages tell operators to type does what they say, as printed, but for the ids of rows."""

import io
import json
import re
import shlex
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as ours
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from modules.shipping.facade import shipping
from tearline.api import _rates
from tearline.api.keys import issue
from tearline.api.models import ApiKey
from tearline.models import InboxRow, OutboxRow, SagaRow, SagaStepRow, TaskRow
from tearline.readiness import Report, _probing
from tearline.resilience._isolation import isolated
from tests.journeys.shop import Shop
from tests.pages.samples import Sample, printed

KEYS, STAFF, COMMANDS = printed("docs/access.md", "")
[RATE] = printed("docs/access.md", "http")
[MISSPELT] = printed("docs/api.md", "json")
SNAPSHOTS, RETIRING = printed("docs/contracts.md", "")
[ENDPOINT] = printed("docs/notifications.md", "http")
LOOK, INSPECT, RETRY, DISCARD, STEP_IN, REPLAY, PURGE, CIRCUITS, AUDIT = printed("docs/operating.md", "")
RECONCILE, _ = printed("docs/payments.md", "")
LIST, CHECK, REBUILD = printed("docs/read-models.md", "")
[READINESS] = printed("docs/readiness.md", "")
SHOW, RENDER = printed("docs/topology.md", "")


def typed(sample: Sample, **instead: object) -> list[str]:
    """What each line of it prints. `instead`: what stands for one of its words. Raises CommandError."""
    return [typed_line(line, **instead) for line in sample.text.splitlines()]


def typed_line(line: str, **instead: object) -> str:
    words = shlex.split(line.partition(" > ")[0], comments=True)
    assert words[:2] == ["python", "manage.py"]
    out = io.StringIO()
    call_command(*(str(instead.get(f"_{word}", instead.get(word, word))) for word in words[2:]), stdout=out)
    return out.getvalue()


@pytest.fixture
def shop(db: None, settings: Settings, tmp_path: Path) -> Shop:
    settings.VAR = tmp_path
    return Shop()


# docs/access.md


def test_keys_are_issued_listed_changed_and_revoked(db: None) -> None:
    till, ada, listed, rotate, revoke = KEYS.text.splitlines()
    for line in (till, ada):
        typed_line(line)
    key = ApiKey.objects.get(name="the till")
    assert key.scopes == ["orders:read", "orders:write"]
    assert ApiKey.objects.get(customer="cus_ada").expires_at is not None
    assert "the till: orders:read orders:write" in typed_line(listed)
    assert f"takes the place of {key.id}" in typed_line(rotate, sk_test_1a2b3c=key.prefix)
    assert "opens nothing" in typed_line(revoke, key_01jdc3k5v8e1xszq4b7m2n9htw=key.id)
    key.refresh_from_db()
    assert key.revoked_at


def test_how_it_stands_with_the_rate_is_told_as_the_page_shows(db: None, settings: Settings) -> None:
    settings.TEARLINE_RATE_LIMIT = "6000/minute"
    _rates.counter_at.cache_clear()
    _, token = issue(name="reader", scopes=["orders:read"])
    response = Client().get("/api/v1/orders", headers={"Authorization": f"Bearer {token}"})
    told = "".join(f"{name}: {response[name]}\n" for name in ("RateLimit-Policy", "RateLimit"))
    numbers = r"r=\d+;t=\d+"
    assert re.sub(numbers, "", told) == re.sub(numbers, "", RATE.text)


def test_staff_come_and_go(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getpass", lambda *_, **__: "an unlikely phrase of five words")
    allowed, changed, listed, dismissed = typed(STAFF)
    assert "changepassword grace" in allowed
    assert "changed successfully for user 'grace'" in changed
    assert "grace" in listed
    assert "grace" in dismissed
    assert not User.objects.get(username="grace").is_active


def test_who_did_what_is_told(shop: Shop) -> None:
    order = shop.order("MUG-BLUE", 1)
    last, of_grace, about = typed(COMMANDS, ord_01jdc3k5v8e1xszq4b7m2n9htw=order.id)
    assert f"orders.place request-1 ({order.id})" in last
    assert of_grace == ""
    assert order.id in about


# docs/api.md


def test_a_price_whose_day_is_misspelt_is_refused_as_the_page_shows(shop: Shop) -> None:
    _, token = issue(name="the shop", scopes=["catalog:write", "catalog:read"])
    client = Client(headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "one"})
    prices = "/api/v1/variants/MUG-BLUE/prices"
    before = client.get(prices).json()
    new = {"price": {"amount": 1, "currency": "EUR"}, "valid_form": "2099-01-01T00:00:00Z"}
    answer = client.post(prices, new, content_type="application/json")
    assert (answer.status_code, answer.json()["errors"]) == (422, [json.loads(MISSPELT.text)])
    assert client.get(prices).json() == before


# docs/contracts.md


@pytest.fixture
def snapshots(settings: Settings, tmp_path: Path) -> Path:
    """A copy of what was promised."""
    settings.TEARLINE_CONTRACTS = shutil.copytree(ours.TEARLINE_CONTRACTS, tmp_path / "contracts")
    return tmp_path / "contracts"


def test_promises_are_checked_and_kept(snapshots: Path) -> None:
    checked, kept = typed(SNAPSHOTS)
    assert checked.startswith("as promised: ")
    assert "orders.json was so already" in kept


@pytest.mark.parametrize("line", RETIRING.text.splitlines())
def test_what_is_still_there_is_not_retired(line: str, snapshots: Path) -> None:
    name = shlex.split(line)[-1]
    with pytest.raises(CommandError, match=re.escape(name)):
        typed_line(line)


# docs/notifications.md


def test_an_endpoint_is_added_and_answered_with_its_secret(db: None) -> None:
    _, token = issue(name="integrator", scopes=["webhooks:write"])
    method, path, body = ENDPOINT.text.split(maxsplit=2)
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "one"}
    response = Client(headers=headers).generic(method, path, body, content_type="application/json")
    assert response.status_code == 201, response.content
    assert response.json()["secret"].startswith("whsec_")
    assert response.json()["endpoint"]["types"] == json.loads(body)["types"]


# docs/operating.md


def waiting_in_the_inbox(shop: Shop) -> InboxRow:
    """An event that inventory has received and not worked on."""
    order = shop.order("MUG-BLUE", 1)
    shop.settle()
    row = InboxRow.objects.using("inventory").filter(payload__contains=order.id).first()
    assert row is not None
    return row


def park(row: Any, using: str) -> None:
    type(row).objects.using(using).filter(pk=row.pk).update(
        finished_at=None, due_at=None, parked_at=row.created_at, attempts=6, error="it did not fit"
    )


def test_what_is_parked_is_seen_tried_again_and_given_up(shop: Shop) -> None:
    row = waiting_in_the_inbox(shop)
    park(row, "inventory")
    assert f"parked: inventory inbox {row.pk}" in typed(LOOK)[0]
    assert "it did not fit" in typed(INSPECT, _12=row.pk)[0]
    for line in RETRY.text.splitlines():
        typed_line(line, _12=row.pk)
        shop.settle()
        row.refresh_from_db(using="inventory")
        assert row.finished_at
        park(row, "inventory")
    typed(DISCARD, _12=row.pk)
    row.refresh_from_db(using="inventory")
    assert row.finished_at
    whole, last = typed(AUDIT)
    assert "stock was counted again" in whole
    assert "a test event, no order is behind it" in last


def test_a_saga_is_stepped_into(shop: Shop) -> None:
    skip, done, not_done, undo = STEP_IN.text.splitlines()
    for line, lost, became in (
        (skip, "authorize", ("authorize_payment", "skipped")),
        (done, "capture", ("capture_payment", "done")),
        (not_done, "capture", ("capture_payment", "refused")),
    ):
        run = stuck(shop, lost)
        typed_line(line, _12=run.pk)
        steps = SagaStepRow.objects.using("orders").filter(saga=run, direction="do")
        assert became in steps.values_list("name", "state")
    run = stuck(shop, "authorize")
    typed_line(undo, _12=run.pk)
    run.refresh_from_db(using="orders")
    assert run.state == "undoing"


def stuck(shop: Shop, call: Any) -> SagaRow:
    """An order's run that hears no answer from the provider to this call."""
    order = shop.order("MUG-BLUE", 1)
    with shop.answers_lost(call):
        shop.work()
    return SagaRow.objects.using("orders").get(subject_id=order.id)


def test_a_span_is_replayed_to_one_listener(shop: Shop) -> None:
    order = shop.order("MUG-BLUE", 1)
    shop.settle()
    events = OutboxRow.objects.using("orders")
    events.update(created_at="2026-11-01T11:00Z")
    first = events.order_by("pk").values_list("event_id", flat=True)[0]
    typed(REPLAY, evt_01jdc3k5v8e1xszq4b7m2n9htw=first)
    replays = InboxRow.objects.using("shipping").exclude(replay="").values_list("listener", "replay")
    assert {listener for listener, _ in replays} == {"shipping.open_a_shipment"}
    assert len({name for _, name in replays}) == 2
    shop.settle()
    assert len(shipping.shipments_of(order.id)) == 1


def test_old_rows_are_purged(shop: Shop) -> None:
    shop.order("MUG-BLUE", 1)
    shop.settle()
    done = TaskRow.objects.using("shipping").filter(finished_at__isnull=False)
    assert done.update(finished_at=timezone.now() - timedelta(days=31))
    typed(PURGE)
    assert not done.exists()


def test_a_target_is_taken_out_of_service_and_back(db: None) -> None:
    _, isolate, restore = CIRCUITS.text.splitlines()
    assert "asked no more" in typed_line(isolate)
    assert "they asked us to" in typed_line(CIRCUITS.text.splitlines()[0])
    typed_line(restore)
    isolated.forget()
    assert "they asked us to" not in typed_line(CIRCUITS.text.splitlines()[0])


# docs/payments.md


def test_the_statement_is_compared(shop: Shop) -> None:
    nothing = "0 lines of ours, 0 of the provider's, 0 differences\n"
    assert typed(RECONCILE) == [nothing, nothing]


# docs/read-models.md


def test_a_projection_is_shown_checked_and_made_anew(shop: Shop) -> None:
    shop.order("MUG-BLUE", 1)
    shop.settle()
    assert "orders.daily_sales" in typed(LIST)[0]
    assert typed(CHECK) == ["orders.daily_sales is the same as what it tells of\n"]
    assert typed(REBUILD) == ["orders.daily_sales is made anew of 2 events\n"]


# docs/readiness.md


@pytest.mark.sqlite_only  # it reads all code and its history, and one engine is enough
def test_what_speaks_for_leaving_is_told(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_probing, "GAP", 0)
    table, screen, programs = typed(READINESS)
    assert len(table.splitlines()) > len(ours.TEARLINE_TOPOLOGY.modules)
    assert "payments" in screen
    assert [Report.model_validate(each).module for each in json.loads(programs)] == list(ours.TEARLINE_TOPOLOGY.hosted)


# docs/topology.md


def test_the_file_is_shown_and_what_deploys_it_rendered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text, drawn = typed(SHOW)
    assert "shop" in text
    assert drawn.startswith("flowchart LR\n")
    monkeypatch.chdir(tmp_path)
    compose, _ = typed(RENDER)
    assert compose == (ours.BASE_DIR / "docker-compose.yml").read_text()
    assert list((tmp_path / "deploy/kubernetes").glob("*.yaml"))
