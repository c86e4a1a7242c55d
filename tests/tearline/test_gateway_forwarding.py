"""What the gateway passes on to another process, what it passes back, and what it says when nothing comes."""

import json
import socket
import time
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from django.conf import settings
from django.test import Client
from pytest_django import Settings

from tearline.api import LARGEST_BODY, Principal, introduced
from tearline.api._waiting import _seats
from tearline.api.keys import issue
from tearline.gateway import _forwarding, _middleware
from tearline.gateway._surface import Promise
from tearline.topology import Shift
from tests.processes import free_port
from tests.tearline import dripping, gateways
from tests.tearline.far_end import Asked, FarEnd, Say, answer, far_end, raw
from tests.tearline.observed import facts, grown, recorded_spans, scraped, told_lines

PAYMENT = "/api/v1/payments/pay_1"
PROBLEM = "application/problem+json"


@pytest.fixture
def end(db: None, settings: Settings) -> Iterator[FarEnd]:
    """Where the till is."""
    with far_end() as end, gateways.being(gateways.of(end.url), settings):
        end.say = answer({"id": "pay_1"})
        yield end


@pytest.fixture
def client(db: None) -> Client:
    """Who may read payments."""
    _, token = issue(name="reader", scopes=["payments:read", "orders:write"])
    return Client(headers={"Authorization": f"Bearer {token}"}, raise_request_exception=False)


def problem(response: Any) -> tuple[int, str]:
    assert response["Content-Type"] == PROBLEM
    told = response.json()
    assert told["status"] == response.status_code
    assert told["request_id"] == response["X-Request-Id"]
    return response.status_code, told["code"]


def says(*headers: str, status: str = "200 OK", body: bytes = b"{}") -> Say:
    """An answer to the request, with these headers."""

    def say(asked: Asked, line: socket.socket) -> None:
        lines = [f"HTTP/1.1 {status}", *headers, f"Tearline-Call: {asked.call}", "", ""]
        line.sendall("\r\n".join(lines).encode() + body)

    return say


# What travels there


def test_a_request_for_a_module_that_is_hosted_elsewhere_is_answered_there(end: FarEnd, client: Client) -> None:
    response = client.get(f"{PAYMENT}?order_id=a%20b&limit=%2523")
    assert (response.status_code, response.json()) == (200, {"id": "pay_1"})
    (asked,) = end.heard
    assert asked.line == f"GET {PAYMENT}?order_id=a%20b&limit=%2523 HTTP/1.1"
    assert asked.headers["Host"] == end.url.removeprefix("http://")


def test_what_is_hosted_here_is_answered_here(end: FarEnd, client: Client) -> None:
    assert client.get("/api/v1/orders/ord_1").status_code == 403
    assert end.heard == []


def test_a_body_travels_as_it_is(end: FarEnd, client: Client) -> None:
    body = b'{"a" : 1e0}'
    client.post("/api/v1/payments", body, content_type="application/json; charset=utf-8")
    (asked,) = end.heard
    assert (asked.line, asked.body) == ("POST /api/v1/payments HTTP/1.1", body)
    assert asked.headers["Content-Type"] == "application/json; charset=utf-8"


def test_a_body_that_is_too_large_goes_nowhere(end: FarEnd, client: Client) -> None:
    body = b"x" * (LARGEST_BODY + 1)
    assert problem(client.post("/api/v1/payments", body, content_type="application/json"))[0] == 413
    assert end.heard == []


def test_who_asks_travels_signed_for_the_process_that_is_asked(end: FarEnd, db: None) -> None:
    key, token = issue(name="reader", scopes=["payments:read", "orders:read"])
    Client(headers={"Authorization": f"Bearer {token}"}).get(PAYMENT)
    told = str(end.heard[0].headers["Authorization"]).removeprefix("Bearer ")
    claims = jwt.decode(told, settings.TEARLINE_SERVICE_KEYS[0], algorithms=["HS256"], audience="till")
    assert (claims["sub"], claims["scopes"]) == (key.id, ["orders:read", "payments:read"])
    assert claims["exp"] - claims["iat"] == 60
    assert token not in str(end.heard)


