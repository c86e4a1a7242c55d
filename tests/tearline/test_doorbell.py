"""Within a process: whoever can work is woken when there is something to look at, and not before."""

import threading
import time
from types import SimpleNamespace

import pytest

from tearline.work import _doorbell
from tearline.work._doorbell import SAME, Doorbell, Place

KINDS, MODULES = frozenset({"tasks", "sagas"}), frozenset({"orders", "shipping"})


@pytest.fixture
def bell() -> Doorbell:
    return Doorbell()


def answered(bell: Doorbell, *, within: float = 5.0, kinds: frozenset[str] = KINDS) -> Place | None:
    """What is rung for next; None when nobody rings in time."""
    enough = threading.Event()

    def stop_waiting() -> None:
        enough.set()
        bell.wake()

    timer = threading.Timer(within, stop_waiting)
    timer.start()
    try:
        return bell.answer(kinds, MODULES, unless=enough)
    finally:
        timer.cancel()


def test_a_ring_is_answered_once(bell: Doorbell) -> None:
    bell.ring("tasks", "orders")
    assert answered(bell) == ("tasks", "orders")
    assert answered(bell, within=0.1) is None


def test_rings_are_answered_in_their_order_by_whoever_can(bell: Doorbell) -> None:
    for place in (("inbox", "orders"), ("tasks", "orders"), ("sagas", "shipping"), ("tasks", "catalog")):
        bell.ring(*place)
    assert [answered(bell), answered(bell)] == [("tasks", "orders"), ("sagas", "shipping")]
    assert answered(bell, within=0.1) is None
    assert answered(bell, kinds=frozenset({"inbox"})) == ("inbox", "orders")


def test_many_rings_for_now_are_one(bell: Doorbell) -> None:
    for _ in range(1000):
        bell.ring("tasks", "orders")
    assert len(bell._rung["tasks", "orders"]) == 1
    assert answered(bell) == ("tasks", "orders")
    assert answered(bell, within=0.1) is None


def test_a_later_ring_is_not_lost_in_an_earlier_one(bell: Doorbell) -> None:
    """Somebody looks at once, and finds that nothing is due yet."""
    began = time.monotonic()
    bell.ring("tasks", "orders")
    bell.ring_after(0.1, "tasks", "orders")
    assert answered(bell) == ("tasks", "orders")
    assert answered(bell) == ("tasks", "orders")
    assert time.monotonic() - began >= 0.1


def test_an_earlier_ring_is_not_lost_in_a_later_one(bell: Doorbell) -> None:
    bell.ring_after(60, "tasks", "orders")
    bell.ring("tasks", "orders")
    assert answered(bell) == ("tasks", "orders")


def test_rings_for_almost_the_same_moment_are_one(bell: Doorbell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_doorbell, "time", SimpleNamespace(monotonic=lambda: 0.0))  # none goes by meanwhile
    for part in range(10):
        bell.ring_after(60 - part * SAME / 10, "tasks", "orders")
    assert len(bell._rung["tasks", "orders"]) == 1


def test_it_is_quiet_until_the_moment_has_come(bell: Doorbell) -> None:
    bell.ring_after(60, "tasks", "orders")
    assert bell.is_quiet(KINDS, MODULES)
    bell.ring("tasks", "orders")
    assert not bell.is_quiet(KINDS, MODULES)
    assert bell.is_quiet(KINDS, frozenset({"shipping"}))
