"""What can be known of the compose file without an engine to run it, for several topologies."""

import os
import re
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from celery.bin.celery import celery
from click import Context
from django.conf import settings
from django.core.management import get_commands, load_command_class

from tearline import databases
from tearline.deployment import compose as rendered
from tearline.topology import Topology, TopologyError, load
from tests.architecture import schemas
from tests.architecture.topologies import ALL_IN_ONE, ALL_OUT, ALL_OUT_ON_ONE_SERVER, ONE_OUT, ROOT, TOPOLOGIES, read

READERS = [ROOT / "platform/config/settings.py", ROOT / "platform/tearline/databases/settings.py"]
REFERENCE = re.compile(r"\$\{(\w+)[^}]*\}")
PINNED = re.compile(r"[\w./-]+:\d+\.\d+(\.\d+)?(-[\w.-]+)?")

Service = dict[str, Any]


@pytest.fixture(scope="module", params=TOPOLOGIES)
def topology(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Topology:
    return read(tmp_path_factory.mktemp("topology"), TOPOLOGIES[request.param])


@pytest.fixture(scope="module")
def compose(topology: Topology) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(rendered(topology))
    return loaded


@pytest.fixture(scope="module")
def ours(compose: dict[str, Any]) -> dict[str, Service]:
    """The services that run our image."""
    return {name: service for name, service in compose["services"].items() if "build" in service}


@pytest.fixture
def one_out(tmp_path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(rendered(read(tmp_path, ONE_OUT)))
    return loaded


def staleness(repository: Path) -> list[str]:
    """What is wrong with a repository whose compose file is not made of its topology."""
    topology = load(repository / "topology.toml", modules=ROOT / "modules")
    if (repository / "docker-compose.yml").read_text() == rendered(topology):
        return []
    return ["docker-compose.yml is stale. Run: python manage.py topology render compose > docker-compose.yml"]


def test_the_repositorys_file_is_what_its_topology_renders() -> None:
    assert staleness(ROOT) == []


@pytest.mark.parametrize("edited", ["docker-compose.yml", "topology.toml"])
def test_a_file_that_goes_its_own_way_is_noticed(edited: str, tmp_path: Path) -> None:
    for name in ("docker-compose.yml", "topology.toml"):
        (tmp_path / name).write_text((ROOT / name).read_text())
    assert staleness(tmp_path) == []

    file = tmp_path / edited
    file.write_text(file.read_text().replace("shop", "store"))

    assert staleness(tmp_path) != []


def test_it_is_valid_by_the_compose_specification(topology: Topology, tmp_path: Path) -> None:
    file = tmp_path / "docker-compose.yml"
    file.write_text(rendered(topology))

    assert schemas.against_compose(file) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("restart: unless-stopped", "restart: 1"),
        ("cap_drop: [ALL]", "cap_drop: ALL"),
        ("stop_grace_period: 40s", "stop_grace: 40s"),
        ("healthcheck:", "healthchek:"),
    ],
)
def test_what_the_specification_does_not_allow_is_noticed(right: str, wrong: str, tmp_path: Path) -> None:
    text = rendered(read(tmp_path, ONE_OUT))
    assert right in text
    file = tmp_path / "docker-compose.yml"
    file.write_text(text.replace(right, wrong))

    assert schemas.against_compose(file) != []


def test_each_process_is_made_of_a_server_a_worker_and_what_they_need(
    topology: Topology, ours: dict[str, Service]
) -> None:
    wanted = {process.name + part for process in topology.processes for part in ("", "-prepare", "-worker", "-beat")}
    assert set(ours) == wanted


def test_every_service_is_told_which_process_it_is(topology: Topology, ours: dict[str, Service]) -> None:
    for process in topology.processes:
        for part in ("", "-prepare", "-worker", "-beat"):
            assert ours[process.name + part]["environment"]["TEARLINE_PROCESS"] == process.name


def test_a_worker_does_the_work_of_its_processs_modules(topology: Topology, ours: dict[str, Service]) -> None:
    for process in topology.processes:
        options = ours[f"{process.name}-worker"]["command"]
        assert tuple(options[options.index("-Q") + 1].split(",")) == process.modules


def test_every_command_exists_and_takes_its_options(ours: dict[str, Service]) -> None:
    for service in ours.values():
        name, *options = service["command"]
        if "entrypoint" in service:
            assert service["entrypoint"] == ["celery", "-A", "config"]
            assert celery.commands[name].make_parser(Context(celery)).parse_args(list(options))
        else:
            command = load_command_class(get_commands()[name], name)
            assert vars(command.create_parser("manage.py", name).parse_args(options))


def test_every_variable_is_one_that_the_settings_read(topology: Topology, ours: dict[str, Service]) -> None:
    read = "".join(reader.read_text() for reader in READERS)
    own = {variable for process in topology.processes for variable in process.databases.values()}
    given = {variable for service in ours.values() for variable in service["environment"]}

    assert {variable for variable in given - own if variable not in read} == set()