def test_a_customer_travels_as_one(end: FarEnd, db: None) -> None:
    _, token = issue(name="ada", scopes=["payments:read"], customer="cus_ada")
    Client(headers={"Authorization": f"Bearer {token}"}).get(PAYMENT)
    told = str(end.heard[0].headers["Authorization"]).removeprefix("Bearer ")
    claims = jwt.decode(told, settings.TEARLINE_SERVICE_KEYS[0], algorithms=["HS256"], audience="till")
    assert claims["customer"] == "cus_ada"
    assert jwt.get_unverified_header(told)["typ"] == "tearline-customer+jwt"


def test_who_is_led_elsewhere_is_counted_and_told_so_here(end: FarEnd, client: Client, settings: Settings) -> None:
    settings.TEARLINE_RATE_LIMIT = "2/hour"
    told = [client.get(PAYMENT) for _ in range(3)]
    assert [(response.status_code, response["RateLimit"][:14]) for response in told] == [
        (200, '"default";r=1;'),
        (200, '"default";r=0;'),
        (429, '"default";r=0;'),
    ]
    assert len(end.heard) == 2


@pytest.mark.parametrize("authorization", ["", "Basic Zm9vOmJhcg==", "Bearer sk_test_1", "Bearer a,Bearer b"])
def test_who_has_no_key_gets_nowhere(end: FarEnd, authorization: str) -> None:
    response = Client().get(PAYMENT, headers={"Authorization": authorization})
    assert problem(response)[0] == 401
    assert response["WWW-Authenticate"].startswith('Bearer realm="tearline"')
    assert end.heard == []


SMUGGLED = {
    "HTTP_AUTHORITY": "x",
    "HTTP_COOKIE": "sessionid=1",
    "HTTP_CONNECTION": "keep-alive, X-Other",
    "HTTP_FORWARDED": "for=1.2.3.4",
    "HTTP_TEARLINE_CALL": "0123456789abcdef",
    "HTTP_TEARLINE_DEADLINE_MS": "1",
    "HTTP_TEARLINE_PRINCIPAL": "key_1",
    "HTTP_TEARLINE_SUBJECT": "ord_1",
    "HTTP_TE": "trailers",
    "HTTP_UPGRADE": "h2c",
    "HTTP_X_FORWARDED_FOR": "1.2.3.4",
    "HTTP_X_HTTP_METHOD_OVERRIDE": "DELETE",
    "HTTP_X_ORIGINAL_URL": "/facades/payments/authorize",
    "HTTP_X_TEARLINE_PRINCIPAL": "key_1",
}
"""As servers name them; for them, a hyphen is an underscore."""


WEBHOOK = "/api/v1/payments/webhooks/simulated"


def test_a_route_that_asks_for_no_key_is_led_to_without_one_and_with_the_headers_that_it_declares(end: FarEnd) -> None:
    said = {"Simulated-Signature": "t=1,v1=ab", "X-Other-Signature": "cd", "Authorization": "Basic Zm9vOmJhcg=="}
    assert Client().post(WEBHOOK, b"{}", content_type="application/json", headers=said).status_code == 200
    (asked,) = end.heard
    assert asked.headers["Simulated-Signature"] == "t=1,v1=ab"
    assert not {"x-other-signature", "authorization"} & {name.lower() for name in asked.headers}


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", WEBHOOK), ("POST", f"{WEBHOOK}/more"), ("POST", "/api/v1/payments/webhooks/"), ("POST", PAYMENT)],
)
def test_what_is_near_an_open_route_is_not_open(end: FarEnd, method: str, path: str) -> None:
    assert problem(Client().generic(method, path)) == (401, "api_key_missing")
    assert end.heard == []


