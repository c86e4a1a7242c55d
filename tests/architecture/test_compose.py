"""What can be known of the deployment files without an engine to run them."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands, load_command_class

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


def test_the_shop_is_made_of_a_server_a_worker_and_a_database(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {"postgres", "prepare", "web", "worker"}


def test_every_command_exists_and_takes_its_options(ours: dict[str, Service]) -> None:
    for service in ours.values():
        name, *options = service["command"]
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
    for name in ("web", "worker"):
        assert ours[name]["depends_on"] == {"prepare": {"condition": "service_completed_successfully"}}


def test_only_the_worker_works(ours: dict[str, Service]) -> None:
    assert "--no-worker" in ours["web"]["command"]
    assert ours["worker"]["command"] == ["worker"]


def test_the_image_runs_as_nobody_in_particular() -> None:
    stages = (ROOT / "Dockerfile").read_text().split("\nFROM ")

    assert re.search(r"^USER tearline$", stages[-1], re.MULTILINE)
