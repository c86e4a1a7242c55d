"""The API at the gateway is the same, whichever modules are processes of their own."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from modules.notifications.facade import notifications
from modules.orders.contracts import OrderId
from tearline.api import Principal, introduced
from tearline.api.keys import issue
from tests.journeys import goods
from tests.journeys.shop import ADA, ADDRESS
from tests.processes import eventually, free_port, running
from tests.redis_server import RedisServer
from tests.topologies.apart import SPLITS, Apart, Split, is_ready, named, taken_apart

API = "/api/v1"
OF_ITS_OWN = frozenset(
    {
        *("date", "server", "connection", "transfer-encoding", "content-length"),
        *("x-frame-options", "x-content-type-options", "referrer-policy", "cross-origin-opener-policy"),
    }
)
"""Headers that servers write for themselves. The latter ones are missing where no view has answered."""

ORDER: dict[str, Any] = {
    "email": ADA,
    "ship_to": ADDRESS,
    "lines": [{"sku": "MUG-BLUE", "quantity": 1}],
    "payment_method": "pm_card_ok",
}


class Asking:
    """One who asks the same of two servers: of the gateway, and of a process that hosts everything."""

    def __init__(self, *ports: int) -> None:
        self._urls = [f"http://127.0.0.1:{port}" for port in ports]
        _, self.token = issue(name="all", scopes=["*"])
        _, self.weak = issue(name="nothing", scopes=["things:read"])

    def at(self, url: str, path: str, *, method: str = "GET", token: str | None = None, **sent: Any) -> httpx.Response:
        headers = {"X-Request-Id": "the-same", "Authorization": f"Bearer {token or self.token}"}
        headers |= sent.pop("headers", {})
        whole = url + (API if path.startswith("/") else "/") + path
        return httpx.request(method, whole, headers=headers, trust_env=False, timeout=30, **sent)

    def compare(self, path: str, **sent: Any) -> httpx.Response:
        """The answer, which is the same everywhere."""
        ours, whole = (self.at(url, path, **sent) for url in self._urls)
        assert told(ours) == told(whole), path
        return ours

    def at_the_gateway(self, path: str, **sent: Any) -> httpx.Response:
        return self.at(self._urls[0], path, **sent)


def told(response: httpx.Response) -> tuple[int, Mapping[str, str], bytes]:
    headers = {name: value for name, value in response.headers.items() if name not in OF_ITS_OWN}
    if "allow" in headers:  # in no particular order
        headers["allow"] = ", ".join(sorted(headers["allow"].split(", ")))
    return response.status_code, headers, response.content


@pytest.fixture
def whole(db: None, redis_server: RedisServer) -> Iterator[int]:
    """A server that hosts everything, and does no work but answering. Its port."""
    port = free_port()
    command = [sys.executable, "manage.py", "serve", "--port", str(port), "--no-worker"]
    with running(command, os.environ | {"TEARLINE_FACADES": "direct"}):
        eventually(lambda: is_ready(port), "all in one serves", seconds=60)
        yield port


def on_our_databases(_process: str, _modules: Sequence[str]) -> Mapping[str, str]:
    """So that whoever hosts everything tells of the same rows."""
    return {}


@pytest.fixture
def shop(request: pytest.FixtureRequest, db: None, tmp_path: Path, redis_server: RedisServer) -> Iterator[Apart]:
    goods.fill_the_shelf()
    split: Split = request.param
    environ = os.environ | {"EVENTS_URL": redis_server.url, "PYTHONUNBUFFERED": "1", "TEARLINE_FACADES": "direct"}
    with taken_apart(split[0], environ=environ, folder=tmp_path, settle=on_our_databases) as shop:
        yield shop


@pytest.fixture
def asking(shop: Apart, whole: int) -> Asking:
    return Asking(shop.gateway, whole)


@pytest.mark.parametrize("shop", [split for split in SPLITS if split[0]], ids=named, indirect=True)
@pytest.mark.timeout(300)
def test_every_route_answers_the_same(asking: Asking) -> None:
    how = {"json": ORDER, "headers": {"Idempotency-Key": "once", "Prefer": "wait=10"}}
    placed = asking.at_the_gateway("/orders", method="POST", **how)
    assert (placed.status_code, placed.json()["status"]) == (201, "confirmed")
    assert (placed.headers["Preference-Applied"], "Idempotent-Replayed" in placed.headers) == ("wait=10", False)
    order = placed.json()["id"]
    assert placed.headers["Location"] == f"{API}/orders/{order}"

    eventually(lambda: states_of_letters(order) == ["sent", "sent"], "all is done for the order", seconds=60)
    again = asking.compare("/orders", method="POST", **how)  # the same key of the same caller, wherever it is kept
    assert (again.json()["id"], again.headers["Idempotent-Replayed"]) == (order, "true")

    for path in read_everywhere(asking, order):
        assert asking.compare(path).status_code == 200, path
    asking.compare("/openapi.json")
    assert asking.at_the_gateway("/docs").status_code == 200

    compare_what_is_refused(asking, order)
    compare_what_others_may_not(asking, order)


def states_of_letters(order: str) -> list[str]:
    return [letter.state for letter in notifications.notifications_of(OrderId(order))]


def read_everywhere(asking: Asking, order: str) -> list[str]:
    """A list and one of each kind, of every module."""
    paths = [f"/orders/{order}{part}" for part in ("", "/timeline", "/explain", "/returns", "/overview")]
    paths += [f"/orders/{order}?expand=returns,timeline,payment,shipments", "/orders?expand=returns"]
    paths += ["/orders?payment_status=paid&fulfillment_status=unfulfilled"]
    paths += ["/stock/MUG-BLUE", "/notifications/suppressions"]
    paths += [f"/webhooks/{kind}" for kind in ("deliveries", "endpoints", "types")]
    paths += ["/products/export", "/products?q=mug%20gold", "/variants/MUG-BLUE/prices"]
    for kind in ("products", "stock", "reservations", "orders", "payments", "shipments", "notifications"):
        page = asking.compare(f"/{kind}?limit=1").json()
        paths += [f"/{kind}"] + ([f"/{kind}/{page['data'][0]['id']}"] if kind != "stock" else [])
    return paths


def compare_what_is_refused(asking: Asking, order: str) -> None:
    for path in ("products", "stock", "reservations", "orders", "payments", "shipments", "notifications"):
        assert asking.compare(f"/{path}?limit=0").status_code == 400
        assert asking.compare(f"/{path}?colour=red").status_code == 400
        assert asking.compare(f"/{path}/nothing").status_code == 404
        assert asking.compare(f"/{path}/nothing/at/all").status_code == 404
        assert asking.compare(f"/{path}", method="DELETE").status_code == 405
    sent: dict[str, Any] = {"method": "POST", "headers": {"Idempotency-Key": "refused"}}
    assert asking.compare("/orders", method="POST", json=ORDER).status_code == 400
    assert asking.compare("/orders", json=ORDER | {"lines": []}, **sent).status_code == 422
    assert asking.compare("/orders", json=ORDER | {"emial": "eve@example.com"}, **sent).status_code == 422
    assert asking.compare(f"/orders/{order}/returns/one/refund", json={"amount": 5}, **sent).status_code == 422
    raw: dict[str, Any] = {"method": "POST", "headers": sent["headers"] | {"Content-Type": "application/json"}}
    assert asking.compare("/orders", content=b"{", **raw).status_code == 400
    assert asking.compare("/orders", content=b"x" * 300_000, **raw).status_code == 413
    assert asking.compare("/stock/MUG-BLUE/receive", json={"quantity": 0, "reference": "r"}, **sent).status_code == 422
    late = {"json": {"reason": "late"}, **sent}
    assert asking.at_the_gateway(f"/orders/{order}/discard", **late).status_code == 409
    assert asking.compare(f"/orders/{order}/discard", **late).headers["Idempotent-Replayed"] == "true"


def compare_what_others_may_not(asking: Asking, order: str) -> None:
    for path in ("products", "stock", "reservations", "orders", "payments", "shipments", "notifications"):
        assert asking.compare(f"/{path}", token=asking.weak).status_code == 403
        assert asking.compare(f"/{path}", token="sk_test_1").status_code == 401
        assert asking.compare(f"/{path}", headers={"Authorization": ""}).status_code == 401
        assert asking.compare(f"/{path}", headers={"Authorization": "Basic Zm9vOmJhcg=="}).status_code == 401
    assert asking.compare("/orders", method="POST", json=ORDER, token=asking.weak).status_code == 403


@pytest.mark.parametrize("shop", [SPLITS[-1]], ids=named, indirect=True)
@pytest.mark.timeout(300)
def test_who_is_not_the_gateway_is_asked_by_the_gateway_alone(shop: Apart) -> None:
    _, token = issue(name="all", scopes=["*"])
    gateway = next(iter(shop.hosts))
    for process, port in shop.ports.items():
        path = {"inventory": "stock", "shipping": "shipments", "catalog": "products"}.get(process, process)
        stranger = introduced(Principal("key_1", frozenset({"*"})), to="another", keys=[own_key()])
        us = introduced(Principal("key_1", frozenset({"*"})), to=process, keys=[own_key()])
        for bearer, believed in ((token, process == gateway), (stranger, False), (us, process != gateway)):
            headers = {"Authorization": f"Bearer {bearer}"}
            url = f"http://127.0.0.1:{port}{API}"
            response = httpx.get(f"{url}/{path}", headers=headers, trust_env=False, timeout=30)
            code = "api_key_invalid" if process == gateway else "principal_invalid"
            assert (response.status_code == 200) is believed
            assert believed or (response.status_code, response.json()["code"]) == (401, code)
        assert httpx.get(f"{url}/openapi.json", trust_env=False, timeout=30).is_success is (process == gateway)


def own_key() -> str:
    return os.environ["TEARLINE_SERVICE_KEYS"].partition(",")[0]
