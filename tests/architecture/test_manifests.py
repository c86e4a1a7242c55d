"""What can be known of the Kubernetes manifests without a cluster, for several topologies."""

import importlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.urls import URLResolver, get_resolver

from tearline.deployment import Backend, Site, kubernetes
from tearline.management.commands.serve import KILL_SECONDS
from tearline.snapshots import prefixes_of
from tearline.topology import API, Topology, TopologyError
from tests.architecture import schemas
from tests.architecture.topologies import ALL_OUT, ONE_OUT, TOPOLOGIES, read

SITE = Site(image="registry.example/tearline:0.1.0", host="shop.example", gateway="front")

Manifest = dict[str, Any]


@pytest.fixture(scope="module", params=["all in one", "one out", "all out"])
def topology(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Topology:
    return read(tmp_path_factory.mktemp("topology"), TOPOLOGIES[request.param])


@pytest.fixture(scope="module")
def manifests(topology: Topology) -> list[Manifest]:
    return loaded(topology)


def loaded(topology: Topology) -> list[Manifest]:
    return [manifest for text in rendered(topology).values() for manifest in yaml.safe_load_all(text)]


def rendered(topology: Topology) -> dict[str, str]:
    return kubernetes(topology, SITE, pages=settings.TEARLINE_PAGES)


def of_kind(kind: str, manifests: list[Manifest]) -> dict[str, Manifest]:
    return {manifest["metadata"]["name"]: manifest for manifest in manifests if manifest["kind"] == kind}


def pods(manifests: list[Manifest]) -> dict[str, Manifest]:
    """The template of each Deployment's pods, by its name."""
    return {name: each["spec"]["template"] for name, each in of_kind("Deployment", manifests).items()}


def containers(pod: Manifest) -> list[Manifest]:
    return [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]


def environment(container: Manifest) -> dict[str, Any]:
    return {each["name"]: each.get("value") or each["valueFrom"]["secretKeyRef"] for each in container["env"]}


def test_they_are_valid_by_the_schemas_of_kubernetes_and_the_gateway_api(topology: Topology, tmp_path: Path) -> None:
    for name, text in rendered(topology).items():
        (tmp_path / name).write_text(text)
        assert schemas.against_kubernetes(tmp_path / name) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("readinessProbe:", "readynessProbe:"),
        ("containerPort: 8000", 'containerPort: "8000"'),
        ("kind: Deployment", "kind: Deploymint"),
        ("type: PathPrefix", "type: Prefix"),
        ("weight: 100", "weight: -1"),
        ("parentRefs:", "parents:"),
        ("name: front", "names: front"),
        ("runAsNonRoot: true", "runAsNonRoot: 1"),
    ],
)
def test_what_the_schemas_do_not_allow_is_noticed(right: str, wrong: str, tmp_path: Path) -> None:
    text = rendered(read(tmp_path, ONE_OUT))["process-shop.yaml"]
    assert right in text
    file = tmp_path / "process-shop.yaml"
    file.write_text(text.replace(right, wrong))

    assert schemas.against_kubernetes(file) != []


def test_there_is_a_file_for_each_process_and_one_for_what_they_share(topology: Topology) -> None:
    assert set(rendered(topology)) == {"tearline.yaml", *(f"process-{each.name}.yaml" for each in topology.processes)}


def test_each_process_has_servers_that_are_reached_workers_and_a_beat(
    topology: Topology, manifests: list[Manifest]
) -> None:
    parts = {process.name + part for process in topology.processes for part in ("", "-worker", "-beat")}
    assert set(of_kind("Deployment", manifests)) == parts | {"redis"}
    assert set(of_kind("Service", manifests)) == {process.name for process in topology.processes} | {"redis"}
    assert set(of_kind("HTTPRoute", manifests)) == {topology.gateway.name}


def test_every_service_finds_its_pods_and_their_port(manifests: list[Manifest]) -> None:
    for name, service in of_kind("Service", manifests).items():
        chosen = [pod for pod in pods(manifests).values() if service["spec"]["selector"].items() <= labels(pod).items()]
        assert [pod["spec"]["containers"][0]["ports"][0]["name"] for pod in chosen] == [
            service["spec"]["ports"][0]["targetPort"]
        ], name


