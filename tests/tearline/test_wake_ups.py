"""The bell: heard at once, never waited for, and no ring is swallowed by another."""

import logging
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from tearline.wake_ups import Bell, _bell
from tearline.wake_ups._messages import IN_TIME, Messenger
from tests.processes import ROOT, eventually
from tests.redis_server import RedisServer


class Heard:
    """What a bell has sent. While `stuck` nothing gets through; while `broken` every send fails."""

    def __init__(self) -> None:
        self.rings: list[str] = []
        self.tries = 0
        self.broken = False
        self.unstuck = threading.Event()
        self.unstuck.set()

    def __call__(self, module: str) -> None:
        self.tries += 1
        self.unstuck.wait(30)
        if self.broken:
            raise OSError("nobody there")
        self.rings.append(module)

    def count(self, rings: int) -> None:
        eventually(lambda: len(self.rings) >= rings, f"{rings} rings are heard", seconds=5)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def bell(heard: Heard) -> Bell:
    return Bell(heard)


def test_nobody_who_rings_waits_for_redis(bell: Bell, heard: Heard) -> None:
    heard.unstuck.clear()
    began = time.monotonic()
    for _ in range(1000):
        bell.ring("orders")
    assert time.monotonic() - began < 1.0
    assert heard.rings == []
    heard.unstuck.set()
    heard.count(1)


def test_many_rings_at_once_are_two_the_first_and_one_after_the_last(
    bell: Bell, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_bell, "GAP", 3600.0)
    bell.ring("orders")
    heard.count(1)
    for _ in range(100):
        bell.ring("orders")
    assert bell.flush(5)
    assert heard.rings == ["orders", "orders"]


def test_a_ring_while_another_is_on_its_way_is_not_swallowed(bell: Bell, heard: Heard) -> None:
    heard.unstuck.clear()
    bell.ring("orders")
    eventually(lambda: heard.tries, "the first is on its way")
    bell.ring("orders")
    heard.unstuck.set()
    heard.count(2)


def test_modules_do_not_wait_for_each_other(bell: Bell, heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_bell, "GAP", 3600.0)
    for module in ("orders", "payments", "shipping"):
        bell.ring(module)
    heard.count(3)
    assert sorted(heard.rings) == ["orders", "payments", "shipping"]


def test_a_ring_can_be_put_off_and_is_not_put_off_by_that(bell: Bell, heard: Heard) -> None:
    bell.ring("payments", after=0.2)
    bell.ring("orders", after=3600)
    heard.count(1)
    bell.ring("orders")
    bell.ring("orders", after=3600)
    heard.count(2)
    assert heard.rings == ["payments", "orders"]


def test_a_ring_that_does_not_get_through_is_tried_again_and_the_outage_told_once(
    bell: Bell, heard: Heard, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(_bell, "PAUSE", 0.05)
    caplog.set_level(logging.INFO, logger="tearline.wake_ups")
    heard.broken = True
    bell.ring("orders")
    eventually(lambda: heard.tries > 3, "it is tried again and again")
    heard.broken = False
    heard.count(1)
    assert bell.flush(5)
    assert [record.message for record in caplog.records] == [
        "no wake-up gets through, work is found by looking for it: nobody there",
        "wake-ups get through again",
    ]


def test_an_outage_is_not_made_worse_by_ringing(
    bell: Bell, heard: Heard, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(_bell, "PAUSE", 3600.0)
    heard.broken = True
    bell.ring("orders")
    eventually(lambda: caplog.records, "it is known that nothing gets through")
    for _ in range(100):
        bell.ring("orders")
    heard.broken = False
    assert bell.flush(5)
    assert heard.tries == 2


def test_a_forked_process_has_a_bell_of_its_own() -> None:
    script = """
import os
from tearline.wake_ups import Bell
bell = Bell(lambda module: os.write(1, f"{os.getpid() == parent} ".encode()))
parent = os.getpid()
bell.ring("orders")
assert bell.flush(5)
if os.fork() == 0:
    bell.ring("orders")
    os._exit(0 if bell.flush(5) else 1)
assert os.wait()[1] == 0
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.stdout, done.returncode) == ("True False ", 0), done.stderr


@pytest.fixture
def send(redis_server: RedisServer) -> Iterator[Messenger]:
    messenger = Messenger(redis_server.url)
    yield messenger
    messenger.hang_up()


def test_a_queue_that_nobody_empties_does_not_grow(redis_server: RedisServer, send: Messenger) -> None:
    for _ in range(10):
        send("orders")
        send("payments")
    assert (redis_server.waiting("orders"), redis_server.waiting("payments")) == (1, 1)


def test_a_message_is_sent_after_the_last_one_was_taken(redis_server: RedisServer, send: Messenger) -> None:
    send("orders")
    redis_server.flush()
    send("orders")
    assert redis_server.waiting("orders") == 1


def test_sending_finds_redis_again(redis_server: RedisServer, send: Messenger) -> None:
    send("orders")
    redis_server.kill()
    with pytest.raises(Exception, match="refused"):
        send("orders")
    redis_server.start()
    send("orders")
    assert redis_server.waiting("orders") == 1


def test_a_redis_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(IN_TIME, "socket_timeout", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(Exception, match="Timeout"):
        Messenger(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")("orders")
