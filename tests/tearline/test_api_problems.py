import json
import logging
from typing import Any

import pytest
from django.test import Client
from ninja import Router

from tearline.api import LARGEST_BODY, RestApi
from tests.tearline import example_api

pytestmark = pytest.mark.urls("tests.tearline.example_api")


def told(response: Any, status: int, code: str) -> dict[str, Any]:
    """The problem that a response tells, once it is what every problem must be."""
    assert response.status_code == status
    assert (response["Content-Type"], response["Cache-Control"]) == ("application/problem+json", "no-store")
    problem: dict[str, Any] = json.loads(response.content)
    assert (problem["status"], problem["code"], problem["type"]) == (status, code, f"/problems/{code}")
    assert problem["request_id"] == response["X-Request-Id"]
    assert problem["instance"] == response.wsgi_request.path
    return problem


def post(client: Client, body: bytes | str) -> Any:
    return client.post("/api/v1/example/things", body, content_type="application/json")


def test_a_problem_raised_in_a_view_is_told_with_its_headers(client: Client) -> None:
    response = client.get("/api/v1/example/failures/problem")
    problem = told(response, 418, "teapot")
    assert (problem["title"], problem["detail"], problem["retryable"]) == ("Teapot", "Short and stout.", False)
    assert response["X-Spout"] == "here"


def test_a_refusal_is_told_with_its_status_code_and_sentence(client: Client) -> None:
    problem = told(client.get("/api/v1/example/failures/refusal"), 409, "example.too_green")
    assert (problem["title"], problem["detail"], problem["retryable"]) == ("Too green", "Lime is too green.", False)


def test_a_refusal_that_was_given_before_says_so(client: Client) -> None:
    assert client.get("/api/v1/example/failures/replayed_refusal")["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in client.get("/api/v1/example/failures/refusal")


def test_a_refusal_of_a_newer_peer_is_told_by_the_code_that_the_peer_gave(client: Client) -> None:
    problem = told(client.get("/api/v1/example/failures/unknown_refusal"), 409, "newer.too_blue")
    assert problem["detail"] == "Azure is too blue."


@pytest.mark.parametrize(
    ("what", "status", "code"),
    [("reused", 422, "idempotency_key_reused"), ("undone", 409, "idempotency_key_undone")],
)
def test_a_key_that_can_not_be_used_again_is_told_so(client: Client, what: str, status: int, code: str) -> None:
    assert told(client.get(f"/api/v1/example/failures/{what}"), status, code)["retryable"] is False


def test_a_key_in_flight_may_be_tried_again_in_a_second(client: Client) -> None:
    response = client.get("/api/v1/example/failures/in_flight")
    assert told(response, 409, "idempotency_key_in_flight")["retryable"] is True
    assert response["Retry-After"] == "1"


@pytest.mark.parametrize(("what", "seconds"), [("unavailable", "3"), ("no_database", "1")])
def test_unavailable_is_503_with_whole_seconds_to_wait_and_no_word_of_who_did_not_answer(
    client: Client, what: str, seconds: str
) -> None:
    response = client.get(f"/api/v1/example/failures/{what}")
    assert told(response, 503, "unavailable")["retryable"] is True
    assert response["Retry-After"] == seconds
    assert b"10.0.0.7" not in response.content


@pytest.mark.parametrize("debug", [False, True])
def test_a_crash_is_500_logged_under_its_request_and_explains_nothing(
    client: Client, settings: Any, caplog: pytest.LogCaptureFixture, *, debug: bool
) -> None:
    settings.DEBUG = debug
    with caplog.at_level(logging.ERROR, logger="tearline.api"):
        response = client.get("/api/v1/example/failures/crash")
    told(response, 500, "internal_error")
    assert b"forty-two" not in response.content
    assert "the secret is forty-two" in caplog.text


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize("path", ["/api/v1/nowhere", "/api/", "/api/v1/", "/api/v1/example/failures/http404"])
def test_what_is_not_there_is_told_as_a_problem(client: Client, settings: Any, path: str, *, debug: bool) -> None:
    settings.DEBUG = debug
    response = client.get(path)
    told(response, 404, "not_found")
    assert b"secret" not in response.content


def test_what_is_not_an_id_names_nothing(client: Client) -> None:
    odd = told(client.get("/api/v1/example/things/17"), 404, "not_found")
    assert odd["detail"] == "The thing_id in this address names nothing: not an id of the form thg_…."
    assert [flaw["parameter"] for flaw in odd["errors"]] == ["thing_id"]
    told(client.get("/api/v1/example/failures/re%00fusal"), 404, "not_found")


def test_outside_of_the_api_a_404_is_a_page(client: Client) -> None:
    assert client.get("/nowhere")["Content-Type"].startswith("text/html")


def test_a_wrong_method_is_told_with_the_right_ones(client: Client) -> None:
    response = client.delete("/api/v1/example/things")
    told(response, 405, "method_not_allowed")
    assert response["Allow"] == "POST"


def test_a_host_that_is_not_ours_is_told_as_a_problem(client: Client) -> None:
    told(client.get("/api/v1/example/keys", headers={"Host": "evil.example"}), 400, "bad_request")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"nonsense",
        b"[]",
        b'"text"',
        b"null",
        b'{"name": "a"} and more',
        b'{"name": "\xff"}',
        b'{"name": "a\\u0000"}',
        b'{"a\\u0000": 1}',
        b'{"name": "a", "name": "b"}',
        b'{"name": "a", "extra": NaN}',
        b'{"name": "a", "extra": -Infinity}',
        b'{"name": "a", "extra": 1e999}',
        b'{"name": "a", "extra": ' + b"9" * 5000 + b"}",
        b'{"name": "a", "extra": ' + b"[" * 40 + b"]" * 40 + b"}",
        b"[" * 100_000,
    ],
    ids=lambda body: body[:30].decode(errors="replace") or "empty",
)
def test_a_body_that_is_not_plain_json_of_an_object_is_malformed(client: Client, body: bytes) -> None:
    answer = told(post(client, body), 400, "malformed")
    assert "sys." not in answer["detail"]
    assert "codec" not in answer["detail"]


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"0", b'"text"'])
@pytest.mark.parametrize("path", ["things", "crates"])
def test_what_is_no_object_is_told_what_is_asked_for_in_plain_words(client: Client, path: str, body: bytes) -> None:
    """Be its fields needed, or all left to whoever asks."""
    response = client.post(f"/api/v1/example/{path}", body, content_type="application/json")
    answer = told(response, 400, "malformed")
    assert answer["detail"] == "A JSON object is asked for; send {} if there is nothing to say."
    [flaw] = answer["errors"]
    assert (flaw["pointer"], flaw["message"]) == ("", answer["detail"])