@pytest.mark.parametrize("name", ["Authorization", "Tearline-Call", "tearline-deadline-ms", "Cookie", "Connection"])
def test_no_module_can_declare_what_is_for_the_gateway_to_say(
    end: FarEnd, client: Client, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(_middleware, "promised", lambda *_: Promise(headers=(name, "X-Kept")))
    key = client.defaults["HTTP_AUTHORIZATION"]
    client.get(PAYMENT, headers={"X-Kept": "kept", **({name: "smuggled"} if name != "Authorization" else {})})
    (asked,) = end.heard
    assert asked.headers["X-Kept"] == "kept"
    assert "smuggled" not in str(asked.headers)
    assert key not in str(asked.headers)


def test_nothing_that_outsiders_say_travels_but_what_is_on_the_list(end: FarEnd, client: Client) -> None:
    client.get(PAYMENT, **SMUGGLED, HTTP_ACCEPT="application/json", HTTP_USER_AGENT="café/1")  # type: ignore[arg-type]
    headers = end.heard[0].headers
    assert {name.lower() for name in headers} == {
        "host",
        "accept",
        "accept-encoding",
        "user-agent",
        "authorization",
        "x-request-id",
        "tearline-call",
        "tearline-deadline-ms",
    }
    assert headers["Tearline-Call"] != SMUGGLED["HTTP_TEARLINE_CALL"]
    assert int(str(headers["Tearline-Deadline-Ms"])) > 1000
    assert headers["Accept-Encoding"] == "identity"


PASSED_ON = {
    "API-Version": "2026-11-01",
    "Accept": "application/json",
    "Accept-Language": "de",
    "Idempotency-Key": "k",
    "If-Match": '"1"',
    "If-Modified-Since": "Wed, 25 Nov 2026 12:00:00 GMT",
    "If-None-Match": '"2"',
    "If-Unmodified-Since": "Wed, 25 Nov 2026 12:00:00 GMT",
    "Prefer": "wait=5",
    "Tearline-Version": "2026-11-25",
    "User-Agent": "curl/8",
}


def test_what_is_on_the_list_travels(end: FarEnd, client: Client) -> None:
    client.get(PAYMENT, headers=PASSED_ON)
    assert {name: end.heard[0].headers[name] for name in PASSED_ON} == PASSED_ON


def test_a_header_that_could_break_out_of_its_line_does_not_travel(end: FarEnd, client: Client) -> None:
    client.get(PAYMENT, headers={"User-Agent": "a\r\nTearline-Subject: b", "Accept": "a\0b"})
    assert {"User-Agent", "Accept", "Tearline-Subject"} & set(end.heard[0].headers) == set()


def test_the_request_keeps_its_name_and_its_trace(end: FarEnd, client: Client) -> None:
    with recorded_spans() as spans:
        response = client.get(PAYMENT, headers={"X-Request-Id": "mine-1"})
    headers = end.heard[0].headers
    assert headers["X-Request-Id"] == response["X-Request-Id"] == "mine-1"
    (call,) = spans.named("gateway.payments is called")
    assert call.context
    assert str(headers["traceparent"]).startswith(f"00-{call.context.trace_id:032x}-{call.context.span_id:016x}-")
    assert facts(call)["outcome"] == "done"


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/payments/../../../facades/payments/authorize",
        "/api/v1/payments/../../../health/ready",
        "/api/v1/payments/..",
        "/api/v1/payments/./x",
        "/api/v1/payments/%2e%2e/%2E%2E/orders",
        "/api/v1/payments/%2e%2e%2f%2e%2e%2forders",
    ],
)
def test_no_path_leads_out_of_its_prefix(end: FarEnd, client: Client, path: str) -> None:
    assert problem(client.get(path)) == (404, "not_found")
    assert end.heard == []


@pytest.mark.parametrize(
    "path",
    ["/api/v1/payments/%252e%252e/x", "/api/v1/payments//x", "/api/v1/payments/a%3Fb", "/api/v1/payments/%C3%A9%23"],
)
def test_paths_arrive_as_they_were_meant(end: FarEnd, client: Client, path: str) -> None:
    client.get(path)
    assert end.heard[0].line == f"GET {path} HTTP/1.1"


