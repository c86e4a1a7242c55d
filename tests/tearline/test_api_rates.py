"""How often somebody may ask: counted at the gateway, for each key and for the wrong ones of each address."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client, RequestFactory
from pytest_django import Settings

from tearline.api import Principal, _rates, introduced, principal_of
from tearline.api.keys import issue, rotate
from tearline.observability import uncounted
from tests.processes import free_port
from tests.redis_server import RedisServer
from tests.tearline import gateways

pytestmark = [pytest.mark.urls("tests.tearline.example_api")]


@pytest.fixture(autouse=True)
def rates(settings: Settings) -> Iterator[None]:
    settings.TEARLINE_RATE_LIMIT, settings.TEARLINE_WRONG_KEYS = "3/hour", "2/hour"
    _rates.counter_at.cache_clear()
    yield
    _rates.counter_at.cache_clear()


def ask(token: str, *, path: str = "whoami", **extra: Any) -> Any:
    return Client().get(f"/api/v1/example/{path}", headers={"Authorization": f"Bearer {token}"}, **extra)


@pytest.mark.usefixtures("db")
class TestKeys:
    def test_each_answer_tells_how_many_are_left_and_the_one_too_many_is_refused(self) -> None:
        _, token = issue(name="reader", scopes=["things:read"])
        for left in (2, 1, 0):
            response = ask(token)
            assert (response.status_code, response["RateLimit-Policy"]) == (200, '"default";q=3;w=3600')
            assert response["RateLimit"].startswith(f'"default";r={left};t=')
        refused = ask(token)
        assert (refused.status_code, refused["Content-Type"]) == (429, "application/problem+json")
        assert (refused.json()["code"], refused.json()["retryable"]) == ("rate_limited", True)
        assert refused["RateLimit"] == f'"default";r=0;t={refused["Retry-After"]}'
        assert 3590 < int(refused["Retry-After"]) <= 3600

    def test_what_is_refused_for_another_reason_is_counted_and_told_too(self) -> None:
        _, token = issue(name="writer", scopes=["things:write"])
        response = ask(token)
        assert (response.status_code, response["RateLimit"][:14]) == (403, '"default";r=2;')

    def test_each_key_has_its_own_and_the_one_that_takes_its_place_goes_on(self) -> None:
        first, token = issue(name="first", scopes=["things:read"])
        _, other = issue(name="other", scopes=["things:read"])
        assert [ask(token).status_code for _ in range(4)][-1] == 429
        assert ask(other).status_code == 200
        _, successor = rotate(first.id, overlap=timedelta(hours=1))
        assert ask(successor).status_code == 429

    def test_a_request_is_counted_once_however_often_it_is_asked_whose_it_is(self) -> None:
        _, token = issue(name="reader", scopes=["things:read"])
        request = RequestFactory().get("/", headers={"Authorization": f"Bearer {token}"})
        assert principal_of(request) == principal_of(request)
        assert ask(token)["RateLimit"].startswith('"default";r=1;')

    def test_nobody_but_the_gateway_counts(self, settings: Settings) -> None:
        settings.TEARLINE_TOPOLOGY = gateways.of(None, us="till")
        told = introduced(Principal("key_1", frozenset({"*"})), to="till", keys=settings.TEARLINE_SERVICE_KEYS)
        for _ in range(5):
            response = ask(told)
            assert (response.status_code, "RateLimit" in response) == (200, False)

    def test_without_a_rate_nobody_is_counted(self, settings: Settings) -> None:
        settings.TEARLINE_RATE_LIMIT = "off"
        _, token = issue(name="reader", scopes=["things:read"])
        assert [(ask(token).status_code, "RateLimit" in ask(token)) for _ in range(3)] == [(200, False)] * 3


@pytest.mark.usefixtures("db")
class TestWrongKeys:
    def test_they_are_refused_by_address_and_right_ones_from_there_are_answered(self) -> None:
        """Whoever shares an address with somebody who guesses, behind a proxy say, is not shut out."""
        _, token = issue(name="reader", scopes=["things:read"])
        assert [ask("sk_test_1").status_code for _ in range(3)] == [401, 401, 429]
        refused = ask("sk_test_1")
        assert (refused.json()["code"], refused.json()["retryable"]) == ("too_many_failures", False)
        assert 3590 < int(refused["Retry-After"]) <= 3600
        assert ask("sk_test_1", REMOTE_ADDR="10.0.0.7").status_code == 401
        assert ask(token).status_code == 200

    def test_however_many_addresses_guess_they_take_no_more_room(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(_rates, "BUCKETS", 4)
        for number in range(20):
            ask("sk_test_1", REMOTE_ADDR=f"10.0.0.{number}")
        kept = _rates.counter()._storage
        assert 0 < len(kept.storage) <= 4  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "10.0.0.1", "192.0.2.7"),
        (1, "10.0.0.1", "10.0.0.1"),
        (1, "6.6.6.6, 10.0.0.1", "10.0.0.1"),
        (2, "6.6.6.6, 10.0.0.1, 10.0.0.2", "10.0.0.1"),
        (2, "10.0.0.1", "192.0.2.7"),
        (1, "", "192.0.2.7"),
        (1, "2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        (1, "nonsense", "nonsense"),
    ],
)
def test_an_address_is_what_the_proxies_say_that_we_know_of(
    settings: Settings, proxies: int, forwarded: str, address: str
) -> None:
    settings.TEARLINE_PROXIES = proxies
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    assert _rates.address_of(RequestFactory().get("/", headers=headers, REMOTE_ADDR="192.0.2.7")) == address


def test_what_is_no_rate_starts_nothing(settings: Settings) -> None:
    settings.TEARLINE_RATE_LIMIT = "as much as I like"
    with pytest.raises(ImproperlyConfigured, match="no rate such as 100/minute"):
        _rates.refuse_nonsense()


@pytest.mark.parametrize("counters", [1, 3])
def test_many_at_once_are_counted_once_each_by_one_and_by_several_processes(
    redis_server: RedisServer, counters: int
) -> None:
    several = [_rates.RateCounter(redis_server.url) for _ in range(counters)]
    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(lambda number: several[number % counters].count("30/hour", "ada"), range(60)))
    assert sorted(standing.used for standing in told if standing) == list(range(1, 61))
    assert Counter(standing.is_exceeded for standing in told if standing) == {False: 30, True: 30}


def test_nobody_is_sent_away_as_redis_does_not_answer(caplog: pytest.LogCaptureFixture) -> None:
    counter = _rates.RateCounter(f"redis://127.0.0.1:{free_port()}/0")
    before = uncounted._value.get()
    assert [counter.count("1/hour", "ada") for _ in range(3)] == [None] * 3
    assert uncounted._value.get() - before == 3
    assert caplog.text.count("nobody is counted") == 1  # it is not even asked for a while


def test_once_redis_is_back_it_counts_again(redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_rates, "PAUSE", 0.0)
    counter = _rates.RateCounter(redis_server.url)
    first = counter.count("5/hour", "ada")
    redis_server.kill()
    assert counter.count("5/hour", "ada") is None
    redis_server.start()
    again = counter.count("5/hour", "ada")
    assert first is not None
    assert again is not None
