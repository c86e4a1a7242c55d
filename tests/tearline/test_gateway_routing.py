"""Whom the gateway leads a request to, and that it is always the same one."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client, RequestFactory
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from tearline.api.keys import issue
from tearline.gateway._routing import BUCKETS, Destination, bucket_of, destination_of
from tearline.topology import Shift, Topology
from tests.tearline import gateways
from tests.tearline.far_end import FarEnd, answer, far_end

NEXT = Shift(name="till-next", prefix="/payments", url="http://till-next", process="till-next")
TILL = "http://till"
KEYS = [f"ord_{number}" for number in range(10_000)]


def led(path: str, *shifts: Shift, method: str = "GET", who: str = "key_1", us: str = "shop", **headers: str) -> Any:
    """The target that a request is led to; None when it is answered here."""
    request = RequestFactory().generic(method, f"/api/v1{path}", headers=headers)
    found = destination_of(request, gateways.of(TILL, *shifts, us=us), who=lambda: who)
    return found and found.target


# Modules


def test_a_request_is_led_to_the_host_of_the_module_with_its_prefix() -> None:
    request = RequestFactory().get("/api/v1/payments/pay_1")
    found = destination_of(request, gateways.of(TILL), who=lambda: "key_1")
    assert found == Destination("gateway.payments", "/payments", TILL, "till")


@pytest.mark.parametrize("path", ["/orders", "/orders/x/overview", "/docs", "/openapi.json", "/payment", "/", ""])
def test_all_else_is_answered_here(path: str) -> None:
    assert led(path) is None


def test_where_all_modules_are_here_nothing_is_led_anywhere() -> None:
    topology = Topology(processes=(whole := gateways.of(TILL).processes)[:1], process=whole[0])
    assert destination_of(RequestFactory().get("/api/v1/payments"), topology, who=lambda: "key_1") is None


# Shifts


def test_the_first_shift_that_takes_a_request_has_it() -> None:
    other = Shift(name="other", prefix="/payments", url="http://other", process="other")
    assert led("/payments/x", NEXT, other) == "gateway.till-next"
    assert led("/payments/x", other, NEXT) == "gateway.other"


def test_a_shift_takes_its_prefix_and_nothing_beside_it() -> None:
    one = Shift(name="one", prefix="/orders/ord_1", url="http://one", process="one")
    assert [led(path, one) for path in ("/orders/ord_1", "/orders/ord_1/timeline", "/orders/ord_10", "/orders")] == [
        "gateway.one",
        "gateway.one",
        None,
        None,
    ]


def test_what_the_gateway_answers_itself_is_not_shifted() -> None:
    orders = Shift(name="orders-next", prefix="/orders", url="http://orders", process="orders")
    assert led("/orders/ord_1", orders) == "gateway.orders-next"
    assert led("/orders/ord_1/overview", orders) is None


def test_a_version_is_asked_for_by_a_header() -> None:
    newer = Shift(name="newer", prefix="/payments", url="http://newer", process="newer", version="2")
    told = [
        led("/payments", newer, **headers) for headers in ({}, {"Tearline-Version": "1"}, {"Tearline-Version": "2"})
    ]
    assert told == ["gateway.payments", "gateway.payments", "gateway.newer"]


def test_reading_may_be_shifted_before_writing() -> None:
    reads = Shift(name="reads", prefix="/payments", url="http://reads", process="reads", methods=("GET",))
    assert [led("/payments", reads, method=method) for method in ("GET", "POST")] == [
        "gateway.reads",
        "gateway.payments",
    ]


def test_a_prefix_that_no_module_has_may_be_led_to_a_system_that_is_not_ours() -> None:
    books = Shift(name="books", prefix="/invoices", url="http://books")
    assert (led("/invoices/1", books), led("/invoices/1")) == ("gateway.books", None)


@pytest.mark.parametrize("percent", [0, 100])
def test_nobody_is_asked_for_a_key_to_know_where_all_of_it_goes(percent: float) -> None:
    shift = Shift(name="s", prefix="/payments", url="http://s", process="s", percent=percent)

    def who() -> str:
        raise AssertionError("nobody needs to know")

    found = destination_of(RequestFactory().get("/api/v1/payments"), gateways.of(TILL, shift), who=who)
    assert found
    assert found.target == ("gateway.s" if percent else "gateway.payments")


# Shares


def part_of(percent: float, *, name: str = "s", by: str | None = "order_id") -> Shift:
    return Shift(name=name, prefix="/orders", url="http://s", process="s", percent=percent, by=by)


@pytest.mark.parametrize("percent", [0.5, 10, 25, 90])
def test_a_share_is_as_large_as_it_says(percent: float) -> None:
    taken = sum(led(f"/orders/{key}", part_of(percent)) is not None for key in KEYS)
    assert abs(taken / len(KEYS) - percent / 100) < 0.012


@given(st.text(min_size=1), st.text(alphabet="abc-", min_size=1))
def test_a_bucket_is_one_of_ten_thousand_and_always_the_same(key: str, name: str) -> None:
    assert bucket_of(name, key) == bucket_of(name, key)
    assert 0 <= bucket_of(name, key) < BUCKETS


@given(st.sampled_from(KEYS), st.floats(0, 100), st.floats(0, 100))
def test_whoever_is_in_a_share_stays_in_it_as_it_grows(key: str, one: float, other: float) -> None:
    small, large = sorted((round(one, 2), round(other, 2)))
    if led(f"/orders/{key}", part_of(small)):
        assert led(f"/orders/{key}", part_of(large))


@given(st.sampled_from(KEYS), st.sampled_from(["key_1", "key_2", "key_3"]), st.sampled_from(["GET", "POST"]))
def test_one_order_has_one_implementation_whoever_asks_for_whatever_of_it(key: str, who: str, method: str) -> None:
    whole = {
        led(path, part_of(50), who=who, method=method)
        for path in (f"/orders/{key}", f"/orders/{key}/timeline", f"/orders/{key}/cancel", f"/orders?order_id={key}")
    }
    assert whole == {led(f"/orders/{key}", part_of(50), who="key_9")}


def test_what_names_no_order_goes_the_way_of_whoever_asks_so_that_repeats_meet_their_first_try() -> None:
    shift = part_of(50)
    ways = {who: led("/orders", shift, method="POST", who=who) for who in KEYS[:100]}
    assert set(ways.values()) == {None, "gateway.s"}
    assert ways == {who: led("/orders", shift, method="POST", who=who) for who in KEYS[:100]}


def test_without_a_business_key_all_that_somebody_does_goes_one_way() -> None:
    shift = part_of(50, by=None)
    for who in KEYS[:50]:
        assert len({led(path, shift, who=who) for path in ("/orders", "/orders/ord_1", "/orders/ord_2")}) == 1


def test_two_shifts_draw_different_lots() -> None:
    both = sum(all(bucket_of(name, key) < 1000 for name in ("one", "other")) for key in KEYS)
    assert both < 200  # of the thousand that each of them takes


def test_systems_that_are_not_ours_share_by_the_credentials_that_they_know() -> None:
    books = Shift(name="books", prefix="/invoices", url="http://books", percent=50)
    ways = {token: led("/invoices", books, Authorization=token) for token in KEYS[:100]}
    assert set(ways.values()) == {None, "gateway.books"}
    assert ways == {token: led("/invoices", books, who="another", Authorization=token) for token in KEYS[:100]}


# One of the two, and never both


@pytest.fixture
def ends(db: None, settings: Settings) -> Iterator[tuple[FarEnd, FarEnd]]:
    """The till, and the next one, which takes half of the orders' payments."""
    with far_end() as till, far_end() as after:
        half = Shift(name="half", prefix="/payments", url=after.url, process="till-next", percent=50, by="order_id")
        with gateways.being(gateways.of(till.url, half), settings):
            yield till, after


def test_a_request_is_sent_to_one_of_the_two(ends: tuple[FarEnd, FarEnd]) -> None:
    till, after = ends
    _, token = issue(name="reader", scopes=["payments:read"])
    client = Client(headers={"Authorization": f"Bearer {token}"})
    till.say = after.say = answer({})
    for number, key in enumerate(KEYS[:40], start=1):
        assert client.get("/api/v1/payments", {"order_id": key}).status_code == 200
        assert len(till.heard) + len(after.heard) == number
    assert till.heard
    assert after.heard


def test_who_does_not_answer_is_not_stood_in_for_by_the_other_one(ends: tuple[FarEnd, FarEnd], db: None) -> None:
    till, after = ends
    _, token = issue(name="reader", scopes=["payments:read"])
    client = Client(headers={"Authorization": f"Bearer {token}"})
    taken = next(key for key in KEYS if bucket_of("half", key) < BUCKETS // 2)
    after.say = answer(b"", status="503 Nobody")
    assert client.get("/api/v1/payments", {"order_id": taken}).status_code == 502
    assert till.heard == []
