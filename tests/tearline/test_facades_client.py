"""What a process makes of another one that does not answer as it should: it asks, and never takes a wrong answer."""

import contextlib
import json
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator

import jwt
import pytest
from django.conf import settings
from django.db import connections
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanKind
from pytest_django import Settings

from tearline.contracts import KeyInFlight, KeyReused, Refusal, Unavailable, Undone, UnknownRefusal
from tearline.facades import FacadeError, acting_as, facade_for
from tearline.facades._telling import told
from tearline.observability import about
from tearline.resilience import NotAsked, TurnedAway, deadline
from tearline.resilience.clients import clients
from tearline.topology import Process, Topology
from tests.processes import free_port
from tests.tearline.far_end import Asked, FarEnd, Say, answer, far_end, raw
from tests.tearline.observed import facts, grown, recorded_spans, scraped
from tests.tearline.specimen import HOME, Receipt, Shelf, Thing, TooMany, at_once

BOX = Thing(name="box")
SHELF: Shelf = facade_for(Shelf)
RECEIPT = {"number": "1", "thing": {"name": "box"}}


@pytest.fixture
def hosted_at(db: None, settings: Settings) -> Callable[[str | None], None]:
    """The specimen's module is hosted by another process, at this address."""

    def move(url: str | None) -> None:
        rest = tuple(module for module in settings.TEARLINE_TOPOLOGY.modules if module != HOME)
        shop, stock = Process(name="shop", modules=rest), Process(name="stock", modules=(HOME,), url=url)
        settings.TEARLINE_TOPOLOGY = Topology(processes=(shop, stock), process=shop)

    return move


@pytest.fixture
def end(hosted_at: Callable[[str | None], None]) -> Iterator[FarEnd]:
    with far_end() as end:
        hosted_at(end.url)
        yield end
        clients.close()


def put(key: str = "k") -> Receipt:
    return SHELF.put(BOX, key=key)


def unknown(call: Callable[[], object]) -> Unavailable:
    with pytest.raises(Unavailable) as raised:
        call()
    return raised.value


# What travels


def test_a_call_is_a_post_with_the_arguments_as_json(end: FarEnd) -> None:
    end.say = answer(RECEIPT)
    assert put() == Receipt(number="1", thing=BOX)
    (asked,) = end.heard
    assert asked.line == f"POST /facades/{HOME}/put HTTP/1.1"
    assert json.loads(asked.body) == {"thing": {"name": "box", "count": 1}}


def test_who_calls_and_on_whose_behalf_travels_signed_for_the_process_that_is_called(end: FarEnd) -> None:
    with acting_as("api:key_1"), acting_as("orders"):
        SHELF.take(key="k")
    token = str(end.heard[0].headers["Authorization"]).removeprefix("Bearer ")
    claims = jwt.decode(token, settings.TEARLINE_SERVICE_KEYS[0], algorithms=["HS256"], audience="stock")
    assert (claims["sub"], claims["caller"], claims["asked_by"]) == ("shop", "orders", "api:key_1")


def test_the_key_travels_whatever_is_in_it(end: FarEnd) -> None:
    for key in ("ord_1:payment", " a b%", "é\r\nX-Evil: 1"):
        SHELF.take(key=key)
    keys = [asked.headers["Idempotency-Key"] for asked in end.heard]
    assert keys == ["ord_1:payment", "%20a%20b%25", "%C3%A9%0D%0AX-Evil:%201"]


def test_what_is_left_of_the_deadline_travels_and_an_attempt_has_one_in_any_case(end: FarEnd) -> None:
    with deadline(2.0):
        SHELF.take(key="k")
    SHELF.take(key="k")
    short, usual = (int(str(asked.headers["Tearline-Deadline-Ms"])) for asked in end.heard)
    assert 0 < short <= 2000 < usual <= 3000


