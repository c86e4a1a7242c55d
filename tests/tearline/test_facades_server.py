"""What a process does with calls from other processes: whom it believes, what it turns away, what it carries out."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import jwt
import pytest
from django.conf import settings
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from modules.orders.contracts import OrderId
from modules.payments.facade import payments
from tearline.api import LARGEST_BODY
from tearline.contracts import KeyInFlight, Unavailable
from tearline.facades import asked_by, caller
from tearline.facades._protocol import as_header
from tearline.facades._tokens import Identity, signed
from tearline.observability import known
from tearline.resilience import remaining
from tearline.resilience._trying_again import is_tried_again_later
from tearline.tokens import LIFE
from tests.tearline.observed import told_lines
from tests.tearline.specimen import HOME, LocalShelf, Shelf, Thing, notes

US = settings.TEARLINE_TOPOLOGY.process.name
KEYS = settings.TEARLINE_SERVICE_KEYS
ORDERS = Identity(process="shop", caller="orders", asked_by="api:key_1")
PUT = {"thing": {"name": "box"}}
CALL = "0123456789abcdef"


@pytest.fixture(autouse=True)
def _served(shelf: Shelf) -> None:
    """The specimen stands in its module's place."""


def ask(
    operation: str = "put",
    arguments: object = PUT,
    *,
    module: str = HOME,
    key: str | None = "k",
    token: str | None = None,
    body: bytes | None = None,
    method: str = "POST",
    headers: Mapping[str, str] = MappingProxyType({}),
) -> Any:
    """As another process asks, in the name of orders."""
    usual = {"Tearline-Call": CALL, "Authorization": f"Bearer {token or signed(ORDERS, audience=US, keys=KEYS)}"}
    if key is not None:
        usual["Idempotency-Key"] = as_header(key)
    return Client(raise_request_exception=False).generic(
        method,
        f"/facades/{module}/{operation}",
        json.dumps(arguments) if body is None else body,
        content_type="application/json",
        headers={**usual, **headers},
    )


def problem(response: HttpResponse) -> tuple[int, str]:
    """Its status and code. What is turned away says that nothing was done, and to which call it is the answer."""
    told = json.loads(response.content)
    assert response["Content-Type"] == "application/problem+json"
    assert response["Tearline-Call"] == CALL
    assert told["type"] == f"/problems/{told['code']}"
    assert told["unavailable"]["maybe_done"] is False
    assert notes() == []
    return response.status_code, told["code"]


# What is carried out


def test_a_command_is_carried_out_in_the_callers_name_and_its_answer_says_to_which_call() -> None:
    response = ask()
    assert (response.status_code, response.json()) == (
        200,
        {"number": "orders:k", "thing": {"name": "box", "count": 1}},
    )
    assert response["Tearline-Call"] == CALL
    assert notes() == ["put by orders:k"]


def test_the_same_key_is_carried_out_once_for_each_caller() -> None:
    first, again = ask(), ask()
    assert first.content == again.content
    assert notes() == ["put by orders:k"]


def test_a_query_needs_no_key() -> None:
    assert ask("find", {"name": "there"}, key=None).json() == {"name": "there", "count": 1}


def test_a_key_may_be_any_text() -> None:
    key = ' Größe 20 % "\n'
    assert ask(key=key).json()["number"] == f"orders:{key}"


def test_a_refusal_is_a_problem_of_its_own_type_with_all_that_makes_it_again() -> None:
    response = ask(arguments={"thing": {"name": "box", "count": 12}})
    told = response.json()
    assert (response.status_code, told["type"]) == (409, "/problems/specimen.too_many")
    assert told["refusal"]["fields"] == {"name": "box", "count": 12}


@pytest.mark.parametrize("kind", [Unavailable, KeyInFlight])
def test_no_answer_is_told_with_all_that_is_known(kind: type[Unavailable], local_shelf: LocalShelf) -> None:
    def putting(thing: Thing) -> None:
        raise kind("the shelf is being painted", maybe_done=False, retry_after=0.25)

    local_shelf.putting = putting
    response = ask()
    assert response.status_code == 503
    assert response.json()["unavailable"] == {
        "detail": "the shelf is being painted",
        "maybe_done": False,
        "retry_after": 0.25,
        "in_flight": kind is KeyInFlight,
    }


