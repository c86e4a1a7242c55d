"""`manage.py topology`: what it shows, what it finds different, what it writes."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from tearline.deployment import Backend
from tearline.deployment import _rendering as rendering
from tearline.topology import Topology
from tests.architecture.topologies import ALL_OUT, OF_THE_SHOP, ONE_OUT, ROOT, read
from tests.processes import free_port

OK = {"status": "ok"}


@pytest.fixture
def one_out(tmp_path: Path, settings: Settings) -> Topology:
    """Payments are out, and the command goes by that."""
    settings.TEARLINE_TOPOLOGY = read(tmp_path, ONE_OUT)
    return read(tmp_path, ONE_OUT)


def told(*arguments: str) -> str:
    printed = StringIO()
    call_command("topology", *arguments, stdout=printed)
    return printed.getvalue()


# show


def test_it_shows_where_modules_run_where_their_data_is_and_whom_they_need(one_out: Topology) -> None:
    asks = "asks catalog, inventory, payments, shipping"
    assert told("show").splitlines() == [
        "events travel by: redis, a stream for each module",
        f"version of the file: {one_out.fingerprint}",
        "",
        "the gateway: shop",
        "",
        "shop, which we are: http://shop:8000",
        "  platform       DATABASE_URL",
        "  catalog        DATABASE_URL",
        "  inventory      DATABASE_URL                 hears orders, shipping",
        f"  orders         DATABASE_URL                 {asks}; hears payments, shipping",
        "  shipping       DATABASE_URL                 asks orders; hears orders",
        "  notifications  DATABASE_URL                 asks orders; hears inventory, orders, payments, shipping",
        "",
        "till: http://till.internal:9000",
        "  platform       PLATFORM_DATABASE_URL",
        "  payments       PAYMENTS_DATABASE_URL",
    ]


def test_it_draws_processes_modules_databases_and_who_needs_whom(one_out: Topology) -> None:
    assert told("show", "--format", "mermaid").splitlines() == [
        "flowchart LR",
        '    subgraph process_shop["shop, http://shop:8000"]',
        *(f"        {name.capitalize()}[{name}]" for name in one_out.processes[0].modules),
        "    end",
        '    subgraph process_till["till, http://till.internal:9000"]',
        "        Payments[payments]",
        "    end",
        '    process_shop --- shared[("DATABASE_URL: a schema each")]',
        '    process_till --- process_till_platform[("PLATFORM_DATABASE_URL")]',
        '    Payments --- process_till_payments[("PAYMENTS_DATABASE_URL")]',
        "    Orders -.->|tells| Inventory",
        "    Shipping -.->|tells| Inventory",
        "    Orders -->|asks| Catalog",
        "    Orders -->|asks| Inventory",
        "    Orders -->|asks| Payments",
        "    Orders -->|asks| Shipping",
        "    Payments -.->|tells| Orders",
        "    Shipping -.->|tells| Orders",
        "    Shipping -->|asks| Orders",
        "    Orders -.->|tells| Shipping",
        "    Notifications -->|asks| Orders",
        "    Inventory -.->|tells| Notifications",
        "    Orders -.->|tells| Notifications",
        "    Payments -.->|tells| Notifications",
        "    Shipping -.->|tells| Notifications",
    ]


def test_the_picture_in_the_documentation_is_the_one_that_it_draws(tmp_path: Path, settings: Settings) -> None:
    settings.TEARLINE_TOPOLOGY = read(tmp_path, OF_THE_SHOP)
    drawn = re.findall(r"```mermaid\n(.*?)```", (ROOT / "docs/topology.md").read_text(), re.DOTALL)
    assert drawn == [told("show", "--format", "mermaid")]


def test_where_nothing_is_declared_it_says_so(tmp_path: Path, settings: Settings) -> None:
    settings.BASE_DIR = tmp_path
    with pytest.raises(CommandError, match=r"\.importlinter says who asks and hears whom, and cannot be read: No such"):
        told("show")


# check


@contextmanager
def answering(answer: Any, *, status: int = 200, knows: str = "", garbled: bool = False) -> Iterator[str]:
    """Something at this url gives this answer, and says "same" to whoever knows this fingerprint."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            fingerprint = parse_qs(asked.query)["topology"][0]
            whole = answer | {"topology": "same" if fingerprint == knows else "other"} if knows else answer
            self.send_response(status if asked.path == "/health/ready" else 404)
            if garbled:
                self.send_header("Transfer-Encoding", "chunked")  # which it is not
            self.end_headers()
            self.wfile.write(json.dumps(whole).encode())

        def log_message(self, *_: Any) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def hosting(*modules: str, **failed: str) -> dict[str, Any]:
    """What a process says that hosts these modules."""
    checks = dict.fromkeys(("default", *modules, "migrations"), OK)
    checks |= {name: {"status": "warning"} for name in ("events", "wake_ups", "circuits")}
    checks |= {name: {"status": "failed", "error": error} for name, error in failed.items()}
    return {"status": "not_ready" if failed else "ready", "checks": checks}


