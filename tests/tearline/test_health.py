import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from tearline import health
from tearline.databases import _migrated
from tearline.events import _kafka_topics, _way
from tearline.health import _carriers, _middleware
from tearline.health._carriers import Looks
from tearline.health._checks import Checks
from tearline.health._readiness import Readiness, look_around
from tearline.resilience import policy_for
from tearline.resilience._isolation import isolate, isolated
from tearline.topology import Topology
from tests.kafka_server import KafkaServer
from tests.redis_server import RedisServer
from tests.tearline.test_events_between_processes import HERE, THERE


def test_live_touches_nothing_and_asks_no_host(client: Client) -> None:
    response = client.get("/health/live", headers={"Host": "10.0.0.7"})  # without the db fixture any query would raise
    assert (response.status_code, response.json()) == (200, {"status": "alive"})
    assert response["Cache-Control"] == "no-store"


def test_a_probe_may_ask_for_the_head_alone_and_nothing_may_be_posted(client: Client) -> None:
    assert client.head("/health/live").status_code == 200
    response = client.post("/health/live")
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


def test_ready_names_every_database(client: Client, db: None) -> None:
    response = client.get("/health/ready", headers={"Host": "10.0.0.7"})
    answer = response.json()
    assert (response.status_code, answer["status"]) == (200, "ready")
    assert answer["checks"].keys() == {*connections, "migrations", "circuits"}
    assert all(check["status"] == "ok" for check in answer["checks"].values())


