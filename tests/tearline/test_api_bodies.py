"""What a body says and nobody reads is refused."""

import json
from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.urls("tests.tearline.example_api")

UNKNOWN = "unknown_field"


def sent(client: Client, path: str, body: object, **headers: str) -> Any:
    return client.post(
        f"/api/v1/example/{path}", json.dumps(body), content_type="application/json", headers={**headers}
    )


def refused(response: Any) -> list[tuple[str, str]]:
    """Where, and why."""
    told = response.json()
    assert (response.status_code, told["code"]) == (422, "validation_failed"), response.content
    return [(flaw["pointer"], flaw["code"]) for flaw in told["errors"]]


def said_of(client: Client, path: str, body: object) -> str:
    told = sent(client, path, body).json()
    [flaw] = told["errors"]
    assert told["detail"] == flaw["message"]
    return str(flaw["message"])


def test_what_is_not_known_is_refused_at_any_depth_and_pointed_at(client: Client) -> None:
    body = {"name": "a", "parts": [{"quantity": 1, "colour": 1}], "price": {"amount": 1, "currency": "EUR", "~/": 1}}
    assert refused(sent(client, "things", body | {"size": {"deep": {"er": 1}}})) == [
        ("/parts/0/colour", UNKNOWN),
        ("/price/~0~1", UNKNOWN),
        ("/size", UNKNOWN),
    ]


def test_what_else_is_wrong_is_told_with_it(client: Client) -> None:
    assert refused(sent(client, "things", {"nmae": "a", "parts": [{"quantity": 0}]})) == [
        ("/name", "missing"),
        ("/parts/0/quantity", "greater_than_equal"),
        ("/nmae", UNKNOWN),
    ]


@pytest.mark.parametrize(
    ("path", "body", "meant"),
    [
        ("things", {"name": "a", "verison": 1}, "version"),
        ("things", {"name": "a", "madeAt": None}, "made_at"),
        ("things", {"name": "a", "parts": [{"quantity": 1, "quantitiy": 2}]}, "quantity"),
        ("things", {"name": "a", "price": {"amount": 1, "currency": "EUR", "amonut": 2}}, "amount"),
        ("crates", {"labelled": {"fragile": {"quantity": 1, "qantity": 1}}}, "quantity"),
    ],
)
def test_the_field_that_may_have_been_meant_is_named(client: Client, path: str, body: object, meant: str) -> None:
    assert said_of(client, path, body).endswith(f" is not known here. Perhaps {meant} is meant.")


def test_nothing_is_guessed_where_nothing_is_near(client: Client) -> None:
    assert said_of(client, "things", {"name": "a", "unheard_of": 1}) == "The field unheard_of is not known here."
    assert said_of(client, "things", {"name": "a", "parts": [{"quantity": 1, "nmae": 1}]}).endswith("known here.")


def test_of_what_may_be_one_of_several_nothing_is_passed_over_either(client: Client) -> None:
    assert sent(client, "crates", {"on_top": {"quantity": 1}}).json()["on_top"] == {"quantity": 1}
    flaws = sent(client, "crates", {"on_top": {"quantity": 1, "qantity": 1}}).json()["errors"]
    assert "The field qantity is not known here. Perhaps quantity is meant." in [flaw["message"] for flaw in flaws]


def test_names_that_clients_choose_are_theirs(client: Client) -> None:
    assert sent(client, "crates", {"labelled": {"anything": {"quantity": 1}}}).status_code == 200


def test_of_very_many_the_first_are_named_and_long_ones_in_part(client: Client) -> None:
    flaws = sent(client, "things", {"name": "a", **{f"{'x' * 200}{number}": 1 for number in range(1000)}})
    told = flaws.json()["errors"]
    assert [flaw["pointer"] for flaw in told] == [f"/{'x' * 200}{number}" for number in range(100)]
    assert told[0]["message"] == f"The field {'x' * 64}… is not known here."


def test_a_name_that_is_no_text_is_refused(client: Client) -> None:
    response = client.post("/api/v1/example/things", b'{"name": "a", "\\ud800": 1}', content_type="application/json")
    assert response.status_code == 422


def test_what_an_old_version_called_otherwise_is_known_in_that_version_alone(client: Client) -> None:
    assert sent(client, "things", {"title": "a"}, **{"API-Version": "2025-01-01"}).status_code == 201
    assert refused(sent(client, "things", {"title": "a"})) == [("/name", "missing"), ("/title", UNKNOWN)]
    old = sent(client, "things", {"title": "a", "colour": 1}, **{"API-Version": "2025-01-01"})
    assert refused(old) == [("/colour", UNKNOWN)]


# Where none is asked for


def ordered(client: Client, body: bytes, kind: str = "application/json") -> Any:
    return client.generic(
        "POST", "/api/v1/example/orders", body, content_type=kind, headers={"Idempotency-Key": "done"}
    )


@pytest.mark.parametrize("body", [b"", b"{}", b" { } ", b"null"])
def test_what_says_nothing_is_taken_where_no_body_is_asked_for(client: Client, body: bytes) -> None:
    assert ordered(client, body).status_code == 201


def test_what_says_something_is_refused_where_no_body_is_asked_for(client: Client) -> None:
    assert refused(ordered(client, b'{"amount": 5, "because": {}}')) == [("/amount", UNKNOWN), ("/because", UNKNOWN)]


@pytest.mark.parametrize("body", [b"{", b"[]", b"[1]", b"0", b"false", b'""', b'"a"', b'{"a": 1, "a": 2}'])
def test_what_is_no_object_is_malformed_where_no_body_is_asked_for(client: Client, body: bytes) -> None:
    response = ordered(client, body)
    assert (response.status_code, response.json()["code"]) == (400, "malformed")


def test_a_form_is_refused_where_no_body_is_asked_for(client: Client) -> None:
    response = ordered(client, b"amount=5", "application/x-www-form-urlencoded")
    assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type")


def test_whoever_reads_what_others_have_signed_is_given_it_as_it_came(client: Client) -> None:
    told = client.generic("POST", "/api/v1/example/hooks", b"paid=1", content_type="application/x-www-form-urlencoded")
    assert told.json() == len(b"paid=1")
