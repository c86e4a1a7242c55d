"""Over HTTP a deadline holds for the whole exchange, however slowly the other side talks."""

import email.utils
import socket
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

import httpcore
import httpx
import pytest

from tearline.contracts import Unavailable
from tearline.resilience import Guard, NotAsked, Policy, TimedOut, TooLarge, deadline
from tearline.resilience.http import ask, client, fetch, retry_after
from tests.tearline import dripping
from tests.tearline.dripping import Part, serving

SOON = 0.1  # seconds
MANY = 8_000_000  # bytes: more than a socket takes in by itself


TO_IT = client(connections=1)
"""Made beforehand, as that takes its time."""


def asked(url: str, *, body: bytes = b"") -> httpx.Response:
    return ask(TO_IT, TO_IT.build_request("POST", url, content=body))


def test_an_answer_in_time_is_read_to_its_end() -> None:
    with serving(dripping.brisk) as url, deadline(10):
        assert asked(url).text == "done"


def test_without_a_deadline_httpx_decides() -> None:
    with serving(dripping.silent) as url, client(connections=1) as to_it:
        request = to_it.build_request("GET", url, timeout=SOON)
        with pytest.raises(Unavailable, match="ReadTimeout"):
            ask(to_it, request)


# A server drips for as long as it is asked: without a deadline for the whole none of these would ever end.


@pytest.mark.parametrize("part", [dripping.silent, dripping.dripping_head, dripping.dripping_body])
def test_who_drips_is_left_when_the_time_is_up(part: Part) -> None:
    with serving(part) as url, deadline(SOON), pytest.raises(Unavailable, match="ReadTimeout") as told:
        asked(url)
    assert told.value.maybe_done


def test_who_reads_slowly_is_left_when_the_time_is_up() -> None:
    body = b"x" * MANY  # which takes its time
    with (
        serving(dripping.reading_slowly) as url,
        deadline(SOON),
        pytest.raises(Unavailable, match="WriteTimeout") as told,
    ):
        asked(url, body=body)
    assert told.value.maybe_done


def test_nobody_waits_for_a_connection_for_longer_than_their_time() -> None:
    with (
        client(connections=1) as to_it,
        serving(dripping.dripping_body) as url,
        to_it.stream("GET", url),
        deadline(SOON),
        pytest.raises(NotAsked, match="connections full"),
    ):
        ask(to_it, to_it.build_request("GET", url, timeout=None))


def test_plain_httpx_takes_all_the_time_that_a_dripping_server_wants() -> None:
    enough = 5 * SOON / dripping.EVERY
    with (
        serving(dripping.dripping_body) as url,
        httpx.Client(timeout=SOON) as plain,
        plain.stream("GET", url) as answer,
    ):
        for bytes_read, _ in enumerate(answer.iter_raw(1)):
            if bytes_read > enough:
                return


def test_an_attempt_that_drips_is_followed_by_one_that_does_not() -> None:
    policy = Policy(attempt=SOON, slow=SOON, total=10)
    with serving(dripping.dripping_body, dripping.brisk) as url:
        answer = Guard("till", policy, is_isolated=lambda _: False).call(lambda: asked(url), idempotent=True)
    assert answer.text == "done"


# What is certain


def test_who_refuses_the_connection_has_done_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(Unavailable, match="ConnectError") as told:
        asked(f"http://127.0.0.1:{port}")
    assert not told.value.maybe_done


def test_who_is_not_known_has_done_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> NoReturn:
        raise socket.gaierror("not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(Unavailable, match="could not be asked") as told:
        asked("http://till.internal")
    assert not told.value.maybe_done


def test_who_hangs_up_may_have_done_it() -> None:
    with serving(dripping.hanging_up) as url, deadline(10), pytest.raises(Unavailable) as told:
        asked(url)
    assert told.value.maybe_done


def test_a_deadline_that_has_passed_lets_nobody_be_asked() -> None:
    with serving(dripping.brisk) as url, deadline(-1), pytest.raises(Unavailable, match="ConnectTimeout") as told:
        asked(url)
    assert not told.value.maybe_done


def test_all_addresses_of_a_host_share_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[tuple[str, float]] = []

    def unreachable(_: object, host: str, __: int, timeout: float, *___: object) -> NoReturn:
        given.append((host, timeout))
        raise httpcore.ConnectTimeout

    addresses = [(0, 0, 0, "", (f"10.0.0.{number}", 80)) for number in (1, 2)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: addresses)
    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", unreachable)
    with deadline(10), pytest.raises(Unavailable, match="ConnectTimeout"):
        asked("http://till.internal")
    (one, first), (other, second) = given
    assert (one, other) == ("10.0.0.1", "10.0.0.2")
    assert 9 < second < first <= 10


# When to come back


@pytest.mark.parametrize(("told", "seconds"), [("120", 120), ("0", 0), (None, None), ("soon", None), ("-1", None)])
def test_when_to_come_back_in_seconds(told: str | None, seconds: float | None) -> None:
    assert retry_after(httpx.Response(503, headers={"Retry-After": told} if told else {})) == seconds


def test_when_to_come_back_as_a_date() -> None:
    in_a_minute = email.utils.format_datetime(datetime.now(UTC) + timedelta(minutes=1), usegmt=True)
    long_ago = "Wed, 21 Oct 2015 07:28:00 GMT"
    without_a_zone = "Wed, 21 Oct 2015 07:28:00 -0000"
    waits = [retry_after(httpx.Response(503, headers={"Retry-After": date})) for date in (in_a_minute, long_ago)]
    assert 50 < (waits[0] or 0) <= 60
    assert waits[1] == 0
    assert retry_after(httpx.Response(503, headers={"Retry-After": without_a_zone})) is None


# Answers that are passed on


def fetched(url: str, *, largest: int) -> bytes:
    with client(connections=1) as to_it, deadline(10):
        return fetch(to_it, httpx.Request("GET", url), largest=largest)[1]


def test_an_answer_is_fetched_as_it_comes_and_no_more_of_it_than_is_wanted() -> None:
    with serving(dripping.brisk) as url:
        assert fetched(url, largest=4) == b"done"
        with pytest.raises(TooLarge, match="more than 3 bytes"):
            fetched(url, largest=3)


def test_who_never_stops_is_left_once_it_is_too_much() -> None:
    with serving(dripping.dripping_body) as url, pytest.raises(TooLarge):
        fetched(url, largest=5)


@pytest.mark.parametrize("part", [dripping.silent, dripping.dripping_head, dripping.dripping_body])
def test_fetching_takes_no_longer_than_there_is_time(part: Part) -> None:
    with client(connections=1) as to_it, serving(part) as url, deadline(SOON), pytest.raises(TimedOut):
        fetch(to_it, httpx.Request("GET", url), largest=MANY)