def test_lines_and_spans_over_there_belong_to_what_is_done_here(end: FarEnd) -> None:
    with recorded_spans() as spans, about(request_id="req_1", subject="ord_é"):
        SHELF.take(key="k")
    (span,) = spans.named(f"{HOME}.take is called")
    headers = end.heard[0].headers
    assert (headers["X-Request-Id"], headers["Tearline-Subject"]) == ("req_1", "ord_%C3%A9")
    assert str(headers["traceparent"]).startswith(traceparent(span))
    assert span.kind is SpanKind.CLIENT
    assert facts(span)["outcome"] == "done"


def test_who_waits_travels(end: FarEnd) -> None:
    with acting_as("orders"):
        SHELF.take(key="k")
    with acting_as("api:key_1"):
        SHELF.take(key="k")
    assert [asked.headers["Tearline-Waiting"] for asked in end.heard] == [f"orders,{HOME}", HOME]


def traceparent(span: ReadableSpan) -> str:
    assert span.context
    return f"00-{span.context.trace_id:032x}-{span.context.span_id:016x}-"


def test_calls_are_counted(end: FarEnd) -> None:
    before = scraped()
    SHELF.take(key="k")
    end.say = raw(b"")
    unknown(lambda: SHELF.take(key="k"))
    counted = grown(before, scraped(), "tearline_calls_total")
    assert counted == {(f"{HOME}.take", "done"): 1, (f"{HOME}.take", "unavailable"): 1}


@pytest.mark.parametrize("key", ["", "k" * 256])
def test_a_key_that_does_not_fit_is_refused_before_anybody_is_asked(end: FarEnd, key: str) -> None:
    with pytest.raises(ValueError, match="a key has 1 to 255 characters"):
        SHELF.take(key=key)
    assert end.heard == []


# What comes back


@pytest.mark.parametrize(
    "refusal",
    [
        TooMany(name="box", count=12),
        KeyReused(key="k"),
        Undone(key="k"),
        UnknownRefusal(told_code="x.y", told_detail="No."),
    ],
)
def test_a_refusal_comes_back_as_itself(end: FarEnd, refusal: Refusal) -> None:
    end.say = answer(told(refusal), status="409 Conflict")
    with pytest.raises(type(refusal)) as refused:
        put()
    assert refused.value.to_json() == refusal.to_json()


def test_a_refusal_of_a_kind_that_is_not_known_here_is_one_nevertheless(end: FarEnd) -> None:
    end.say = answer(
        {"refusal": {"code": "specimen.too_wet", "detail": "It rains.", "fields": {}}}, status="409 Conflict"
    )
    with pytest.raises(UnknownRefusal, match="It rains") as refused:
        put()
    assert refused.value.told_code == "specimen.too_wet"


@pytest.mark.parametrize("kind", [Unavailable, KeyInFlight])
@pytest.mark.parametrize("maybe_done", [True, False])
def test_the_server_knows_best_what_may_have_happened(end: FarEnd, kind: type[Unavailable], maybe_done: bool) -> None:
    end.say = answer(told(kind("later", maybe_done=maybe_done, retry_after=1.5)), status="503 Service Unavailable")
    lost = unknown(put)
    assert (type(lost), lost.detail, lost.maybe_done, lost.retry_after) == (kind, "later", maybe_done, 1.5)


PAGE = b"<html><body>502 Bad Gateway</body></html>"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