def test_a_fault_is_recorded_with_who_asked_and_not_explained(local_shelf: LocalShelf) -> None:
    def putting(thing: Thing) -> None:
        raise RuntimeError("the secret of the shelf")

    local_shelf.putting = putting
    with told_lines() as lines:
        response = ask()
    assert (response.status_code, response.json()["code"]) == (500, "internal_error")
    assert response.json()["unavailable"]["maybe_done"] is True
    assert b"secret" not in response.content
    (line,) = lines.of("tearline.facades._server")
    assert (line["module"], line["caller"]) == ("orders", "api:key_1")
    assert "the secret of the shelf" in line["exception"]


def test_a_database_that_is_away_may_have_done_it(local_shelf: LocalShelf) -> None:
    def putting(thing: Thing) -> None:
        raise OperationalError("server closed the connection")

    local_shelf.putting = putting
    response = ask()
    assert (response.status_code, response.json()["code"]) == (503, "unavailable")
    assert response.json()["unavailable"]["maybe_done"] is True


def test_what_the_caller_knew_is_known_here(local_shelf: LocalShelf) -> None:
    seen: list[object] = []

    def putting(thing: Thing) -> None:
        facts = known()
        seen.append((caller(), asked_by(), facts["subject"], facts["request_id"]))

    local_shelf.putting = putting
    ask(headers={"Tearline-Subject": "ord_%C3%A9", "X-Request-Id": "req_1"})
    assert seen == [(HOME, "orders", "ord_é", "req_1")]


def test_no_more_time_is_taken_than_the_caller_has(local_shelf: LocalShelf) -> None:
    seen: list[float | None] = []
    local_shelf.putting = lambda _thing: seen.append(remaining())
    ask(headers={"Tearline-Deadline-Ms": "5000"})
    ask(key="without")
    assert seen[0] is not None
    assert 0 < seen[0] <= 5
    assert seen[1] is None


def test_trying_again_is_left_to_the_caller(local_shelf: LocalShelf) -> None:
    seen: list[bool] = []
    local_shelf.putting = lambda _thing: seen.append(is_tried_again_later())
    ask()
    assert seen == [True]


def test_whoever_is_waited_for_over_there_asks_nobody_in_turn(local_shelf: LocalShelf) -> None:
    local_shelf.asking = lambda _thing: str(payments.payment_of(OrderId.new()))

    def asked(waiting: str) -> int:
        return int(ask("send_for", key=waiting, headers={"Tearline-Waiting": waiting}).status_code)

    with told_lines() as lines:
        assert (asked(HOME), asked(f"orders,{HOME}")) == (200, 500)
    (line,) = lines.of("tearline.facades._server")
    assert (
        f"ChainTooLong: payments.payment_of is asked while others wait for the answer: orders > {HOME} > payments"
        in line["exception"]
    )


# Whom it does not believe


def token(
    key: str | None = KEYS[0], algorithm: str = "HS256", typ: str | None = "tearline-call+jwt", **claims: object
) -> str:
    usual = {"sub": "shop", "caller": "orders", "asked_by": "outside", "aud": US, "iat": 0, "exp": 2**40}
    told = {name: value for name, value in (usual | claims).items() if value is not None}
    return jwt.encode(told, key, algorithm, headers={"typ": typ})


def test_the_token_that_the_others_are_made_from_is_believed() -> None:
    assert ask(token=token()).status_code == 200