def test_a_body_as_deep_as_allowed_is_read(client: Client) -> None:
    answer = told(post(client, b'{"name": "a", "extra": ' + b"[" * 31 + b"]" * 31 + b"}"), 422, "validation_failed")
    assert [error["pointer"] for error in answer["errors"]] == ["/extra"]


def test_fields_that_break_a_rule_are_pointed_at(client: Client) -> None:
    body = {"name": "much too long", "parts": [{"quantity": 1}, {"quantity": 0}], "price": {"amount": 1.5}}
    problem = told(post(client, json.dumps(body)), 422, "validation_failed")
    assert [(error["pointer"], error["code"]) for error in problem["errors"]] == [
        ("/name", "string_too_long"),
        ("/parts/1/quantity", "greater_than_equal"),
        ("/price/amount", "int_type"),
        ("/price/currency", "missing"),
    ]


def test_a_lone_surrogate_is_a_field_that_breaks_a_rule(client: Client) -> None:
    told(post(client, b'{"name": "\\ud800"}'), 422, "validation_failed")


def test_a_body_that_is_too_large_is_refused_before_it_is_read(client: Client) -> None:
    room = b" " * (LARGEST_BODY - len(b'{"name": "a"}'))
    assert post(client, b'{"name": "a"' + room + b"}").status_code == 201
    told(post(client, b'{"name": "a"' + room + b" }"), 413, "payload_too_large")


def test_a_body_without_a_length_is_refused_instead_of_being_taken_for_empty(client: Client) -> None:
    told(client.generic("POST", "/api/v1/example/things", HTTP_TRANSFER_ENCODING="chunked"), 411, "length_required")


def test_times_are_told_in_utc_with_milliseconds_and_a_z(client: Client) -> None:
    answer = client.get("/api/v1/example/things/thg_01jdc3k5v8e1xszq4b7m2n9htw").json()
    assert answer["made_at"] == "2026-11-23T12:00:00.000Z"
    assert answer["price"] == {"amount": 1999, "currency": "EUR"}


def test_the_api_describes_itself_problems_included(client: Client) -> None:
    schema = client.get("/api/v1/openapi.json").json()
    make = schema["paths"]["/api/v1/example/things"]["post"]
    assert make["responses"]["default"]["content"].keys() == {"application/problem+json"}
    assert {"ProblemDetails", "Flaw", "Thing", "Page_str_"} <= schema["components"]["schemas"].keys()
    assert make["operationId"] == "tearline_make"
    headers = {p["name"]: p["required"] for p in schema["paths"]["/api/v1/example/orders"]["post"]["parameters"]}
    assert headers == {"Idempotency-Key": True, "Prefer": False}


def test_the_documentation_loads_nothing_from_elsewhere(client: Client) -> None:
    page = client.get("/api/v1/docs").content.decode()
    assert "swagger-ui-bundle.js" in page
    assert "https://" not in page


def test_a_module_serves_only_below_its_own_prefixes() -> None:
    router = Router()
    router.get("/elsewhere")(example_api.fail)
    with pytest.raises(ValueError, match="/elsewhere"):
        RestApi(title="", version="", description="").mount("orders", router, prefixes=["/else", "/orders"])


def test_two_modules_never_serve_the_same_prefix() -> None:
    api = RestApi(title="", version="", description="")
    api.mount("orders", Router(), prefixes=["/orders"])
    with pytest.raises(ValueError, match="payments and orders both serve /orders"):
        api.mount("payments", Router(), prefixes=["/payments", "/orders"])