def labels(pod: Manifest) -> dict[str, str]:
    found: dict[str, str] = pod["metadata"]["labels"]
    return found


def test_every_deployment_knows_its_own_pods(manifests: list[Manifest]) -> None:
    for deployment in of_kind("Deployment", manifests).values():
        assert deployment["spec"]["selector"]["matchLabels"] == labels(deployment["spec"]["template"])


def test_each_pod_is_told_which_process_it_is_and_where_its_own_data_lives(
    topology: Topology, manifests: list[Manifest]
) -> None:
    for process in topology.processes:
        for part in ("", "-worker", "-beat"):
            for container in containers(pods(manifests)[process.name + part]):
                told = environment(container)
                assert told["TEARLINE_PROCESS"] == process.name
                assert {name for name in told if name.endswith("DATABASE_URL")} == set(process.databases.values())


def test_secrets_are_named_and_never_shown(manifests: list[Manifest]) -> None:
    assert of_kind("Secret", manifests) == {}
    shown = {"DEBUG", "REDIS_URL", "TEARLINE_LEAVE_SECONDS", "TLS_PROXY"}
    assert set(of_kind("ConfigMap", manifests)["tearline"]["data"]) == shown
    for name, pod in pods(manifests).items():
        for container in [] if name == "redis" else containers(pod):
            assert container["envFrom"] == [{"configMapRef": {"name": "tearline"}}, {"secretRef": {"name": "tearline"}}]
            plain = {each["name"] for each in container["env"] if "value" in each}
            assert plain == {"TEARLINE_PROCESS", "ALLOWED_HOSTS"}


def test_the_address_of_what_carries_events_is_a_secret(topology: Topology, manifests: list[Manifest]) -> None:
    secret = {"name": "tearline-events", "key": "EVENTS_URL"}
    for process in topology.processes:
        for container in containers(pods(manifests)[process.name]):
            assert environment(container).get("EVENTS_URL") == (None if topology.transport == "local" else secret)


def test_the_secret_of_one_process_is_not_that_of_another(tmp_path: Path) -> None:
    found = pods(loaded(read(tmp_path, ALL_OUT)))
    for name in ("orders", "mail-room"):
        secret = environment(found[name]["spec"]["containers"][0])["PLATFORM_DATABASE_URL"]
        assert secret == {"name": f"{name}-databases", "key": "PLATFORM_DATABASE_URL"}


def test_nobody_runs_as_root_or_writes_where_it_should_not(manifests: list[Manifest]) -> None:
    for pod in pods(manifests).values():
        assert pod["spec"]["securityContext"]["runAsNonRoot"] is True
        assert pod["spec"]["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["spec"]["automountServiceAccountToken"] is False
        for container in containers(pod):
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }


def test_no_container_takes_what_others_need(manifests: list[Manifest]) -> None:
    for pod in pods(manifests).values():
        for container in containers(pod):
            assert container["resources"]["limits"].keys() == {"memory"}
            assert container["resources"]["requests"].keys() == {"cpu", "memory"}


def test_servers_are_asked_whether_they_live_and_whether_they_serve(
    topology: Topology, manifests: list[Manifest]
) -> None:
    for process in topology.processes:
        (server,) = pods(manifests)[process.name]["spec"]["containers"]
        assert server["livenessProbe"]["httpGet"] == {"path": "/health/live", "port": "http"}
        assert server["readinessProbe"]["httpGet"] == {"path": "/health/ready", "port": "http"}


def test_servers_are_given_the_time_that_ending_takes_and_say_so_before(
    topology: Topology, manifests: list[Manifest]
) -> None:
    leaving = int(of_kind("ConfigMap", manifests)["tearline"]["data"]["TEARLINE_LEAVE_SECONDS"])
    for process in topology.processes:
        pod = pods(manifests)[process.name]["spec"]
        assert leaving > pod["containers"][0]["readinessProbe"]["periodSeconds"]
        assert pod["terminationGracePeriodSeconds"] > leaving + KILL_SECONDS


