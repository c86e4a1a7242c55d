"""What people try who mean harm, and what neither the fuzzing nor the tests of the conventions ask by themselves."""

import json
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

pytestmark = pytest.mark.urls("tests.tearline.example_api")

THINGS = "/api/v1/example/things"


def code_of(response: Any) -> tuple[int, str]:
    return response.status_code, json.loads(response.content)["code"]


# Bodies


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "text/plain,application/json",
        "application/json,text/plain",
        "application/jsonx",
        "application/json; charset=utf-16",
    ],
)
def test_a_form_of_another_page_cannot_speak_for_json(client: Client, content_type: str) -> None:
    response = client.generic("POST", THINGS, b'{"name": "a"}', content_type=content_type)
    assert code_of(response) == (415, "unsupported_media_type")


def test_a_packed_body_is_not_unpacked(client: Client) -> None:
    packed = {"Content-Encoding": "gzip"}
    response = client.post(THINGS, b'{"name": "a"}', content_type="application/json", headers=packed)
    assert code_of(response) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    "name", ["\u202eeman", "a\u0301\u0302\u0303", "\U0001f468\u200d\U0001f469", "\ufeff", "ﷺ" * 10]
)
def test_odd_text_is_answered_as_it_came(client: Client, name: str) -> None:
    response = client.post(THINGS, {"name": name}, content_type="application/json")
    assert (response.status_code, response.json()["name"]) == (201, name)


@pytest.mark.parametrize("number", ["-1", "0", "1e400", "9" * 400, "-" + "9" * 30, "1.0", "true", '"1"', "[1]", "{}"])
def test_no_number_but_a_sensible_one_is_an_amount(client: Client, number: str) -> None:
    body = f'{{"name": "a", "price": {{"amount": {number}, "currency": "EUR"}}}}'
    response = client.post(THINGS, body, content_type="application/json")
    assert response.status_code == (201 if number in {"-1", "0"} else 422 if number != "1e400" else 400)


# Headers


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_no_header_makes_another_method_of_it(client: Client, header: str, method: str) -> None:
    response = client.post(THINGS, {"name": "a"}, content_type="application/json", headers={header: method})
    assert response.status_code == 201


@pytest.mark.parametrize("header", ["X-Original-URL", "X-Rewrite-URL"])
def test_no_header_makes_another_path_of_it(client: Client, header: str) -> None:
    response = client.get("/api/v1/example/nowhere", headers={header: "/api/v1/openapi.json"})
    assert code_of(response) == (404, "not_found")


def test_nobody_in_between_is_believed_about_our_name_and_scheme(client: Client, settings: Settings) -> None:
    told = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "Forwarded": "host=evil.example"}
    response = client.post(THINGS, {"name": "a"}, content_type="application/json", headers=told)
    assert b"evil.example" not in response.content + repr(response.headers).encode()
    assert not response.wsgi_request.is_secure()