def test_a_query_arrives_whole(end: FarEnd, client: Client) -> None:
    client.get(PAYMENT, QUERY_STRING="a=1&b=x#y z\xe9&c=%23")
    assert end.heard[0].line == f"GET {PAYMENT}?a=1&b=x%23y%20z%E9&c=%23 HTTP/1.1"


def test_the_path_that_another_one_only_begins_like_is_not_led_there(end: FarEnd, client: Client) -> None:
    assert client.get("/api/v1/paymentsabc").status_code == 404
    assert end.heard == []


def test_a_method_that_nobody_knows_is_led_nowhere(end: FarEnd, client: Client) -> None:
    assert problem(client.generic("CONNECT", PAYMENT))[0] in {404, 405}
    assert end.heard == []


def test_who_is_not_the_gateway_leads_nothing_anywhere(settings: Settings, db: None) -> None:
    with far_end() as end:
        orders = Shift(name="orders-next", prefix="/orders", url=end.url, process="orders-next")
        with gateways.being(gateways.of(None, orders, us="till"), settings):
            told = introduced(Principal("key_1", frozenset()), to="till", keys=settings.TEARLINE_SERVICE_KEYS)
            Client().get("/api/v1/orders/ord_1", headers={"Authorization": f"Bearer {told}"})
    assert end.heard == []


# What travels back


SECURITY = {
    "content-security-policy",
    "cross-origin-opener-policy",
    "referrer-policy",
    "x-content-type-options",
    "x-frame-options",
}
"""Headers that every answer here is given."""


def test_of_the_answer_only_what_is_on_the_list_comes_back(end: FarEnd, client: Client) -> None:
    kept = ['ETag: "1"', "Location: /api/v1/payments/2", "Idempotent-Replayed: true", "Preference-Applied: wait=5"]
    dropped = ["Server: till", "Set-Cookie: a=b", "X-Request-Id: theirs", "X-Internal: 10.0.0.7"]
    end.say = says("Content-Type: application/json", "Content-Length: 2", *kept, *dropped, status="201 Created")
    response = client.get(PAYMENT)
    told = dict(line.split(": ") for line in kept)
    assert response.status_code == 201
    assert {name: response[name] for name in told} == told
    ours = {"content-length", "content-type", "x-request-id", *SECURITY}
    assert {name.lower() for name in response.headers} == {name.lower() for name in told} | ours
    assert response["X-Request-Id"] != "theirs"
    assert response.cookies == {}


def test_an_answer_without_a_body_has_none_and_no_type(end: FarEnd, client: Client) -> None:
    end.say = says(status="204 No Content", body=b"")
    response = client.delete(PAYMENT)
    assert (response.status_code, response.content) == (204, b"")
    assert "Content-Type" not in response


@pytest.mark.parametrize("status", ["404 Not Found", "409 Conflict", "500 Internal Server Error", "503 Nope"])
def test_a_problem_comes_back_as_it_is(end: FarEnd, client: Client, status: str) -> None:
    told = {"type": "/problems/x", "code": "x", "status": int(status[:3]), "retryable": True}
    end.say = answer(told, status=status, media_type=PROBLEM)
    response = client.get(PAYMENT)
    assert (response.status_code, response.json(), response["Content-Type"]) == (told["status"], told, PROBLEM)
    assert len(end.heard) == 1


# No answer


def test_nobody_there_is_503_with_a_time_to_ask_again(settings: Settings, client: Client) -> None:
    with gateways.being(gateways.of(f"http://127.0.0.1:{free_port()}"), settings):
        response = client.post("/api/v1/payments", "{}", content_type="application/json")
    assert problem(response) == (503, "unavailable")
    assert response["Retry-After"] == "1"
    assert (response.json()["retryable"], response.json()["maybe_done"]) == (True, False)


def test_who_only_asks_is_told_that_nothing_has_happened(end: FarEnd, client: Client) -> None:
    end.say = raw(b"")
    told = client.get(PAYMENT).json()
    assert (told["code"], told["retryable"], told["maybe_done"]) == ("unavailable", True, False)


