"""Staff who ask by session: let in by a password, kept apart from what other sites make a browser do."""

import io
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.test.client import MULTIPART_CONTENT
from pytest_django import Settings

from tearline.api import Principal, _rates, introduced
from tearline.api.keys import issue
from tests.tearline import gateways
from tests.tearline.far_end import answer, far_end
from tests.tearline.observed import recorded_spans, told_lines

pytestmark = pytest.mark.usefixtures("db")

PASSWORD = "correct horse battery"
example = pytest.mark.urls("tests.tearline.example_api")


def hire(*scopes: str, name: str = "grace") -> User:
    call_command("staff", "allow", name, *scopes, stdout=io.StringIO())
    user = User.objects.get(username=name)
    user.set_password(PASSWORD)
    user.save()
    return user


def browser() -> Client:
    return Client(enforce_csrf_checks=True, raise_request_exception=False)


def enter(client: Client, password: str = PASSWORD, name: str = "grace") -> Any:
    client.get("/staff/login")
    told = {"username": name, "password": password, "csrfmiddlewaretoken": client.cookies["csrftoken"].value}
    return client.post("/staff/login", told)


def inside(*scopes: str) -> Client:
    client = browser()
    client.force_login(hire(*scopes))
    return client


def outcome(response: Any) -> tuple[int, str]:
    return response.status_code, response.json().get("code", "")


@pytest.fixture(autouse=True)
def rates() -> Iterator[None]:
    _rates.counter_at.cache_clear()
    yield
    _rates.counter_at.cache_clear()


def test_who_has_a_password_enters_asks_and_leaves() -> None:
    hire("orders:read")
    client = browser()
    assert outcome(client.get("/api/v1/orders")) == (401, "api_key_missing")
    entered = enter(client)
    assert (entered.status_code, entered["Location"]) == (302, "/api/v1/docs")
    assert "default-src 'none'" in entered["Content-Security-Policy"]
    assert client.get("/api/v1/orders").status_code == 200
    assert outcome(client.get("/api/v1/stock")) == (403, "insufficient_scope")
    client.post("/staff/logout", {"csrfmiddlewaretoken": client.cookies["csrftoken"].value})
    assert client.get("/api/v1/orders").status_code == 401


@pytest.mark.parametrize("address", ["/staff", "/staff/"])
def test_the_staff_are_shown_where_to_enter(address: str) -> None:
    assert browser().get(address).headers["Location"] == "/staff/login"


def test_a_session_lasts_for_a_day_at_most() -> None:
    hire("orders:read")
    client = browser()
    enter(client)
    assert 0 < client.session.get_expiry_age() <= 24 * 60 * 60


def test_who_is_not_of_the_staff_does_not_enter_and_is_told_no_more_than_a_stranger() -> None:
    User.objects.create_user("grace", password=PASSWORD)
    stranger, customer = browser(), browser()
    told = [enter(stranger, name="nobody"), enter(customer)]
    assert [response.status_code for response in told] == [200, 200]
    assert "correct username and password" in told[0].content.decode()
    assert "correct username and password" in told[1].content.decode()
    customer.force_login(User.objects.get())
    assert customer.get("/api/v1/orders").status_code == 401


@pytest.mark.parametrize("other", ["name", "address"])
def test_who_guesses_passwords_is_stopped_by_name_and_by_address(settings: Settings, other: str) -> None:
    settings.TEARLINE_WRONG_PASSWORDS = "3/hour"
    hire("orders:read")
    for number in range(3):
        client = Client(REMOTE_ADDR=f"10.0.{number if other == 'name' else 0}.7")
        name = "grace" if other == "name" else f"grace{number}"
        assert client.post("/staff/login", {"username": name, "password": "guess"}).status_code == 200
    stopped = client.post("/staff/login", {"username": "grace", "password": PASSWORD})
    assert stopped.status_code == 429
    assert 3590 < int(stopped["Retry-After"]) <= 3600
    assert "too many wrong passwords" in stopped.content.decode()
    elsewhere = Client(REMOTE_ADDR="10.9.9.9").post("/staff/login", {"username": "ada", "password": "guess"})
    assert elsewhere.status_code == 200