def test_a_database_that_does_not_answer_makes_the_process_not_ready(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(connections["default"], "cursor", refuse_with_a_secret)
        response = client.get("/health/ready")
    answer = response.json()
    assert (response.status_code, answer["status"]) == (503, "not_ready")
    assert answer["checks"]["default"] == {"status": "failed", "error": "OSError"}
    assert b"secret" not in response.content


def test_who_knows_a_topology_is_told_whether_it_is_ours_and_nobody_is_told_what_ours_is(
    client: Client, db: None, settings: Any
) -> None:
    ours = settings.TEARLINE_TOPOLOGY.fingerprint
    asked = {fingerprint: client.get("/health/ready", {"topology": fingerprint}) for fingerprint in (ours, "0123", "")}
    assert [answer.json()["topology"] for answer in asked.values()] == ["same", "other", "other"]
    assert ours.encode() not in b"".join(answer.content for answer in asked.values())
    assert "topology" not in client.get("/health/ready").json()


def refuse_with_a_secret() -> None:
    raise OSError("secret")


def test_a_migration_that_was_not_applied_is_named(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    written = (*_migrated.written_migrations(), ("tearline_api", "9999_later"))
    monkeypatch.setattr(_migrated, "written_migrations", lambda: written)
    assert look_around()["migrations"] == {"status": "failed", "unapplied": {"default": ["tearline_api.9999_later"]}}


def test_what_was_found_is_kept_for_two_seconds() -> None:
    clock, looks = [100.0], 0

    def look() -> Checks:
        nonlocal looks
        looks += 1
        return {"look": {"status": "ok", "number": looks}}

    readiness = Readiness(look, now=lambda: clock[0])
    for at, number in [(100.0, 1), (101.9, 1), (102.0, 2), (103.9, 2), (104.1, 3)]:
        clock[0] = at
        assert readiness.checks()["look"]["number"] == number


def test_probes_that_come_together_cost_one_look() -> None:
    gate, looks = threading.Event(), []

    def look() -> Checks:
        looks.append(1)
        gate.wait(10)
        return {"look": {"status": "ok"}}

    readiness = Readiness(look)
    probes = [threading.Thread(target=readiness.checks) for _ in range(4)]
    for probe in probes:
        probe.start()
    gate.set()
    for probe in probes:
        probe.join(10)
    assert len(looks) == 1


def test_health_stands_before_everything_else(settings: Any) -> None:
    assert settings.MIDDLEWARE[0] == f"{health.__name__}.HealthMiddleware"


# Warnings: what not every request needs


def ready(client: Client) -> dict[str, Any]:
    """What a process says that is ready. Not what it has found a moment ago."""
    response = client.get("/health/ready")
    answer: dict[str, Any] = response.json()
    assert (response.status_code, answer["status"]) == (200, "ready")
    return dict(answer["checks"])


def test_an_open_circuit_is_a_warning(client: Client, db: None) -> None:
    policy_for("payments.provider").breaker.open()
    policy_for("shipping.carrier").call(int, idempotent=True)
    assert ready(client)["circuits"] == {"status": "warning", "not_asked": {"payments.provider": "open"}}


def test_a_target_that_an_operator_has_isolated_is_a_warning(client: Client, db: None) -> None:
    policy_for("shipping.carrier").call(int, idempotent=True)
    isolate("shipping.carrier", by="ada", reason="they have called")
    isolated.forget()
    assert ready(client)["circuits"] == {"status": "warning", "not_asked": {"shipping.carrier": "isolated"}}


def test_closed_circuits_are_ok(client: Client, db: None) -> None:
    policy_for("shipping.carrier").call(int, idempotent=True)
    assert ready(client)["circuits"] == {"status": "ok"}


@pytest.fixture(params=["redis", "kafka"])
def carries_events(request: pytest.FixtureRequest, settings: Any) -> Iterator[RedisServer | KafkaServer]:
    """What carries the events of two processes, of which we are one."""
    server: RedisServer | KafkaServer = request.getfixturevalue(f"{request.param}_server")
    settings.EVENTS_URL = server.url
    settings.TEARLINE_TOPOLOGY = Topology(processes=(HERE, THERE), process=HERE, transport=request.param)
    yield server
    _way._at.cache_clear()
    _kafka_topics._client_of.cache_clear()


def test_what_carries_events_is_asked_and_a_warning_when_it_is_away(
    carries_events: RedisServer | KafkaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_kafka_topics, "IN_TIME", 2.0)
    monkeypatch.setattr(_carriers, "PATIENCE", 20.0)
    assert Looks().carriers()["events"] == {"status": "ok"}
    carries_events.kill()
    assert Looks().carriers()["events"] == {"status": "warning", "error": "BrokerAway"}


def test_what_carries_wake_ups_is_asked_and_a_warning_when_it_is_away(
    client: Client, db: None, redis_server: RedisServer, settings: Any
) -> None:
    settings.REDIS_URL = redis_server.url
    assert ready(client)["wake_ups"] == {"status": "ok"}
    redis_server.kill()
    assert Looks().carriers() == {"wake_ups": {"status": "warning", "error": "ConnectionError"}}


def test_what_this_process_has_no_use_of_is_not_looked_at(settings: Any) -> None:
    settings.REDIS_URL = ""
    assert Looks().carriers() == {}


def test_nobody_waits_for_a_carrier_that_hangs_nor_asks_it_twice_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    gate, asked = threading.Event(), []

    def hang() -> None:
        asked.append(1)
        gate.wait(10)

    monkeypatch.setattr(_carriers, "PATIENCE", 0.01)
    monkeypatch.setattr(_carriers, "_carriers", lambda: {"events": hang})
    looks = Looks()
    hanging = {"events": {"status": "warning", "error": "TimeoutError"}}
    assert [looks.carriers(), looks.carriers(), asked] == [hanging, hanging, [1]]
    gate.set()
    monkeypatch.setattr(_carriers, "PATIENCE", 10.0)
    assert looks.carriers() == {"events": {"status": "ok"}}


# Leaving


def test_a_process_that_was_told_to_end_is_not_to_be_asked_and_answers(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = threading.Event()
    told.set()
    monkeypatch.setattr(_middleware, "leaving", told)
    response = client.get("/health/ready")
    assert (response.status_code, response.json()["status"]) == (503, "leaving")
    assert client.get("/health/live").status_code == 200
