"""Past what it can carry out, a server refuses at once, and what it takes is answered in time."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.http import HttpResponse

from tearline.admission import RESERVED, STANDING, Admission, Admitting, Overloaded
from tearline.observability import requests_refused
from tests.processes import eventually

URGENT = "/api/v1/payments/webhooks/"
LONG = 60.0


@dataclass
class Clock:
    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Application:
    """Answers at once, but at /stuck: there it holds its place until it is let go."""

    asked: list[str] = field(default_factory=list)
    let_go: threading.Event = field(default_factory=threading.Event)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        self.asked.append(environ["PATH_INFO"])
        if environ["PATH_INFO"] == "/stuck":
            self.let_go.wait(LONG)
        start_response("200 OK", [])
        return [b"done"]


@dataclass
class Answer:
    status: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass
class Server:
    """One place, and a queue of one."""

    application: Application = field(default_factory=Application)
    admission: Admission = field(default_factory=lambda: Admission(places=1, queue=1, patience=LONG))

    def ask(self, path: str, **headers: str) -> Answer:
        answer = Answer()

        def start_response(status: str, told: list[tuple[str, str]], *_: Any) -> Callable[[bytes], object]:
            answer.status, answer.headers = status, dict(told)
            return bytes

        admitting = Admitting(self.application, self.admission, urgent=[URGENT])
        answer.body = b"".join(admitting({"PATH_INFO": path, **headers}, start_response))
        return answer

    def ask_meanwhile(self, path: str) -> threading.Thread:
        asking = threading.Thread(target=self.ask, args=[path])
        asking.start()
        return asking


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.application.let_go.set()


@pytest.fixture
def full(server: Server) -> Server:
    """Its place is held, and somebody waits for it."""
    server.ask_meanwhile("/stuck")
    eventually(lambda: server.application.asked, "the place is held")
    server.ask_meanwhile("/first")
    eventually(lambda: server.admission.waiting, "somebody waits")
    return server


def test_who_finds_the_queue_full_is_told_at_once_and_nothing_is_asked(full: Server) -> None:
    before = requests_refused.labels("full")._value.get()
    answer = full.ask("/api/v1/orders", HTTP_X_REQUEST_ID="mine", HTTP_TEARLINE_CALL="0123456789abcdef")

    assert answer.status == "503 Service Unavailable"
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert 1 <= int(answer.headers["Retry-After"]) <= 5
    assert (answer.headers["X-Request-Id"], answer.headers["Tearline-Call"]) == ("mine", "0123456789abcdef")
    told = json.loads(answer.body)
    assert (told["code"], told["retryable"], told["instance"]) == ("overloaded", True, "/api/v1/orders")
    assert full.application.asked == ["/stuck"]
    assert requests_refused.labels("full")._value.get() == before + 1


def test_an_answer_is_closed_before_its_place_is_given_back() -> None:
    """It may hold a connection until then, for which whoever comes next would wait in its place."""
    admission = Admission(places=1, queue=0, patience=1)
    free: list[int] = []

    class Answer(HttpResponse):
        def close(self) -> None:
            free.append(admission._free)
            super().close()

    def answer(_environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        return Answer(b"told")

    admitting = Admitting(answer, admission, urgent=[])
    assert list(admitting({"PATH_INFO": "/"}, lambda *_: bytes)) == [b"told"]
    assert (free, admission._free) == ([0], 1)


def test_those_who_are_refused_together_do_not_come_back_together(full: Server) -> None:
    assert len({full.ask("/").headers["Retry-After"] for _ in range(100)}) > 1


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/metrics"])
def test_probes_and_metrics_are_answered_all_the_same(full: Server, path: str) -> None:
    assert full.ask(path).status == "200 OK"


def test_what_is_urgent_finds_room_in_a_full_queue_and_goes_first(full: Server) -> None:
    asking = full.ask_meanwhile(f"{URGENT}stripe")
    eventually(lambda: full.admission.waiting == 2, "it waits too")
    full.application.let_go.set()
    asking.join(LONG)
    eventually(lambda: len(full.application.asked) == 3, "all are answered")

    assert full.application.asked == ["/stuck", f"{URGENT}stripe", "/first"]


def test_room_for_what_is_urgent_has_an_end_too(full: Server) -> None:
    for _ in range(RESERVED):
        full.ask_meanwhile(f"{URGENT}stripe")
    eventually(lambda: full.admission.waiting == 1 + RESERVED, "all of them wait")

    assert full.ask(f"{URGENT}stripe").status == "503 Service Unavailable"


def test_a_place_is_free_again_whatever_happened_there() -> None:
    admission = Admission(places=1, queue=0, patience=LONG)
    with pytest.raises(KeyError), admission.place():
        raise KeyError
    with admission.place(), pytest.raises(Overloaded), admission.place():
        pytest.fail("there was a place for two")


def test_who_has_lost_patience_leaves_the_queue() -> None:
    admission = Admission(places=1, queue=1, patience=0.01)
    with admission.place():
        for _ in range(2):
            with pytest.raises(Overloaded, match="late"), admission.place():
                pytest.fail("there was a place for two")
        assert not admission.waiting
    with admission.place():
        """There is room."""


def test_in_a_queue_that_does_not_end_nobody_waits_for_long() -> None:
    clock = Clock()
    admission = Admission(places=1, queue=9, patience=LONG, now=clock)
    with ExitStack() as taken:
        taken.enter_context(admission.place())
        first = admission._join(urgent=False)
        clock.seconds += LONG
        burst = admission._join(urgent=False)
        clock.seconds += 1
        standing, urgent = admission._join(urgent=False), admission._join(urgent=True)

        patience = [turn.patience for turn in (first, burst, standing, urgent) if turn]
        assert patience == [LONG, LONG, LONG * STANDING, LONG]
