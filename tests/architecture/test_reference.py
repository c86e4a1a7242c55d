"""docs/reference is what the code says, and says what one has to know of the modules."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from jsonschema import Draft7Validator, Draft202012Validator

from modules.orders.contracts import OrderId
from modules.payments.contracts import PaymentId
from tearline.contracts import Money
from tearline.documentation import Model, gathered, lay_beside, written
from tearline.events import topics
from tearline.events._envelope import Envelope, sealed
from tests.processes import ROOT

CAPTURED = "payments.payment_captured.v1"
REFERENCE = ROOT / "docs" / "reference"
ASYNCAPI = json.loads((ROOT / "tests/schemas/asyncapi-3.0.0.json").read_text())


@pytest.fixture(scope="module")
def model() -> Model:
    """As the file says that lies there: whoever asks it needs none of the code."""
    return Model.model_validate_json((REFERENCE / "model.json").read_text())


# What one has to know


def test_each_table_says_whose_it_is(model: Model) -> None:
    owners = {table.name: module.name for module in model.modules for table in module.tables}
    assert owners["payments_ledgerentry"] == "payments"
    assert owners["orders_order"] == "orders"
    assert all(name.startswith(f"{owner}_") for name, owner in owners.items())
    assert "holds, takes and gives back the money" in model.module("payments").owns


def test_it_says_who_asks_whom_for_what(model: Model) -> None:
    payments = model.module("payments")
    assert payments.asked_by["orders"] == ["authorize", "capture", "payment_of", "refund", "refund_part", "void"]
    assert payments.asks == {}
    assert model.module("orders").asks["catalog"] == ["quote"]
    [authorize] = [each for each in payments.operations if each.name == "authorize"]
    assert (authorize.kind, authorize.callers) == ("command", ["orders"])
    assert authorize.refusals == ["payments.already_being_paid", "payments.payment_declined"]


def test_whoever_asks_has_declared_it_and_whoever_has_declared_it_asks(model: Model) -> None:
    assert {each.name: [*each.asks] for each in model.modules} == {each.name: each.declared for each in model.modules}


def test_it_says_what_an_event_carries_and_who_hears_it(model: Model) -> None:
    [captured] = [each for each in model.module("payments").announces if each.topic == CAPTURED]
    assert captured.aggregate == "order_id"
    assert captured.heard_by == ["notifications", "orders"]
    carried = {field.name: field.kind for field in captured.carries}
    assert carried["amount"] == "Money"
    assert carried.keys() == topics[CAPTURED].model_fields.keys()


def test_it_says_what_it_would_cost_to_have_payments_leave(model: Model) -> None:
    [leaving] = [each for each in model.leaving if each.module == "payments"]
    assert leaving.calls_in.keys() == {"orders", "overview", "reconcile_payments"}
    assert leaving.calls_out == {}
    assert {each.journey: each.calls for each in leaving.crossings}["an order is fulfilled"] == 2
    assert leaving.events_out.keys() == {"notifications", "orders"}
    assert "payments_payment" in leaving.tables
    assert leaving.outside == ["payments.provider"]
    assert leaving.tasks == ["payments.let_go", "payments.settle", "payments.work_off"]
    assert not [change for change in leaving.changed if ".py" in change]


def test_the_page_for_people_says_all_that_goes_along(model: Model) -> None:
    page = (REFERENCE / "leaving.md").read_text()
    of_payments = page.partition("## payments\n")[2].partition("\n## ")[0]
    [leaving] = [each for each in model.leaving if each.module == "payments"]
    for named in (leaving.tasks, leaving.outside, leaving.settings):
        assert all(f"`{name}`" in of_payments for name in named)
    assert f"{len(leaving.tables)} tables" in of_payments
    assert {"PAYMENT_PROVIDER", "PAYMENT_STRIPE_KEY"} <= {*leaving.settings}


def test_it_says_how_each_step_of_a_saga_is_undone(model: Model) -> None:
    [fulfil] = [each for each in model.module("orders").sagas if each.name == "orders.fulfil"]
    steps = {step.name: (step.asks, step.undo, step.undo_asks) for step in fulfil.steps}
    assert steps["authorize_payment"] == (["payments.authorize"], "void_payment", ["payments.void"])
    assert [step.name for step in fulfil.steps if step.pivot] == ["confirm"]


# For programs


def document() -> Any:
    return json.loads((REFERENCE / "asyncapi.json").read_text())


def test_what_is_announced_is_described_in_valid_asyncapi() -> None:
    assert [error.message for error in Draft7Validator(ASYNCAPI).iter_errors(document())] == []


@pytest.mark.parametrize("missing", ["info", "asyncapi"])
def test_asyncapi_that_is_none_would_be_seen(missing: str) -> None:
    broken = document()
    del broken[missing]
    assert not Draft7Validator(ASYNCAPI).is_valid(broken)


def test_all_that_the_asyncapi_document_refers_to_is_there() -> None:
    whole = document()
    for reference in _references(whole):
        found = whole
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]


def _references(part: Any) -> list[str]:
    if isinstance(part, dict):
        below = [each for value in part.values() for each in _references(value)]
        return [*below, *([part["$ref"]] if isinstance(part.get("$ref"), str) else [])]
    return [each for value in part for each in _references(value)] if isinstance(part, list) else []


def on_its_way(**changed: Any) -> Any:
    price = Money(amount=1450, currency="EUR")
    made = topics[CAPTURED].model_validate({"payment_id": PaymentId.new(), "order_id": OrderId.new(), "amount": price})
    payload = made.model_dump_json()
    told = sealed(Envelope(made.id, made.topic, made.aggregate_id, 7, payload, None))
    return json.loads(told) | changed


@pytest.mark.parametrize(("changed", "fits"), [({}, True), ({"type": "another"}, False), ({"data": {}}, False)])
def test_what_travels_is_what_the_message_says(changed: dict[str, Any], *, fits: bool) -> None:
    whole = document()
    schema = {"components": whole["components"], **whole["components"]["messages"][CAPTURED]["payload"]}
    assert Draft202012Validator(schema).is_valid(on_its_way(**changed)) is fits


# Staleness


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    return written(gathered())


@pytest.fixture
def kept(tmp_path: Path, files: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Path:
    """Written a moment ago."""
    monkeypatch.setattr("tearline.management.commands.docs.gathered", lambda: None)
    monkeypatch.setattr("tearline.management.commands.docs.written", lambda _: files)
    call_command("docs", to=tmp_path)
    return tmp_path


def test_what_was_written_is_not_stale_and_writing_it_again_changes_nothing(
    kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("docs", "--check", to=kept)
    capsys.readouterr()
    call_command("docs", to=kept)
    assert "is written" not in capsys.readouterr().out


@pytest.mark.parametrize("page", ["modules/payments.md", "asyncapi.json", "states.md"])
def test_a_page_that_says_something_else_is_named(kept: Path, page: str, capsys: pytest.CaptureFixture[str]) -> None:
    (kept / page).write_text("as it once was")
    with pytest.raises(CommandError, match=r"manage\.py docs"):
        call_command("docs", "--check", to=kept)
    assert f"{page} is stale" in capsys.readouterr().out


def test_a_page_of_a_module_that_is_gone_is_stale_and_goes(kept: Path) -> None:
    (kept / "modules" / "bygone.md").write_text("# Bygone")
    with pytest.raises(CommandError):
        call_command("docs", "--check", to=kept)
    call_command("docs", to=kept)
    assert not (kept / "modules" / "bygone.md").exists()


# The site


@pytest.mark.parametrize(
    ("link", "dead"),
    [
        ("../README.md", False),
        ("../modules/payments/facade.py", False),
        ("../modules/payments/nowhere.py", True),
        ("nowhere.html", True),
        ("../../../etc/hostname", True),
        ("https://example.com/nowhere", False),
    ],
)
def test_what_pages_link_to_lies_beside_them_and_dead_links_are_told(tmp_path: Path, link: str, *, dead: bool) -> None:
    page = tmp_path / "site" / "docs" / "index.html"
    page.parent.mkdir(parents=True)
    page.write_text(f'<a href="{link}#below">there</a>')
    told = [f"docs/index.html: {link}"] if dead else []
    assert [*lay_beside(tmp_path / "site", root=ROOT)] == told
