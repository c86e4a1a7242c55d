"""What only a real connection can show: bodies on the wire, headers on the wire."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tearline.api import LARGEST_BODY, keys

pytestmark = pytest.mark.urls("tests.tearline.example_api")


@pytest.fixture
def http(live_server: Any) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{live_server.url}/api/v1/example", trust_env=False) as client:
        yield client


def code(response: httpx.Response) -> tuple[int, str]:
    assert response.headers["Content-Type"] == "application/problem+json"
    return response.status_code, response.json()["code"]


def test_a_key_opens_the_door_and_the_request_id_comes_back(http: httpx.Client) -> None:
    _, token = keys.issue(name="reader", scopes=["things:read"])
    response = http.get("/whoami", headers={"Authorization": f"Bearer {token}", "X-Request-Id": "over-the-wire"})
    assert response.status_code == 200
    assert response.headers["X-Request-Id"] == response.json()["request_id"] == "over-the-wire"
    assert code(http.get("/whoami", headers={b"Authorization": "Bearer é".encode()})) == (401, "api_key_invalid")


def test_a_body_sent_in_chunks_is_refused_instead_of_being_taken_for_empty(http: httpx.Client) -> None:
    assert code(http.post("/things", content=iter([b'{"name":', b' "a"}']))) == (411, "length_required")


def test_a_body_that_is_too_large_is_refused(http: httpx.Client) -> None:
    assert code(http.post("/things", content=b" " * (LARGEST_BODY + 1))) == (413, "payload_too_large")


def test_a_host_that_is_not_ours_is_refused(http: httpx.Client) -> None:
    assert code(http.get("/keys", headers={"Host": "evil.example"})) == (400, "bad_request")


def test_paths_that_no_database_could_look_up_name_nothing(http: httpx.Client) -> None:
    for odd in ("%00", "%FF", "%ED%A0%80"):  # NUL, no UTF-8, a lone surrogate
        assert code(http.get(f"/things/{odd}")) == (404, "not_found")
