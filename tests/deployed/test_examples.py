"""The client and the examples, as printed, against a server in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings
from tearline_client import AuthenticatedClient
from tearline_client.api.orders import (
    orders_cancel_order,
    orders_get_order,
    orders_list_orders,
    orders_place_order,
)
from tearline_client.models import (
    Address,
    Cancellation,
    ExpandedOrder,
    Order,
    PageExpandedOrder,
    PlaceOrder,
    ProblemDetails,
    WantedLine,
)

from config.urls import rest_api
from modules.catalog.facade import catalog
from tearline.api.keys import development_key
from tearline.topology import API
from tests.deployed.conftest import Manage
from tests.pages.samples import printed
from tests.processes import ROOT

CLIENT = ROOT / "clients/python"
SAID = {
    "order": "confirmed",
    "cancel": "cancelled",
    "return": "received",
    "refund": "refunded",
}


@pytest.fixture
def environ(db: None, settings: Settings, manage: Manage, port: int) -> Iterator[dict[str, str]]:
    """Where the shop is and how to come in, for programs that are started."""
    settings.DEBUG = True
    call_command("demo", verbosity=0)
    told = {"TEARLINE_URL": f"http://127.0.0.1:{port}", "TEARLINE_KEY": development_key()}
    with manage("serve", "--port", str(port), DEBUG="1") as process:
        process.wait_for("Ctrl-C")
        yield told


def said_by(command: list[str], environ: dict[str, str]) -> dict[str, str]:
    """What an example prints, line by line. Fails when the example does."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    ours = os.environ | environ | {"PATH": path, "PYTHONPATH": str(CLIENT)}
    done = subprocess.run(command, cwd=ROOT, env=ours, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return dict(line.split(": ", 1) for line in done.stdout.splitlines())


@pytest.mark.parametrize(
    ("command", "more"),
    [
        (
            [sys.executable, "-m", "examples.python.walkthrough"],
            {
                "decline": "cancelled payments.payment_declined",
                "refused": "409 orders.nothing_to_return",
                "webhook": "order.confirmed",
            },
        ),
        *(
            (
                [f"examples/{tool}/walkthrough.sh"],
                {
                    "decline": "payments.payment_declined",
                    "refused": "orders.nothing_to_return",
                    "webhook": "webhook.test",
                },
            )
            for tool in ("curl", "httpie")
        ),
    ],
    ids=["python", "curl", "httpie"],
)
def test_a_walk_through_does_what_it_says(command: list[str], more: dict[str, str], environ: dict[str, str]) -> None:
    said = said_by(command, environ)
    assert said.pop("browse").startswith("Cedar pencils")
    assert said == SAID | more


@pytest.fixture
def client(environ: dict[str, str]) -> Iterator[AuthenticatedClient]:
    with AuthenticatedClient(base_url=environ["TEARLINE_URL"], token=environ["TEARLINE_KEY"]) as client:
        yield client


def test_the_client_places_waits_reads_cancels_lists_and_knows_problems(client: AuthenticatedClient) -> None:
    address = Address(name="Ada", line1="12 St James Square", city="London", postal_code="SW1Y 4JH", country="GB")
    lines = [WantedLine(sku="MUG-BLUE", quantity=1)]
    wanted = PlaceOrder(email="ada@example.com", ship_to=address, lines=lines, payment_method="pm_card_ok")
    placed = orders_place_order.sync(client=client, body=wanted, idempotency_key="one", prefer="wait=10")
    assert isinstance(placed, Order)
    assert placed.status == "confirmed"
    again = orders_place_order.sync_detailed(client=client, body=wanted, idempotency_key="one")
    assert again.headers["Idempotent-Replayed"] == "true"
    read = orders_get_order.sync(placed.id, client=client)
    assert isinstance(read, ExpandedOrder)
    assert read.total.amount == placed.total.amount
    cancelled = orders_cancel_order.sync(
        placed.id, client=client, body=Cancellation(reason="changed my mind"), idempotency_key="two"
    )
    assert isinstance(cancelled, Order)
    page = orders_list_orders.sync(client=client, limit=1)
    assert isinstance(page, PageExpandedOrder)
    assert [order.id for order in page.data] == [placed.id]
    problem = orders_get_order.sync("ord_none", client=client)
    assert isinstance(problem, ProblemDetails)
    assert (problem.status, problem.code) == (404, "orders.order_not_found")
    found = client.get_httpx_client().get(problem.type_, headers={"Accept": "text/plain"})
    assert found.text.startswith("orders.order_not_found: ")


def test_the_client_knows_every_operation() -> None:
    paths = rest_api().get_openapi_schema(path_prefix=f"{API}/")["paths"]
    promised = {operation["operationId"] for operations in paths.values() for operation in operations.values()}
    written = {file.stem for file in (CLIENT / "tearline_client/api").glob("*/*.py") if file.stem != "__init__"}
    assert written == promised


def test_the_sample_of_the_client_tells_how_an_order_stands(
    environ: dict[str, str], client: AuthenticatedClient
) -> None:
    [sample] = printed("clients/python/README.md", "python")
    address = Address(name="Ada", line1="12 St James Square", city="London", postal_code="SW1Y 4JH", country="GB")
    lines = [WantedLine(sku="MUG-BLUE", quantity=1)]
    wanted = PlaceOrder(email="ada@example.com", ship_to=address, lines=lines, payment_method="pm_card_ok")
    placed = orders_place_order.sync(client=client, body=wanted, idempotency_key="one", prefer="wait=10")
    assert isinstance(placed, Order)
    ours = {"http://127.0.0.1:8000": environ["TEARLINE_URL"], "sk_test_…": environ["TEARLINE_KEY"]}
    named = "ord_01jdc3k5v8e1xszq4b7m2n9htw"
    assert typed(sample.text, environ, ours | {named: placed.id}) == "confirmed\n"
    assert typed(sample.text, environ, ours).startswith("orders.order_not_found ")


def typed(text: str, environ: dict[str, str], ours: dict[str, str]) -> str:
    """What it prints in Python, with addresses and names of our own."""
    for printed_there, here in ours.items():
        assert printed_there in text
        text = text.replace(printed_there, here)
    path = os.environ | environ | {"PYTHONPATH": str(CLIENT)}
    return subprocess.run([sys.executable, "-c", text], env=path, capture_output=True, text=True, check=True).stdout


def test_the_sample_of_an_import_enters_a_file(environ: dict[str, str], tmp_path: Path) -> None:
    [sample] = printed("docs/catalog.md", "")
    row = "TEAPOT,Teapot,Teapot,EUR,2900"
    (tmp_path / "catalog.csv").write_text(f"sku,product_name,variant_name,currency,amount\n{row}\n")
    script = sample.text.replace("http://127.0.0.1:8000", environ["TEARLINE_URL"])
    ours = os.environ | {"KEY": environ["TEARLINE_KEY"]}
    subprocess.run(["bash", "-c", script], cwd=tmp_path, env=ours, capture_output=True, check=True)
    assert [period.price.amount for period in catalog.prices_of("TEAPOT")] == [2900]