def test_a_process_is_given_the_databases_of_its_own_modules_and_no_others(
    topology: Topology, ours: dict[str, Service]
) -> None:
    for process in topology.processes:
        for part in ("", "-prepare", "-worker", "-beat"):
            given = ours[process.name + part]["environment"]
            assert {name for name in given if name.endswith("DATABASE_URL")} == set(process.databases.values())


def test_what_is_given_is_where_the_settings_look(topology: Topology) -> None:
    for process in topology.processes:
        environ = {variable: f"postgres://me:secret@{variable}/x" for variable in process.databases.values()}
        configured = databases.configured(process.modules, environ, settings.VAR, own=process.own_databases)
        found = {
            "platform" if alias == "default" else alias: database["HOST"] for alias, database in configured.items()
        }
        assert found == process.databases


def test_a_module_that_is_out_takes_its_database_along(one_out: dict[str, Any]) -> None:
    given = one_out["services"]["till"]["environment"]

    assert given["PAYMENTS_DATABASE_URL"] == "${PAYMENTS_DATABASE_URL:?give PAYMENTS_DATABASE_URL}"
    assert given["PLATFORM_DATABASE_URL"] == "${TILL_PLATFORM_DATABASE_URL:?give TILL_PLATFORM_DATABASE_URL}"
    assert "POSTGRES_PASSWORD" not in str(one_out["services"]["till"])
    assert "depends_on" not in one_out["services"]["till-prepare"]


def test_no_postgresql_is_started_for_nobody(tmp_path: Path) -> None:
    all_out = yaml.safe_load(rendered(read(tmp_path, ALL_OUT)))

    assert "postgres" not in {*all_out["services"], *all_out["volumes"]}
    assert "POSTGRES_PASSWORD" not in str(all_out)


def test_a_server_is_reached_where_its_url_says(one_out: dict[str, Any]) -> None:
    till = one_out["services"]["till"]

    assert till["networks"]["default"]["aliases"] == ["till.internal"]
    assert "till.internal" in till["environment"]["ALLOWED_HOSTS"].split(",")
    assert till["command"][till["command"].index("--port") + 1] == "9000"
    assert "http://127.0.0.1:9000/health/ready" in str(till["healthcheck"])
    assert "networks" not in one_out["services"]["shop"]


@pytest.mark.parametrize("url", ["https://till:8000", "http://till", "http://till:80", "http://till:8000/below"])
def test_a_url_at_which_no_container_could_listen_is_refused(url: str, tmp_path: Path) -> None:
    topology = read(tmp_path, ONE_OUT.replace("http://till.internal:9000", url))

    with pytest.raises(
        TopologyError, match=r"\[processes\.till\]: to be deployed, `url` must look like http://till:80"
    ):
        rendered(topology)


def test_events_get_from_one_process_to_another_as_the_file_says(topology: Topology, compose: dict[str, Any]) -> None:
    given = {
        "local": None,
        "redis": "redis://events:6379/0",
        "kafka": "${EVENTS_URL:?give EVENTS_URL, as in kafka://kafka.internal:9092}",
    }
    services = compose["services"]
    for process in topology.processes:
        assert services[process.name]["environment"].get("EVENTS_URL") == given[topology.transport]
    assert ("events" in services) == (topology.transport == "redis")


def test_what_keeps_events_keeps_them(one_out: dict[str, Any]) -> None:
    assert one_out["services"]["events"]["command"] == ["valkey-server", "--appendonly", "yes"]
    assert one_out["services"]["events"]["volumes"] == ["events:/data"]
    assert "events" in one_out["volumes"]


def test_one_process_alone_needs_nothing_that_carries_events(tmp_path: Path) -> None:
    alone = rendered(read(tmp_path, f'{ALL_IN_ONE}\n[events]\ntransport = "redis"'))

    assert "EVENTS_URL" not in alone
    assert "events" not in yaml.safe_load(alone)["services"]


def test_every_image_is_pinned(compose: dict[str, Any]) -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    images = [service["image"] for service in compose["services"].values()]
    images += re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)

    assert [image for image in images if not PINNED.fullmatch(image)] == []


def test_nothing_listens_beyond_this_machine(topology: Topology, compose: dict[str, Any]) -> None:
    ports = [port for service in compose["services"].values() for port in service.get("ports", [])]

    published = [f"127.0.0.1:{8000 + number}" for number, _ in enumerate(topology.processes)]
    assert [port.rpartition(":")[0] for port in ports] == published


