"""What can be known of the deployment files without an engine to run them."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from celery.bin.celery import celery
from click import Context
from django.conf import settings
from django.core.management import get_commands, load_command_class

from tearline import databases

ROOT = Path(__file__).parents[2]
READERS = [ROOT / "platform/config/settings.py", ROOT / "platform/tearline/databases/settings.py"]
PINNED = re.compile(r"[\w./-]+:\d+\.\d+(\.\d+)?(-[\w.-]+)?")

Service = dict[str, Any]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return loaded


@pytest.fixture(scope="module")
def ours(compose: dict[str, Any]) -> dict[str, Service]:
    """The services that run our image."""
    return {name: service for name, service in compose["services"].items() if "build" in service}


def test_the_shop_is_made_of_a_server_workers_and_what_they_need(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {"postgres", "redis", "prepare", "web", "worker", "beat"}


def test_every_command_exists_and_takes_its_options(ours: dict[str, Service]) -> None:
    for service in ours.values():
        name, *options = service["command"]
        if "entrypoint" in service:
            assert service["entrypoint"] == ["celery", "-A", "config"]
            assert celery.commands[name].make_parser(Context(celery)).parse_args(list(options))
        else:
            command = load_command_class(get_commands()[name], name)
            assert vars(command.create_parser("manage.py", name).parse_args(options))


def test_every_variable_is_one_that_the_settings_read(ours: dict[str, Service]) -> None:
    read = "".join(reader.read_text() for reader in READERS)
    given = {variable for service in ours.values() for variable in service["environment"]}

    assert {variable for variable in given if variable not in read} == set()


def test_every_image_is_pinned(compose: dict[str, Any]) -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    images = [service["image"] for service in compose["services"].values()]
    images += re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)

    assert [image for image in images if not PINNED.fullmatch(image)] == []


def test_nothing_listens_beyond_this_machine(compose: dict[str, Any]) -> None:
    ports = [port for service in compose["services"].values() for port in service.get("ports", [])]

    assert ports == ["127.0.0.1:8000:8000"]


def test_no_secret_is_written_down(ours: dict[str, Service]) -> None:
    for service in ours.values():
        assert service["environment"]["SECRET_KEY"].startswith("${SECRET_KEY:?")
        assert "${POSTGRES_PASSWORD:?" in service["environment"]["DATABASE_URL"]


def test_nobody_starts_before_what_it_needs(ours: dict[str, Service]) -> None:
    assert ours["prepare"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    for name in ("web", "worker", "beat"):
        assert ours[name]["depends_on"] == {"prepare": {"condition": "service_completed_successfully"}}


def test_only_the_worker_works(ours: dict[str, Service]) -> None:
    assert "--no-worker" in ours["web"]["command"]
    assert ours["worker"]["command"][0] == "worker"


def test_redis_keeps_nothing_and_nobody_waits_for_it(compose: dict[str, Any], ours: dict[str, Service]) -> None:
    assert "volumes" not in compose["services"]["redis"]
    for service in ours.values():
        assert "redis" not in service.get("depends_on", {})


def test_the_connections_that_may_be_open_at_once_are_fewer_than_postgresql_allows(ours: dict[str, Service]) -> None:
    given = {"DATABASE_URL": "postgres://shop:secret@postgres/shop"}
    configured = databases.configured(settings.TEARLINE_TOPOLOGY.hosted, given, settings.VAR)
    server = sum(database["OPTIONS"]["pool"]["max_size"] for database in configured.values())
    options = ours["worker"]["command"]
    worker = int(options[options.index("--concurrency") + 1]) * (len(configured) + 1)
    for_superusers = 3

    assert server + worker < 100 - for_superusers


def test_the_image_runs_as_nobody_in_particular() -> None:
    stages = (ROOT / "Dockerfile").read_text().split("\nFROM ")

    assert re.search(r"^USER tearline$", stages[-1], re.MULTILINE)