def test_databases_are_prepared_before_anybody_needs_them(topology: Topology, manifests: list[Manifest]) -> None:
    for process in topology.processes:
        for part in ("", "-worker", "-beat"):
            (first,) = pods(manifests)[process.name + part]["spec"]["initContainers"]
            assert first["command"] == ["python", "manage.py", "prepare"]


def test_all_that_the_world_may_see_leads_to_the_gateway(topology: Topology, manifests: list[Manifest]) -> None:
    paths = ("/", "/demo", "/staff", "/static", "/api/v1")
    assert set(routes(manifests)) == {(path, topology.gateway.name) for path in paths}


def test_the_gateway_need_not_be_the_first_process(tmp_path: Path) -> None:
    topology = read(tmp_path, f'{ONE_OUT.replace(".internal", "")}\n[gateway]\nprocess = "till"')
    assert {host for _, host in routes(loaded(topology))} == {"till"}


def routes(manifests: list[Manifest]) -> Iterator[tuple[str, str]]:
    """Each path that is let in, and the Service that it leads to with all of its weight."""
    services = of_kind("Service", manifests)
    for route in of_kind("HTTPRoute", manifests).values():
        for rule in route["spec"]["rules"]:
            (backend,) = rule["backendRefs"]
            assert backend["weight"] == 100
            assert backend["port"] == services[backend["name"]]["spec"]["ports"][0]["port"]
            for match in rule["matches"]:
                assert match["path"]["type"] == ("Exact" if match["path"]["value"] == "/" else "PathPrefix")
                yield match["path"]["value"], backend["name"]


def test_a_share_of_a_modules_requests_is_led_elsewhere(tmp_path: Path) -> None:
    site = replace(SITE, shifts={"payments": Backend(service="shop-next", weight=10)})
    text = kubernetes(read(tmp_path, ONE_OUT), site, pages=())["process-shop.yaml"]
    (tmp_path / "shop.yaml").write_text(text)
    assert schemas.against_kubernetes(tmp_path / "shop.yaml") == []

    shifted, rest = of_kind("HTTPRoute", list(yaml.safe_load_all(text)))["shop"]["spec"]["rules"]
    assert [match["path"]["value"] for match in shifted["matches"]] == ["/api/v1/payments"]
    assert shifted["backendRefs"] == [
        {"name": "shop", "port": 8000, "weight": 90},
        {"name": "shop-next", "port": 8000, "weight": 10},
    ]
    assert rest["backendRefs"] == [{"name": "shop", "port": 8000, "weight": 100}]


def test_a_module_that_nobody_hosts_has_no_requests_to_lead_elsewhere(tmp_path: Path) -> None:
    site = replace(SITE, shifts={"refunds": Backend(service="till", weight=10)})
    with pytest.raises(TopologyError, match="no process hosts refunds"):
        kubernetes(read(tmp_path, ONE_OUT), site, pages=())


def test_the_world_sees_every_page_that_is_served_here() -> None:
    below = {
        str(each.pattern): each.url_patterns for each in get_resolver().url_patterns if isinstance(each, URLResolver)
    }
    pages = {str(page.pattern).partition("/")[0] for page in below[""]}

    assert f"{API.strip('/')}/" in below
    assert {f"/{page}" for page in (*pages, "staff")} <= set(settings.TEARLINE_PAGES)
    assert "staff/" in below
    assert f"/{settings.STATIC_URL.strip('/')}" in settings.TEARLINE_PAGES


def test_prefixes_are_those_that_the_modules_serve() -> None:
    for module in settings.TEARLINE_TOPOLOGY.modules:
        assert prefixes_of(module) == importlib.import_module(f"modules.{module}.api").prefixes


def test_a_url_at_which_no_service_is_reached_is_refused(tmp_path: Path) -> None:
    topology = read(tmp_path, ONE_OUT.replace("till.internal", "counter.internal"))

    with pytest.raises(TopologyError, match=r"\[processes\.till\]: in a cluster `url` must begin with http://till"):
        rendered(topology)