def test_nobody_runs_with_more_than_it_needs(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        if name not in {"postgres", "events"}:  # begin as root, to own their files
            assert service["read_only"]
            assert service["cap_drop"] == ["ALL"]
            assert service["security_opt"] == ["no-new-privileges:true"]


def test_no_secret_is_written_down(ours: dict[str, Service]) -> None:
    for service in ours.values():
        assert service["environment"]["SECRET_KEY"].startswith("${SECRET_KEY:?")
        for variable, value in service["environment"].items():
            if variable.endswith("DATABASE_URL"):
                assert "${POSTGRES_PASSWORD:?" in value or re.fullmatch(r"\$\{\w+:\?give \w+\}", value)


def test_the_keys_that_processes_know_each_other_by_must_be_given_where_there_are_several(
    topology: Topology, ours: dict[str, Service]
) -> None:
    several = len(topology.processes) > 1
    for service in ours.values():
        given = service["environment"].get("TEARLINE_SERVICE_KEYS", "")
        assert given.startswith("${TEARLINE_SERVICE_KEYS:?") == several


def test_nobody_starts_before_what_it_needs(topology: Topology, ours: dict[str, Service]) -> None:
    for process in topology.processes:
        shares = "DATABASE_URL" in process.databases.values()
        prepare = f"{process.name}-prepare"
        assert ours[prepare].get("depends_on") == ({"postgres": {"condition": "service_healthy"}} if shares else None)
        for part in ("", "-worker", "-beat"):
            assert ours[process.name + part]["depends_on"] == {prepare: {"condition": "service_completed_successfully"}}


def test_only_the_worker_works(topology: Topology, ours: dict[str, Service]) -> None:
    for process in topology.processes:
        assert "--no-worker" in ours[process.name]["command"]
        assert ours[f"{process.name}-worker"]["command"][0] == "worker"


def test_processes_share_no_files(topology: Topology, ours: dict[str, Service]) -> None:
    for process in topology.processes:
        for part in ("", "-prepare", "-worker", "-beat"):
            assert ours[process.name + part]["volumes"] == [f"{process.name}-var:/var/lib/tearline"]


def test_redis_keeps_nothing_and_nobody_waits_for_it(compose: dict[str, Any], ours: dict[str, Service]) -> None:
    assert "volumes" not in compose["services"]["redis"]
    for service in ours.values():
        assert "redis" not in service.get("depends_on", {})


def test_the_connections_that_may_be_open_at_once_are_fewer_than_postgresql_allows(
    topology: Topology, compose: dict[str, Any], ours: dict[str, Service]
) -> None:
    for_superusers = 3
    told = compose["services"].get("postgres", {}).get("command", ["postgres", "-c", "max_connections=100"])
    assert told[:2] == ["postgres", "-c"]
    allowed = int(told[2].removeprefix("max_connections="))
    assert sum(connections_to_the_shared_database(topology, ours)) < allowed - for_superusers


def connections_to_the_shared_database(topology: Topology, ours: dict[str, Service]) -> list[int]:
    """What each process may open there at most."""
    counts = []
    for process in topology.processes:
        environ = dict.fromkeys(process.databases.values(), "postgres://shop:secret@postgres/shop")
        configured = databases.configured(process.modules, environ, settings.VAR, own=process.own_databases)
        shared = [database for database in configured.values() if "SCHEMA" in database]
        options = ours[f"{process.name}-worker"]["command"]
        children = int(options[options.index("--concurrency") + 1])
        server = sum(database["OPTIONS"]["pool"]["max_size"] for database in shared)
        counts.append(server + children * (len(shared) + 1) if shared else 0)
    return counts


def test_postgresql_is_told_to_allow_more_only_where_its_usual_hundred_do_not_suffice(tmp_path: Path) -> None:
    assert "max_connections" not in rendered(read(tmp_path, ALL_IN_ONE))
    assert '"max_connections=154"' in rendered(read(tmp_path, ALL_OUT_ON_ONE_SERVER))


def deploy_check(environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.endswith("DATABASE_URL")}
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        env=kept | environ,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_django_has_nothing_to_say_against_what_is_deployed_behind_tls(tmp_path: Path) -> None:
    service = yaml.safe_load(rendered(read(tmp_path, ALL_IN_ONE)))["services"]["shop"]
    given = {"SECRET_KEY": secrets.token_urlsafe(50), "POSTGRES_PASSWORD": secrets.token_hex(), "TLS_PROXY": "1"}
    environ = {
        name: REFERENCE.sub(lambda found: given.get(found[1], ""), value)
        for name, value in service["environment"].items()
    }
    environ |= {"TEARLINE_VAR": str(tmp_path), "REDIS_URL": "", "EMAIL_HOST": "mail.internal"}

    said = deploy_check(environ)
    assert (said.returncode, said.stderr) == (0, ""), said.stderr

    known = environ["DATABASE_URL"].replace(given["POSTGRES_PASSWORD"], "postgres")
    said = deploy_check(environ | {"TLS_PROXY": "0", "SECRET_KEY": "given", "DATABASE_URL": known})
    assert [code for code in ("W004", "W008", "E020", "E021") if code not in said.stderr] == []
    assert said.returncode == 1


def test_the_image_runs_as_nobody_in_particular() -> None:
    stages = (ROOT / "Dockerfile").read_text().split("\nFROM ")

    assert re.search(r"^USER tearline$", stages[-1], re.MULTILINE)


def test_the_image_can_carry_events_by_every_transport() -> None:
    installing = re.findall(r"^RUN uv sync .*", (ROOT / "Dockerfile").read_text(), re.MULTILINE)

    assert installing
    assert all("--extra kafka" in line for line in installing)


def test_what_watches_the_deployment_knows_its_services() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    watched = yaml.safe_load((ROOT / "deploy/observability/prometheus.yml").read_text())
    targets = watched["scrape_configs"][0]["static_configs"][0]["targets"]

    assert {target.partition(":")[0] for target in targets} <= set(services)
