"""Bodies that come slowly. That they keep nobody else from being answered is seen in
tests/deployed/test_slow_requests.py."""

import io
import json
import threading
from collections.abc import Callable
from typing import Any

import pytest

from tearline.observability import requests_refused
from tearline.slow_bodies import Arriving


class Dripping:
    """A body in two parts, of which the second comes when the test says so."""

    def __init__(self) -> None:
        self.reads = threading.Event()
        self.ends = threading.Event()
        self._parts = [b"{", b"}"]

    def read(self, _size: int) -> bytes:
        self.reads.set()
        if len(self._parts) < 2:
            self.ends.wait()
        return self._parts.pop(0)


class Gone:
    """A body whose sender is not there any more."""

    def read(self, _size: int) -> bytes:
        raise OSError("gone")


def asked(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    start_response("200 OK", [])
    return [environ["wsgi.input"].read()]


def ask(arriving: Arriving, body: Any, length: str = "2") -> tuple[str, bytes]:
    said: list[str] = []
    environ = {"PATH_INFO": "/", "CONTENT_LENGTH": length, "wsgi.input": body}
    answer = b"".join(arriving(environ, lambda status, *_: said.append(status)))  # type: ignore[arg-type]
    return said[0], answer


def test_a_body_that_finds_no_seat_is_refused_unread_and_a_seat_is_given_back() -> None:
    arriving, slow, prompt = Arriving(asked, seats=1), Dripping(), Dripping()
    prompt.ends.set()
    answers: list[tuple[str, bytes]] = []
    reader = threading.Thread(target=lambda: answers.append(ask(arriving, slow)))
    reader.start()
    slow.reads.wait()
    before = requests_refused.labels("bodies")._value.get()

    status, answer = ask(arriving, prompt)
    assert (status, json.loads(answer)["code"]) == ("503 Service Unavailable", "overloaded")
    assert not prompt.reads.is_set()
    assert requests_refused.labels("bodies")._value.get() == before + 1

    slow.ends.set()
    reader.join()
    assert answers == [("200 OK", b"{}")]
    assert ask(arriving, prompt) == ("200 OK", b"{}")


@pytest.mark.parametrize("length", ["", "0", "-1", "x", str(2**40)])
def test_what_nobody_will_read_is_passed_on_unread(length: str) -> None:
    arriving = Arriving(asked, seats=1)
    stream = io.BytesIO(b"{}")
    with arriving._seats:
        assert ask(arriving, stream, length) == ("200 OK", b"{}")


@pytest.mark.parametrize(("body", "told"), [(io.BytesIO(b"{"), b"{"), (Gone(), b"")])
def test_of_a_body_that_breaks_off_there_is_what_came_and_no_seat_is_lost(body: Any, told: bytes) -> None:
    arriving = Arriving(asked, seats=1)
    assert ask(arriving, body) == ("200 OK", told)
    assert ask(arriving, io.BytesIO(b"{}")) == ("200 OK", b"{}")