@pytest.mark.parametrize(
    "untrue",
    [
        "",
        "nonsense",
        token(key="another-key-that-is-long-enough-too-and-not-ours"),
        token(key=None, algorithm="none"),
        token(key=KEYS[0] * 2, algorithm="HS512"),
        token(typ=None),
        token(typ="JWT"),
        token(typ="tearline-principal+jwt"),
        token(aud="till"),
        token(aud=None),
        token(exp=1),
        token(exp=None),
        token(iat=2**40 - 1),
        token(iat=None),
        token(sub=None),
        token(caller=None),
        token(caller=7),
        token(caller=""),
        token(asked_by=None),
    ],
)
def test_who_cannot_be_believed_is_turned_away(untrue: str) -> None:
    response = ask(token=untrue or " ")
    assert problem(response) == (401, "token_invalid")
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_a_token_is_good_for_a_minute() -> None:
    fresh = signed(ORDERS, audience=US, keys=KEYS)
    claims = jwt.decode(fresh, options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == LIFE == 60


def test_keys_can_be_changed_while_everybody_runs(settings: Settings) -> None:
    old, new = KEYS[0], "the-key-that-comes-next-is-long-enough"
    settings.TEARLINE_SERVICE_KEYS = [new, old]
    for number, keys in enumerate(([old], [new])):
        assert ask(key=f"k{number}", token=signed(ORDERS, audience=US, keys=keys)).status_code == 200
    settings.TEARLINE_SERVICE_KEYS = [new]
    assert ask(token=signed(ORDERS, audience=US, keys=[old])).status_code == 401


def test_without_keys_nobody_is_believed(settings: Settings) -> None:
    settings.TEARLINE_SERVICE_KEYS = []
    assert problem(ask()) == (401, "token_invalid")


def test_no_token_at_all_is_no_better() -> None:
    response = Client().post(f"/facades/{HOME}/put", "{}", content_type="application/json")
    assert response.status_code == 401


# What it turns away


@pytest.mark.parametrize("stranger", ["payments", "shipping", "nobody"])
def test_who_has_not_declared_the_call_is_refused(stranger: str) -> None:
    by = Identity(process="shop", caller=stranger, asked_by="outside")
    assert problem(ask(token=signed(by, audience=US, keys=KEYS))) == (403, "call_not_declared")


def test_a_module_or_operation_that_is_not_here_is_said_to_be_so(settings: Settings) -> None:
    settings.TEARLINE_ALLOWED_CALLS = settings.TEARLINE_ALLOWED_CALLS | {"orders": [HOME, "refunds"]}
    assert problem(ask(module="refunds")) == (404, "module_not_hosted")
    assert problem(ask("give_away")) == (404, "operation_unknown")
    assert problem(ask("__init__")) == (404, "operation_unknown")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_only_a_post_asks(method: str) -> None:
    response = ask(method=method)
    assert problem(response) == (405, "method_not_allowed")
    assert response["Allow"] == "POST"


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b"not JSON", b'{"thing": {"name": 7}}', b'{"thing": {"name": "\xff"}}', b"[" * 9000]
)
def test_arguments_that_are_not_what_was_declared_are_refused_without_repeating_them(body: bytes) -> None:
    assert problem(ask(body=body)) == (422, "arguments_invalid")


def test_what_is_wrong_with_the_arguments_is_said_and_what_they_are_is_not() -> None:
    detail = ask(arguments={"thing": {"name": ["secret"]}}).json()["detail"]
    assert "thing.name: Input should be a valid string" in detail
    assert "secret" not in detail


def test_a_body_that_is_too_large_is_not_read() -> None:
    assert problem(ask(body=b" " * (LARGEST_BODY + 1))) == (413, "payload_too_large")


@pytest.mark.parametrize("key", [None, "", "k" * 256])
def test_a_command_needs_a_key_that_fits(key: str | None) -> None:
    assert problem(ask(key=key)) == (422, "key_invalid")


@pytest.mark.parametrize("header", ["Idempotency-Key", "Tearline-Waiting", "Tearline-Subject", "Tearline-Deadline-Ms"])
def test_headers_that_cannot_be_read_are_refused(header: str) -> None:
    assert problem(ask(key=None, headers={header: "%FF"})) == (400, "header_invalid")


@pytest.mark.parametrize("deadline", ["soon", "-1", "1.5", "9" * 10])
def test_a_deadline_is_a_number_of_milliseconds(deadline: str) -> None:
    assert problem(ask(headers={"Tearline-Deadline-Ms": deadline})) == (400, "deadline_invalid")


@pytest.mark.parametrize("left", ["0", "5"])
def test_with_too_little_time_left_nothing_is_begun(left: str) -> None:
    assert problem(ask(headers={"Tearline-Deadline-Ms": left})) == (504, "deadline_exceeded")


@pytest.mark.parametrize("call", ["", "0123", "x" * 16, f"{CALL}0"])
def test_only_what_can_be_the_name_of_a_call_is_repeated(call: str) -> None:
    assert "Tearline-Call" not in ask(headers={"Tearline-Call": call})