NONSENSE: dict[str, Say] = {
    "a proxy's page": answer(PAGE, status="502 Bad Gateway", media_type="text/html", call="-"),
    "a proxy's page of its own health": answer(b"OK", media_type="text/plain", call="-"),
    "an answer that nobody of ours has given": raw(OK + b"Content-Length: 4\r\n\r\nnull"),
    "an answer to another call": answer(RECEIPT, call="0123456789abcdef"),
    "a page where an answer was due": answer(PAGE),
    "half of an answer": answer(b'{"number": "1", "thi'),
    "an answer of another shape": answer({"number": 1}),
    "nothing where something was due": answer(b""),
    "no text at all": answer(b"\xff\xfe\x00"),
    "a redirection": answer(b"", status="307 Temporary Redirect"),
    "another success": answer(RECEIPT, status="202 Accepted"),
    "a problem without an explanation": answer({"title": "Broken"}, status="500 Internal Server Error"),
    "a problem that is none": answer(b"[]", status="400 Bad Request"),
    "a refusal that is none": answer({"refusal": {"code": 7}}, status="409 Conflict"),
    "a refusal without words": answer({"refusal": None}, status="409 Conflict"),
    "a silence that says too little": answer({"unavailable": {"detail": "x"}}, status="503 Service Unavailable"),
    "an abyss": answer(b"[" * 100_000, status="400 Bad Request"),
    "no HTTP": raw(b"SSH-2.0-OpenSSH_9.9\r\n"),
    "a hung up line": raw(b""),
    "a line that breaks off in the head": raw(b"HTTP/1.1 200 OK\r\nContent-"),
    "a line that breaks off in the body": raw(OK + b'Content-Length: 40\r\n\r\n{"number": "1"'),
    "what is packed as nobody wished": raw(OK + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnull"),
}


@pytest.mark.parametrize("said", NONSENSE)
def test_what_cannot_be_understood_is_no_answer_and_may_have_happened(end: FarEnd, said: str) -> None:
    end.say = NONSENSE[said]
    assert unknown(put).maybe_done is True


@pytest.mark.parametrize("said", NONSENSE)
def test_a_query_that_got_no_answer_has_done_nothing(end: FarEnd, said: str) -> None:
    end.say = NONSENSE[said]
    assert unknown(lambda: SHELF.find("box")).maybe_done is False


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden", "404 Not Found", "422 Unprocessable Content"])
def test_who_is_turned_away_is_told_so_and_has_done_nothing(end: FarEnd, status: str) -> None:
    end.say = answer(told(Unavailable("not so", maybe_done=False)), status=status)
    assert isinstance(unknown(put), TurnedAway)


def test_who_is_turned_away_while_it_may_have_happened_is_not_taken_for_done_nothing(end: FarEnd) -> None:
    end.say = answer(told(Unavailable("not so")), status="409 Conflict")
    assert unknown(put).maybe_done


# By its policy


def test_a_call_that_got_no_answer_is_made_again_under_the_same_key(end: FarEnd, settings: Settings) -> None:
    settings.TEARLINE_POLICY = {"tries": 3, "first_wait": 0.001}

    def break_off_once(asked: Asked, line: socket.socket) -> None:
        (raw(b"") if len(end.heard) == 1 else answer(RECEIPT))(asked, line)

    end.say = break_off_once
    assert put().number == "1"
    assert {asked.headers["Idempotency-Key"] for asked in end.heard} == {"k"}
    assert len({asked.call for asked in end.heard}) == 2


def test_who_is_turned_away_does_not_try_again_and_opens_no_circuit(end: FarEnd, settings: Settings) -> None:
    settings.TEARLINE_POLICY = {"tries": 3, "first_wait": 0.001, "failures": 2}
    end.say = answer(told(Unavailable("not so", maybe_done=False)), status="403 Forbidden")
    for _ in range(4):
        assert isinstance(unknown(put), TurnedAway)
    assert len(end.heard) == 4


def test_who_does_not_answer_is_not_asked_for_a_while(end: FarEnd, settings: Settings) -> None:
    settings.TEARLINE_POLICY = {"tries": 1, "failures": 2, "open_for": 60}
    end.say = raw(b"")
    for _ in range(4):
        unknown(put)
    assert len(end.heard) == 2


# When nobody answers


def test_nothing_was_done_where_nobody_listens(hosted_at: Callable[[str | None], None]) -> None:
    hosted_at(f"http://127.0.0.1:{free_port()}")
    assert unknown(put).maybe_done is False
    clients.close()


def test_nothing_was_done_where_there_is_no_such_host(hosted_at: Callable[[str | None], None]) -> None:
    hosted_at("http://nowhere.invalid")
    assert unknown(put).maybe_done is False
    clients.close()


def test_an_answer_that_does_not_come_in_time_is_none(end: FarEnd) -> None:
    def wait_until_nobody_listens(_asked: Asked, line: socket.socket) -> None:
        line.recv(1)

    end.say = wait_until_nobody_listens
    with deadline(0.2):
        assert unknown(put).maybe_done is True


def test_an_answer_that_comes_in_drips_is_not_waited_for_beyond_the_deadline(end: FarEnd) -> None:
    def drip(asked: Asked, line: socket.socket) -> None:
        line.sendall(OK + f"Tearline-Call: {asked.call}\r\nContent-Length: 1000\r\n\r\n".encode())
        for _ in range(1000):
            line.sendall(b" ")
            time.sleep(0.02)

    end.say = drip
    with deadline(0.3):
        assert unknown(put).maybe_done is True


def test_with_no_time_left_nobody_is_asked(end: FarEnd) -> None:
    with deadline(0.0):
        assert isinstance(unknown(put), NotAsked)
    assert end.heard == []


def test_a_place_among_the_connections_is_waited_for_and_nothing_is_done_meanwhile(
    end: FarEnd, settings: Settings
) -> None:
    settings.TEARLINE_POLICIES = settings.TEARLINE_POLICIES | {HOME: {"connections": 1}}
    asked, go_on = threading.Event(), threading.Event()

    def hold(request: Asked, line: socket.socket) -> None:
        asked.set()
        go_on.wait(20)
        answer(b"null")(request, line)

    end.say = hold
    first = threading.Thread(target=lambda: SHELF.take(key="first"))
    first.start()
    assert asked.wait(20)
    with deadline(0.2):
        assert isinstance(unknown(lambda: SHELF.take(key="second")), NotAsked)
    go_on.set()
    first.join()
    assert len(end.heard) == 1


# Connections


def test_connections_are_used_again(end: FarEnd) -> None:
    for number in range(3):
        SHELF.take(key=f"k{number}")
    assert (len(end.heard), end.connections) == (3, 1)


def test_threads_share_one_client(end: FarEnd) -> None:
    made = at_once(8, lambda _: clients.for_calls_on(HOME))
    assert {id(client) for client in made} == {id(clients.for_calls_on(HOME))}


def test_a_connection_that_was_closed_meanwhile_is_not_used_again(end: FarEnd) -> None:
    end.say = answer(RECEIPT)
    put()
    end.say = raw(b"")
    unknown(put)
    end.say = answer(RECEIPT)
    assert put().number == "1"


def taken_in_a_child() -> int:
    """How a forked process ends that makes a call: 0 when it is answered."""
    child = os.fork()
    if child == 0:
        signal.alarm(10)  # which kills it
        with contextlib.suppress(BaseException):
            SHELF.take(key="in the child")
            os._exit(0)
        os._exit(1)
    return os.waitpid(child, 0)[1]


def test_a_forked_process_connects_anew(end: FarEnd) -> None:
    SHELF.take(key="before")
    assert taken_in_a_child() == 0
    SHELF.take(key="after")
    assert (len(end.heard), end.connections) == (3, 2)


def test_a_fork_in_the_middle_of_connecting_locks_nobody_out(end: FarEnd) -> None:
    with clients._making:
        assert taken_in_a_child() == 0


def test_no_proxy_of_the_environment_stands_between(end: FarEnd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    SHELF.take(key="k")
    assert len(end.heard) == 1


# What is not set up


def test_a_process_without_an_address_cannot_be_asked(hosted_at: Callable[[str | None], None]) -> None:
    hosted_at(None)
    with pytest.raises(FacadeError, match="no url for stock"):
        put()


def test_without_a_key_nobody_is_asked(end: FarEnd, settings: Settings) -> None:
    settings.TEARLINE_SERVICE_KEYS = []
    with pytest.raises(FacadeError, match="TEARLINE_SERVICE_KEYS"):
        put()
    assert end.heard == []


@pytest.mark.postgres_only
def test_no_connection_to_a_database_is_kept_from_others_meanwhile(end: FarEnd) -> None:
    connections["orders"].ensure_connection()
    SHELF.take(key="k")
    assert connections["orders"].connection is None