def test_a_post_without_a_key_that_may_have_been_done_is_asked_once_and_must_not_be_repeated(
    end: FarEnd, client: Client, settings: Settings
) -> None:
    settings.TEARLINE_POLICY = {"tries": 3, "first_wait": 0.001}
    end.say = raw(b"")
    told = client.post("/api/v1/payments", "{}", content_type="application/json").json()
    assert (told["retryable"], told["maybe_done"]) == (False, True)
    assert len(end.heard) == 1


def test_a_post_with_a_key_is_asked_again(end: FarEnd, client: Client, settings: Settings) -> None:
    settings.TEARLINE_POLICY = {"tries": 3, "first_wait": 0.001}

    def once_silent(asked: Asked, line: socket.socket) -> None:
        (raw(b"") if len(end.heard) == 1 else answer({}))(asked, line)

    end.say = once_silent
    response = client.post("/api/v1/payments", "{}", content_type="application/json", headers={"Idempotency-Key": "k"})
    assert response.status_code == 200
    assert [asked.headers["Idempotency-Key"] for asked in end.heard] == ["k", "k"]


@pytest.mark.parametrize("status", ["502 Bad Gateway", "503 Service Unavailable", "504 Gateway Timeout"])
def test_what_somebody_in_between_says_is_not_passed_on(end: FarEnd, client: Client, status: str) -> None:
    end.say = answer(b"<h1>10.0.0.7 is down</h1>", status=status, media_type="text/html")
    response = client.get(PAYMENT)
    assert problem(response) == (502, "upstream_invalid")
    assert "10.0.0.7" not in response.content.decode()


def test_what_answers_something_else_is_not_passed_on_and_nobody_asks_there_again(end: FarEnd, client: Client) -> None:
    client.get(PAYMENT)
    end.say = answer({"of": "somebody else"}, call="0123456789abcdef")
    response = client.get(PAYMENT)
    assert problem(response) == (502, "upstream_invalid")
    assert b"somebody else" not in response.content
    assert end.connections == 1
    end.say = answer({})
    assert client.get(PAYMENT).status_code == 200
    assert end.connections == 2


def test_what_is_no_http_is_no_answer(end: FarEnd, client: Client) -> None:
    end.say = raw(b"SSH-2.0-OpenSSH\r\n")
    assert problem(client.get(PAYMENT)) == (503, "unavailable")


