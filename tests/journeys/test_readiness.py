"""`manage.py readiness`, of a shop that has sold something."""

import io
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from prometheus_client import generate_latest

from tearline.facades import _machinery, _remote
from tearline.observability._metrics import counted
from tearline.readiness import Report, _probing
from tearline.readiness._probing import CALLS, WARM_UP, measured_ms
from tearline.resilience._isolation import isolate
from tests.journeys.shop import Shop

pytestmark = pytest.mark.parametrize("shop", ["direct"], indirect=True)


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a call takes is nothing that a test would look at."""
    monkeypatch.setattr(_probing, "GAP", 0)


def told(*words: str) -> str:
    out = io.StringIO()
    call_command("readiness", *words, stdout=out)
    return out.getvalue()


def test_it_tells_what_each_module_does_for_an_order_and_holds(shop: Shop, engine: str, tmp_path: Path) -> None:
    shop.order("MUG-BLUE", 2)
    shop.settle()
    isolate("payments.provider", by="t", reason="t")
    people = tmp_path / "people.toml"
    people.write_text('teams = 3\n[modules.payments]\nteam = "money"\nown_releases = true')
    metrics = tmp_path / "metrics.txt"
    metrics.write_bytes(generate_latest(counted))
    printed = told("--format=json", f"--people={people}", f"--metrics={metrics}")
    found = [Report.model_validate(each) for each in json.loads(printed)]
    assert [report.module for report in found] == list(settings.TEARLINE_TOPOLOGY.modules)
    assert sum(report.work.share or 0 for report in found) == pytest.approx(1, abs=0.01)
    assert all(report.work.seconds and report.work.done for report in found if report.events_out)
    requests = {report.module: report.requests.count for report in found if report.requests}
    assert requests["orders"] >= 1
    assert "notifications" in requests
    payments = next(report for report in found if report.module == "payments")
    assert payments.calls_in == {"orders": {"payments.authorize": 1, "payments.capture": 1}}
    assert payments.calls_out == {}
    assert payments.synchronous == 0.4
    assert {(edge.topic, edge.peer) for edge in payments.events_out if edge.per_order} == {
        ("payments.payment_authorized.v1", "notifications"),
        ("payments.payment_captured.v1", "notifications"),
        ("payments.payment_captured.v1", "orders"),
    }
    assert (payments.tables["payments_payment"].rows, payments.tables["payments_payment"].recent) == (1, 1)
    assert bool(payments.tables["payments_payment"].bytes) is (engine == "postgres")
    assert payments.tables["tearline_command_key"].rows == 2
    assert payments.database == ("shared" if engine == "postgres" else "its own")
    assert payments.outside["payments.provider"].circuit == "isolated"
    assert payments.forecast_ms["an order is placed"].calls == 0
    assert payments.forecast_ms["an order is fulfilled"].added == pytest.approx(2 * payments.probe_ms)
    assert payments.probe_ms > 0.5, "the round trip that is taken for granted"
    assert payments.blockers == []
    assert payments.reasons[0].because == "the team money has to release it by itself"
    assert "How many teams work on this?" not in payments.questions


def test_one_module_takes_a_screen_and_all_of_them_a_line_each(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tearline.boundaries._checking.CHANNELS", ())
    screen = told("orders", "orders").splitlines()
    assert screen[0].startswith("orders: ")
    assert any("to shipping (of 1 kind)" in " ".join(pair) for pair in pairwise(map(str.strip, screen)))
    assert len(screen) <= 40
    lines, modules = told().splitlines()[1:], settings.TEARLINE_TOPOLOGY.modules
    assert [line.split()[0] for line in lines[: len(modules)]] == list(modules)


def test_the_probe_asks_over_http_and_asks_nothing_of_the_module(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    real = _remote.over_http

    def asking(host: Any, operation: Any, *more: Any) -> Any:
        asked.append(operation.full_name)
        return real(host, operation, *more)

    monkeypatch.setattr(_machinery, "over_http", asking)
    assert measured_ms("payments") > 0
    assert asked == ["payments.echo"] * (CALLS + WARM_UP)


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        (["returns"], "not hosted by this process: returns"),
        (["--metrics=/nowhere"], "/nowhere"),
        (["--people=/dev/null/nothing"], "/dev/null/nothing"),
    ],
)
def test_what_cannot_be_used_is_named(shop: Shop, words: list[str], wrong: str) -> None:
    with pytest.raises(CommandError, match=wrong):
        told(*words)