SHOP = ("catalog", "inventory", "orders", "shipping", "notifications")


def test_processes_that_are_as_the_file_says_are_left_in_peace(one_out: Topology) -> None:
    with (
        answering(hosting(*SHOP), knows=one_out.fingerprint) as shop,
        answering(hosting("payments"), knows=one_out.fingerprint) as till,
    ):
        said = told("check", "--at", f"shop={shop}", "--at", f"till={till}/")
    assert said.splitlines() == [f"shop at {shop} is as the file says", f"till at {till} is as the file says"]


@pytest.mark.parametrize(
    ("answer", "status", "finding"),
    [
        (hosting("payments", "orders"), 200, "hosts orders, which the file does not say"),
        (hosting("orders"), 200, "does not host payments"),
        (hosting("payments", payments="OperationalError"), 503, "is not ready: payments"),
        (hosting("payments") | {"status": "leaving"}, 503, "was told to end"),
        ({"status": "ready"}, 200, "is not there: something else answers"),
        (["a teapot"], 418, "is not there: something else answers"),
    ],
)
def test_every_difference_is_told_and_fails(
    one_out: Topology, answer: Any, status: int, finding: str, capsys: pytest.CaptureFixture[str]
) -> None:
    knows = one_out.fingerprint if "checks" in answer else ""
    with (
        answering(hosting(*SHOP), knows=one_out.fingerprint) as shop,
        answering(answer, status=status, knows=knows) as till,
        pytest.raises(CommandError, match=r"^not as the file says: till$"),
    ):
        call_command("topology", "check", "--at", f"shop={shop}", "--at", f"till={till}")
    said = capsys.readouterr().out.splitlines()
    assert said[0] == f"shop at {shop} is as the file says"
    assert f"till at {till} {finding}" in said[1:]


