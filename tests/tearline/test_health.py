import threading
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from tearline import health
from tearline.health import Checks, Readiness, look_around


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
    assert answer["checks"].keys() == {*connections, "migrations"}
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
    written = (*health.written_migrations(), ("tearline_api", "9999_later"))
    monkeypatch.setattr(health, "written_migrations", lambda: written)
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
