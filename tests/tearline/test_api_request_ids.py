import pytest
from django.test import Client

from tearline.api import current_request_id, keys

pytestmark = pytest.mark.urls("tests.tearline.example_api")


@pytest.fixture
def token(db: None) -> str:
    _, token = keys.issue(name="reader", scopes=["things:read"])
    return token


def whoami(client: Client, token: str, **headers: str) -> dict[str, str]:
    response = client.get("/api/v1/example/whoami", headers={"Authorization": f"Bearer {token}"} | headers)
    answer: dict[str, str] = response.json()
    assert answer["request_id"] == response["X-Request-Id"]
    return answer


def test_a_sane_request_id_is_kept_and_sent_back(client: Client, token: str) -> None:
    assert whoami(client, token, **{"X-Request-Id": "abc-123"})["request_id"] == "abc-123"


@pytest.mark.parametrize("insane", ["", "a b", "x" * 129, "é", 'a"b', "<script>"])
def test_an_insane_request_id_is_replaced(client: Client, token: str, insane: str) -> None:
    assert whoami(client, token, **{"X-Request-Id": insane})["request_id"].startswith("req_")


def test_outside_of_a_request_there_is_no_request_id(client: Client, token: str) -> None:
    whoami(client, token)
    assert current_request_id() is None


def test_a_view_acts_in_the_name_of_its_module(client: Client, token: str) -> None:
    assert whoami(client, token)["acting"] == "example"