@example
def test_a_session_is_a_principal_with_the_scopes_of_its_groups() -> None:
    client = inside("things:read", "things:write")
    assert client.get("/api/v1/example/whoami").json()["caller"] == "staff:grace"
    call_command("staff", "allow", "grace", "things:write", stdout=io.StringIO())
    assert outcome(client.get("/api/v1/example/whoami")) == (403, "insufficient_scope")
    call_command("staff", "allow", "grace", "*", stdout=io.StringIO())
    assert client.get("/api/v1/example/whoami").status_code == 200
    User.objects.update(is_superuser=True)
    assert client.get("/api/v1/example/whoami").status_code == 200
    call_command("staff", "dismiss", "grace", stdout=io.StringIO())
    assert outcome(client.get("/api/v1/example/whoami")) == (401, "api_key_missing")


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
def test_what_changes_something_needs_a_token_that_other_sites_cannot_read(method: str) -> None:
    client = browser()
    hire("*")
    enter(client)
    path = {"POST": "/orders/ord_1/cancel", "PATCH": "/orders/ord_1", "PUT": "/stock/A/limits"}.get(
        method, "/webhooks/endpoints/whe_1"
    )
    for token in ({}, {"X-CSRFToken": "x" * 32}):
        response = client.generic(method, f"/api/v1{path}", "{}", "application/json", headers=token)
        assert outcome(response) == (403, "csrf_failed")
    mine = {"X-CSRFToken": client.cookies["csrftoken"].value}
    assert outcome(client.generic(method, f"/api/v1{path}", "{}", "application/json", headers=mine))[0] in (400, 404)


def test_a_form_of_another_site_does_nothing() -> None:
    client = browser()
    hire("*")
    enter(client)
    for kind in ("text/plain", "application/x-www-form-urlencoded", MULTIPART_CONTENT):
        asked = ("POST", "/api/v1/orders/ord_1/cancel", b"a=b", kind)
        assert outcome(client.generic(*asked)) == (403, "csrf_failed")
        mine = {"X-CSRFToken": client.cookies["csrftoken"].value, "Idempotency-Key": "k"}
        assert outcome(client.generic(*asked, headers=mine)) == (415, "unsupported_media_type")


def test_a_key_goes_before_a_session_and_needs_no_token() -> None:
    client = browser()
    hire("orders:read")
    enter(client)
    _, token = issue(name="writer", scopes=["orders:write"])
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get("/api/v1/orders", headers=headers).status_code == 403
    response = client.post("/api/v1/orders/ord_1/cancel", "{}", "application/json", headers=headers)
    assert outcome(response) == (400, "idempotency_key_missing")
    wrong = {"Authorization": "Bearer sk_test_1"}
    assert outcome(client.get("/api/v1/orders", headers=wrong)) == (401, "api_key_invalid")


def test_sessions_hold_wherever_the_module_is_and_so_does_the_token_that_they_need(settings: Settings) -> None:
    hire("payments:read")
    client = browser()
    enter(client)
    with far_end() as end, gateways.being(gateways.of(end.url), settings):
        end.say = answer({"id": "pay_1"})
        assert client.get("/api/v1/payments/pay_1").status_code == 200
        assert outcome(client.post("/api/v1/payments", "{}", "application/json")) == (403, "csrf_failed")
    [asked] = end.heard
    told = str(asked.headers["Authorization"]).removeprefix("Bearer ")
    claims = jwt.decode(told, settings.TEARLINE_SERVICE_KEYS[0], algorithms=["HS256"], audience="till")
    assert (claims["sub"], claims["kind"], claims["scopes"]) == ("grace", "staff", ["payments:read"])
    assert "Cookie" not in asked.headers


@example
def test_the_gateway_says_who_is_of_the_staff_and_no_session_does_elsewhere(settings: Settings) -> None:
    client = inside("*")
    settings.TEARLINE_TOPOLOGY = gateways.of(None, us="till")
    assert outcome(client.get("/api/v1/example/whoami")) == (401, "principal_invalid")
    grace = Principal("grace", frozenset({"*"}), kind="staff")
    told = introduced(grace, to="till", keys=settings.TEARLINE_SERVICE_KEYS)
    response = Client().get("/api/v1/example/whoami", headers={"Authorization": f"Bearer {told}"})
    assert response.json()["caller"] == "staff:grace"


def test_nothing_that_somebody_tries_to_enter_with_is_told() -> None:
    hire("*")
    with told_lines() as lines, recorded_spans() as spans:
        client = browser()
        enter(client, password="canary-of-a-password")
        client.get("/api/v1/orders", headers={"Authorization": "Bearer canary-of-a-key"})
        enter(client)
        client.get("/api/v1/orders")
    told = lines.text + "".join(span.to_json() for span in spans.all())
    secrets = ("canary-of", PASSWORD, client.cookies["sessionid"].value, client.cookies["csrftoken"].value)
    assert "/api/v1/orders" in told
    assert [secret for secret in secrets if secret in told] == []


def test_operators_see_who_may_do_what() -> None:
    out = io.StringIO()
    call_command("staff", "allow", "grace", "orders:read", "orders:write", stdout=out)
    assert "changepassword grace" in out.getvalue()
    call_command("staff", stdout=out)
    assert "grace: orders:read orders:write  (never entered, has no password)" in out.getvalue()
    with pytest.raises(CommandError, match="not a scope"):
        call_command("staff", "allow", "grace", "orders")
    with pytest.raises(CommandError, match="no e-mail address"):
        call_command("staff", "allow", "grace@shop.example", "*")
    with pytest.raises(CommandError, match="nobody is named ada"):
        call_command("staff", "dismiss", "ada")