def test_an_answer_that_is_too_large_is_not_passed_on(
    end: FarEnd, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    end.say = answer(b"x" * 101)
    monkeypatch.setattr(_forwarding, "LARGEST_ANSWER", 100)
    assert problem(client.get(PAYMENT)) == (502, "upstream_too_large")
    monkeypatch.setattr(_forwarding, "LARGEST_ANSWER", 101)
    assert client.get(PAYMENT).content == b"x" * 101


@pytest.mark.parametrize("part", [dripping.silent, dripping.dripping_head, dripping.dripping_body])
def test_who_does_not_come_to_an_end_is_left_in_time(settings: Settings, client: Client, part: dripping.Part) -> None:
    settings.TEARLINE_POLICY = {"total": 0.4, "attempt": 0.15, "slow": 0.1, "tries": 2}
    with dripping.serving(part) as url, gateways.being(gateways.of(url), settings):
        began = time.monotonic()
        response = client.get(PAYMENT)
        assert time.monotonic() - began < 5
    assert problem(response) == (504, "deadline_exceeded")
    assert response.json()["maybe_done"] is False


def test_who_has_not_answered_for_long_is_not_asked(end: FarEnd, client: Client, settings: Settings) -> None:
    settings.TEARLINE_POLICY = {"failures": 2, "tries": 1}
    end.say = raw(b"")
    assert [client.get(PAYMENT).status_code for _ in range(3)] == [503, 503, 503]
    assert len(end.heard) == 2
    response = client.get(PAYMENT)
    assert int(response["Retry-After"]) > 1
    assert client.get("/api/v1/orders").status_code == 403  # which is answered here, all the same


def test_whoever_answers_is_well_whatever_the_answer(end: FarEnd, client: Client, settings: Settings) -> None:
    """It speaks for itself: its circuit does not open because somebody behind it is away."""
    settings.TEARLINE_POLICY = {"failures": 2}
    end.say = answer({"code": "unavailable"}, status="503 Service Unavailable", media_type=PROBLEM)
    assert [client.get(PAYMENT).status_code for _ in range(4)] == [503] * 4
    assert len(end.heard) == 4


# Waiting


def test_whoever_waits_for_an_outcome_takes_one_of_the_seats_for_that(end: FarEnd, client: Client) -> None:
    seats = _seats()
    free: list[int] = []

    def look(asked: Asked, line: socket.socket) -> None:
        free.append(seats._value)
        answer({})(asked, line)

    end.say = look
    for prefer in ("wait=5", "return=minimal", ""):
        client.get(PAYMENT, headers={"Prefer": prefer})
    assert free == [seats._initial_value - 1, seats._initial_value, seats._initial_value]  # type: ignore[attr-defined]
    assert seats._value == seats._initial_value  # type: ignore[attr-defined]


def test_without_a_seat_the_answer_is_asked_for_at_once(end: FarEnd, client: Client) -> None:
    seats = _seats()
    taken = [seats.acquire(blocking=False) for _ in range(settings.TEARLINE_SERVER_THREADS // 4)]
    try:
        client.get(PAYMENT, headers={"Prefer": 'return=minimal, wait="5"; x=y, handling=lenient'})
    finally:
        for _ in taken:
            seats.release()
    assert end.heard[0].headers["Prefer"] == "return=minimal, handling=lenient, respond-async"


# How it is seen


def test_requests_that_are_led_elsewhere_are_counted_by_their_prefix(end: FarEnd, client: Client) -> None:
    before = scraped()
    client.get(PAYMENT)
    route = "api/v1/payments/*"
    assert grown(before, scraped(), "tearline_http_requests_total") == {("GET", route, "200"): 1}
    assert grown(before, scraped(), "tearline_calls_total") == {("gateway.payments", "done"): 1}
    end.say = raw(b"")
    client.post("/api/v1/payments", "{}", content_type="application/json")
    assert grown(before, scraped(), "tearline_calls_total")["gateway.payments", "unavailable"] == 1


def test_the_log_says_who_did_not_answer_and_the_caller_is_not_told(end: FarEnd, client: Client) -> None:
    end.say = raw(b"")
    with told_lines() as lines:
        response = client.post("/api/v1/payments", "{}", content_type="application/json")
    (line,) = lines.of("tearline.gateway._forwarding")
    assert str(line["message"]).startswith("gateway.payments got no answer: 127.0.0.1 did not answer")
    assert "127.0.0.1" not in response.content.decode()


def test_without_service_keys_nothing_is_led_to_another_process(
    end: FarEnd, client: Client, settings: Settings
) -> None:
    settings.TEARLINE_SERVICE_KEYS = []
    with told_lines() as lines:
        assert problem(client.get(PAYMENT)) == (500, "internal_error")
    assert "TEARLINE_SERVICE_KEYS is not given" in lines.text
    assert end.heard == []


# Legacy


def test_a_system_that_is_not_ours_is_sent_the_credentials_of_the_caller_and_no_others(
    settings: Settings, db: None
) -> None:
    with far_end() as end:
        books = Shift(name="books", prefix="/invoices", url=end.url)
        with gateways.being(gateways.of(None, books), settings):
            response = Client().get("/api/v1/invoices/1", headers={"Authorization": "Basic Zm9vOmJhcg=="})
            Client().get("/api/v1/invoices/2")
    assert response.status_code == 200
    assert [asked.headers["Authorization"] for asked in end.heard] == ["Basic Zm9vOmJhcg==", None]
    assert {asked.headers["Connection"] for asked in end.heard} == {"close"}
    assert "Tearline-Call" not in end.heard[0].headers
    assert json.loads(response.content) is None
