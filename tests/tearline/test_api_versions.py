from datetime import date
from typing import Any

import pytest
from django.test import Client

from tearline.api import ApiVersion, Versions

pytestmark = pytest.mark.urls("tests.tearline.example_api")


def made(client: Client, body: dict[str, Any], **headers: str) -> Any:
    return client.post("/api/v1/example/things", body, content_type="application/json", headers=headers)


@pytest.mark.parametrize(
    ("version", "sent", "told"),
    [("2025-01-01", "title", "title"), ("2025-06-01", "name", "title"), ("2026-01-01", "name", "name")],
)
def test_each_version_is_asked_and_answers_as_it_did(client: Client, version: str, sent: str, told: str) -> None:
    response = made(client, {sent: "one"}, **{"API-Version": version})
    assert (response.status_code, response.json()[told]) == (201, "one")
    assert response["API-Version"] == version
    assert {"title", "name"} & response.json().keys() == {told}


def test_the_newest_answers_who_names_none(client: Client) -> None:
    response = made(client, {"name": "one"})
    assert (response.json()["name"], response["API-Version"], response["Vary"]) == ("one", "2026-01-01", "API-Version")


def test_an_old_version_says_when_it_ends(client: Client) -> None:
    told = {"2025-01-01": "title", "2026-01-01": "name"}
    old, new = (made(client, {name: "one"}, **{"API-Version": each}) for each, name in told.items())
    assert (old["Deprecation"], old["Sunset"]) == ("@1767225600", "Fri, 01 Jan 2027 00:00:00 GMT")
    assert not {"Deprecation", "Sunset"} & {*new.headers}


@pytest.mark.parametrize("version", ["2024-01-01", "2026-13-01", "newest", ""])
def test_a_version_that_is_not_served_is_refused_and_those_that_are_named(client: Client, version: str) -> None:
    response = made(client, {"name": "one"}, **{"API-Version": version})
    problem = response.json()
    assert (response.status_code, problem["code"]) == (400, "unknown_version")
    assert problem["errors"][0]["parameter"] == "API-Version"
    assert "2025-01-01, 2025-06-01, 2026-01-01" in problem["detail"]


def test_what_an_old_version_says_wrongly_is_told_like_anything_wrong(client: Client) -> None:
    for body in ("{", "[]", '{"title": 1}', "{}"):
        response = client.post(
            "/api/v1/example/things", body, content_type="application/json", headers={"API-Version": "2025-01-01"}
        )
        assert response.status_code in (400, 422), body


def test_versions_are_told_oldest_first() -> None:
    with pytest.raises(ValueError, match="oldest first"):
        Versions(ApiVersion(date(2026, 1, 1)), ApiVersion(date(2025, 1, 1)))
