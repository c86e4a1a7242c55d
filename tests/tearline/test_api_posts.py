"""Keys that make a POST harmless to repeat, and waiting for its outcome."""

from contextlib import ExitStack
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from tearline.api import waiting
from tearline.api._waiting import asked_wait

pytestmark = pytest.mark.urls("tests.tearline.example_api")


def order(client: Client, **headers: str) -> Any:
    return client.post(
        "/api/v1/example/orders",
        content_type="application/json",
        headers={name.replace("_", "-"): text for name, text in headers.items()},
    )


def test_a_fresh_key_is_carried_out(client: Client) -> None:
    response = order(client, Idempotency_Key="new done")
    assert (response.status_code, response.json()) == (201, "new done")
    assert "Idempotent-Replayed" not in response
    assert response["Cache-Control"] == "no-store"


def test_a_replay_says_so(client: Client) -> None:
    assert order(client, Idempotency_Key="old done")["Idempotent-Replayed"] == "true"


def test_without_a_key_nothing_is_done(client: Client) -> None:
    response = order(client)
    assert (response.status_code, response.json()["code"]) == (400, "idempotency_key_missing")


@pytest.mark.parametrize("key", ["", "x" * 256, "é", "tab\there", "\x7f", "one, another", "one,another", ","])
def test_a_key_that_is_not_printable_ascii_of_a_bounded_length_is_refused(client: Client, key: str) -> None:
    response = order(client, Idempotency_Key=key)
    assert (response.status_code, response.json()["code"]) == (400, "idempotency_key_invalid")


def test_the_longest_key_is_taken(client: Client) -> None:
    assert order(client, Idempotency_Key="~" * 255).status_code == 201


@pytest.mark.parametrize(
    ("prefer", "seconds"),
    [
        ("wait=5", 5),
        ("wait=0", 0),
        ("WAIT = 7", 7),
        ('wait="8"', 8),
        ("respond-async, wait=9", 9),
        ("wait=3; because=hurry, handling=lenient", 3),
        ('note="a, wait=4", wait=6', 6),
        ("wait=1, wait=2", 1),
        ("wait=soon, wait=2", 0),
        ("wait=-1", 0),
        ("wait=2.5", 0),
        ("wait=11", 10),
        ("wait=99999999999", 10),
        ("wait", 0),
        ("await=5", 0),
        ("wait=٣", 0),
        ("", 0),
    ],
)
def test_a_wait_is_read_as_rfc_7240_says_and_what_is_malformed_is_ignored(prefer: str, seconds: int) -> None:
    assert asked_wait(prefer) == seconds


def test_a_wait_that_reaches_the_outcome_is_201_and_applied(client: Client) -> None:
    response = order(client, Idempotency_Key="done", Prefer="wait=5")
    assert (response.status_code, response["Preference-Applied"]) == (201, "wait=5")


def test_a_wait_that_runs_out_is_202(client: Client) -> None:
    assert order(client, Idempotency_Key="open", Prefer="wait=5").status_code == 202


def test_who_asks_for_no_wait_gets_201_at_once(client: Client) -> None:
    response = order(client, Idempotency_Key="open")
    assert response.status_code == 201
    assert "Preference-Applied" not in response


@pytest.mark.parametrize(("key", "status"), [("open", 202), ("done", 201)])
def test_who_asks_for_an_answer_at_once_is_told_whether_it_is_the_outcome(
    client: Client, key: str, status: int
) -> None:
    response = order(client, Idempotency_Key=key, Prefer="handling=lenient, Respond-Async")
    assert (response.status_code, "Preference-Applied" in response) == (status, False)


def test_nobody_waits_longer_than_ten_seconds(client: Client) -> None:
    assert order(client, Idempotency_Key="done", Prefer="wait=3600")["Preference-Applied"] == "wait=10"


def test_at_most_a_quarter_of_the_threads_is_held_and_a_seat_is_given_back() -> None:
    seats = settings.TEARLINE_SERVER_THREADS // 4
    with ExitStack() as waiters:
        for _ in range(seats):
            assert waiters.enter_context(waiting("wait=5", HttpResponse())).seconds == 5
        response = HttpResponse()
        refused = waiters.enter_context(waiting("wait=5", response))
        assert (refused.seconds, refused.status(reached=False), "Preference-Applied" in response) == (0, 202, False)
    with waiting("wait=5", HttpResponse()) as wait:
        assert wait.seconds == 5


def test_a_seat_is_given_back_when_the_view_fails() -> None:
    for _ in range(settings.TEARLINE_SERVER_THREADS):
        with pytest.raises(RuntimeError), waiting("wait=5", HttpResponse()) as wait:
            raise RuntimeError(f"{wait.seconds} seconds granted")
    with waiting("wait=5", HttpResponse()) as wait:
        assert wait.seconds == 5