@pytest.mark.parametrize("knows", ["0123456789abcdef", ""])
def test_a_process_that_goes_by_another_file_or_does_not_say_is_told(
    one_out: Topology, knows: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with (
        answering(hosting(*SHOP), knows=knows) as shop,
        answering(hosting("payments"), knows=one_out.fingerprint) as till,
        pytest.raises(CommandError, match=r"^not as the file says: shop$"),
    ):
        call_command("topology", "check", "--at", f"shop={shop}", "--at", f"till={till}")
    assert f"shop at {shop} goes by another version of the file" in capsys.readouterr().out


def test_a_process_that_is_not_there_is_told_and_the_others_are_asked_all_the_same(
    one_out: Topology, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    with (
        answering(hosting("payments"), knows=one_out.fingerprint) as till,
        pytest.raises(CommandError, match=r"^not as the file says: shop$"),
    ):
        call_command("topology", "check", "--at", f"shop={nowhere}", "--at", f"till={till}")
    assert capsys.readouterr().out.splitlines() == [
        f"shop at {nowhere} is not there: [Errno 111] Connection refused",
        f"till at {till} is as the file says",
    ]


@pytest.mark.parametrize("status", [200, 503])
def test_an_answer_that_cannot_be_read_is_none_whatever_its_status(
    one_out: Topology, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with (
        answering(hosting(*SHOP), knows=one_out.fingerprint) as shop,
        answering(hosting("payments"), status=status, garbled=True) as till,
        pytest.raises(CommandError, match=r"^not as the file says: till$"),
    ):
        call_command("topology", "check", "--at", f"shop={shop}", "--at", f"till={till}")
    assert f"till at {till} is not there: IncompleteRead(0 bytes read)" in capsys.readouterr().out


def test_processes_are_asked_without_the_proxy_that_the_environment_names(
    one_out: Topology, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    with (
        answering(hosting(*SHOP), knows=one_out.fingerprint) as shop,
        answering(hosting("payments"), knows=one_out.fingerprint) as till,
    ):
        assert told("check", "--at", f"shop={shop}", "--at", f"till={till}").count("is as the file says") == 2


def test_a_process_without_a_url_cannot_be_asked() -> None:
    with pytest.raises(CommandError, match=r"shop has no url. Say where to ask: --at shop=http://127\.0\.0\.1:8000"):
        told("check")


def test_a_process_that_the_file_does_not_name_is_not_asked() -> None:
    with pytest.raises(CommandError, match="no process of the file: till"):
        told("check", "--at", "till=http://127.0.0.1:8000")
    with pytest.raises(CommandError, match=r"till is not like shop=http://127\.0\.0\.1:8000"):
        told("check", "--at", "till")


# render


def test_what_deploys_it_is_printed(one_out: Topology) -> None:
    assert told("render", "compose") == rendering.compose(one_out)
    assert told("render", "compose", "--image", "till:1") == rendering.compose(one_out, image="till:1")
    printed = told("render", "kubernetes", "--host", "till.example", "--gateway", "front", "--image", "till:9")
    site = rendering.Site(image="till:9", host="till.example", gateway="front")
    assert printed == "---\n".join(
        rendering.kubernetes(one_out, site, pages=["/", "/demo", "/staff", "/static"]).values()
    )


def test_a_share_of_requests_may_be_led_elsewhere(one_out: Topology) -> None:
    site = rendering.Site(
        image=rendering.usual_image(),
        host="shop.example",
        gateway="tearline",
        shifts={"payments": Backend(service="till-next", weight=10)},
    )
    shifted = rendering.kubernetes(one_out, site, pages=["/", "/demo", "/staff", "/static"])
    assert told("render", "kubernetes", "--shift", "payments=till-next:10") == "---\n".join(shifted.values())


@pytest.mark.parametrize("shift", ["payments", "payments=till-next", "payments=till-next:101", "payments=a b:1"])
def test_a_shift_that_makes_no_sense_is_refused(one_out: Topology, shift: str) -> None:
    with pytest.raises(CommandError, match=r"is not like payments=till-next:10"):
        told("render", "kubernetes", "--shift", shift)


def test_manifests_are_written_a_file_for_each_process(one_out: Topology, tmp_path: Path) -> None:
    folder = tmp_path / "deploy" / "here"
    for _ in ("once", "and again"):
        written = told("render", "kubernetes", "--to", str(folder)).splitlines()
        assert sorted(written) == sorted(str(path) for path in folder.iterdir())
    assert {path.name for path in folder.iterdir()} == {"tearline.yaml", "process-shop.yaml", "process-till.yaml"}


def test_manifests_of_processes_that_are_gone_are_not_left_among_the_new_ones(
    one_out: Topology, tmp_path: Path, settings: Settings
) -> None:
    folder = tmp_path / "deploy"
    told("render", "kubernetes", "--to", str(folder))
    settings.TEARLINE_TOPOLOGY = read(tmp_path, ALL_OUT)
    with pytest.raises(CommandError, match=r"not of this topology: process-shop\.yaml, process-till\.yaml"):
        told("render", "kubernetes", "--to", str(folder))
    assert len(list(folder.iterdir())) == 3


def test_a_topology_that_cannot_be_deployed_is_refused_in_one_line(tmp_path: Path, settings: Settings) -> None:
    settings.TEARLINE_TOPOLOGY = read(tmp_path, ONE_OUT.replace("http://shop:8000", "https://shop"))
    with pytest.raises(CommandError, match=r"^\[processes\.shop\]: to be deployed, `url` must look like http://shop:"):
        told("render", "compose")


def test_a_module_that_serves_no_rest_has_no_requests_to_lead_elsewhere(
    one_out: Topology, tmp_path: Path, settings: Settings
) -> None:
    settings.TEARLINE_CONTRACTS = tmp_path
    silent = {
        "facade": {"operations": {}, "refusals": {}},
        "events": {},
        "rest": {"prefixes": [], "paths": {}, "schemas": {}},
        "retired": [],
    }
    (tmp_path / "payments.json").write_text(json.dumps(silent))
    with pytest.raises(CommandError, match="payments serves no REST"):
        told("render", "kubernetes", "--shift", "payments=till-next:10")


def test_it_shows_what_the_gateway_leads_elsewhere(tmp_path: Path, settings: Settings) -> None:
    settings.TEARLINE_TOPOLOGY = read(tmp_path, f"{ONE_OUT}\n{SHIFTS}")
    assert told("show").splitlines()[2:7] == [
        "",
        "the gateway: till",
        "  /payments      till-next                    10 % by order_id, of GET, to http://till-next:8000",
        "  /orders        shop-next                    version 2, to http://shop-next:8000",
        "  /invoices      books                        to http://books:80",
    ]


SHIFTS = """
[gateway]
process = "till"

[[gateway.shift]]
name = "till-next"
prefix = "/payments"
url = "http://till-next:8000"
process = "till-next"
percent = 10
by = "order_id"
methods = ["GET"]

[[gateway.shift]]
name = "shop-next"
prefix = "/orders"
url = "http://shop-next:8000"
process = "shop"
version = "2"

[[gateway.shift]]
name = "books"
prefix = "/invoices"
url = "http://books:80"
legacy = true
"""
