"""Which process hosts which module."""

import shutil
from pathlib import Path

import pytest
from django.conf import settings

from tearline import topology
from tearline.topology import Process, Shift, Topology, TopologyError

TWO = """
[processes.shop]
modules = ["catalog", "orders"]

[processes.till]
modules = ["payments"]
url = "http://till.internal:8000"

[events]
transport = "redis"

[gateway]
process = "till"
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where a topology may be written, with three modules beside it."""
    for module in ("catalog", "orders", "payments"):
        (tmp_path / "modules" / module).mkdir(parents=True)
        (tmp_path / "modules" / module / "__init__.py").touch()
        (tmp_path / "modules" / module / "apps.py").touch()
    return tmp_path / "topology.toml"


def load(place: Path, process: str | None = None) -> Topology:
    return topology.load(place, modules=place.parent / "modules", process=process)


def is_one_process(found: Topology) -> bool:
    return found.hosted == found.modules and found.transport == "local"


def test_one_process_hosts_all_modules_by_default() -> None:
    usual = load(settings.BASE_DIR / "topology.toml")
    assert is_one_process(usual)
    assert {"catalog", "orders", "payments", "inventory", "shipping", "notifications"} <= {*usual.hosted}


@pytest.mark.parametrize("process", ["shop", "till"])
def test_a_shop_in_two_processes_is_not_taken_for_one(place: Path, process: str) -> None:
    place.write_text(TWO)
    assert not is_one_process(load(place, process=process))


def test_a_process_hosts_its_own_modules_and_knows_of_all(place: Path) -> None:
    place.write_text(TWO)
    ours = load(place, process="till")
    assert ours.process == Process(name="till", modules=("payments",), url="http://till.internal:8000")
    assert ours.hosted == ("payments",)
    assert ours.modules == ("catalog", "orders", "payments")
    assert ours.transport == "redis"


def test_every_module_has_one_host(place: Path) -> None:
    place.write_text(TWO)
    assert [load(place).host_of(module).name for module in ("orders", "payments")] == ["shop", "till"]
    with pytest.raises(TopologyError, match="no process hosts refunds"):
        load(place).host_of("refunds")


def test_the_gateway_is_the_process_that_is_said_to_be_else_the_first_one(place: Path) -> None:
    place.write_text(TWO)
    assert load(place).gateway.name == "till"
    assert [load(place, process=process).is_gateway for process in ("shop", "till")] == [False, True]
    place.write_text(TWO.partition("[gateway]")[0])
    assert load(place).gateway.name == "shop"
    assert [load(place, process=process).is_gateway for process in ("shop", "till")] == [True, False]


ORDERS = '[processes.shop]\nmodules = ["orders"]'

SHIFT = """
[[gateway.shift]]
name = "till-next"
prefix = "/payments"
url = "http://till-next:8000/"
process = "till-next"
"""


def test_a_shift_is_of_all_requests_unless_it_says_of_which(place: Path) -> None:
    place.write_text(TWO + SHIFT)
    usual = Shift(name="till-next", prefix="/payments", url="http://till-next:8000", process="till-next")
    assert load(place).shifts == (usual,)
    assert usual.percent == 100
    place.write_text(f'{TWO}{SHIFT}percent = 2.25\nby = "order_id"\nversion = "2"\nmethods = ["GET", "HEAD"]')
    (part,) = load(place).shifts
    assert (part.percent, part.by, part.version, part.methods) == (2.25, "order_id", "2", ("GET", "HEAD"))


def test_a_system_that_is_not_ours_goes_by_no_name(place: Path) -> None:
    place.write_text(TWO + SHIFT.replace('process = "till-next"', "legacy = true"))
    assert load(place).shifts[0].process is None


def test_shifts_keep_their_order_and_make_a_version_of_the_file(place: Path) -> None:
    place.write_text(TWO + SHIFT)
    fingerprint = load(place).fingerprint
    place.write_text(TWO + SHIFT.replace("till-next", "other") + SHIFT)
    assert [shift.name for shift in load(place).shifts] == ["other", "till-next"]
    assert load(place).fingerprint != fingerprint


@pytest.mark.parametrize(
    ("said", "instead", "line", "message"),
    [
        ('name = "till-next"', "", 2, r"`name` must be given"),
        ('name = "till-next"', 'name = "Till"', 3, r"`name` must look like till-next"),
        ('name = "till-next"', 'name = "orders"', 3, r"a module or another shift is called 'orders', too"),
        ('prefix = "/payments"', "", 2, r"`prefix` must be given"),
        ('prefix = "/payments"', 'prefix = "payments"', 4, r"`prefix` must look like /payments"),
        ('prefix = "/payments"', 'prefix = "/payments/"', 4, r"`prefix` must look like /payments"),
        ('prefix = "/payments"', 'prefix = "/.."', 4, r"`prefix` must look like /payments"),
        ('prefix = "/payments"', 'prefix = ["/payments"]', 4, r"`prefix` must look like /payments"),
        ('url = "http://till-next:8000/"', "", 2, r"`url` must look like http://till-next"),
        ('url = "http://till-next:8000/"', 'url = "till-next"', 5, r"`url` must look like http://till-next"),
        ('process = "till-next"', "", 2, r"either `process` says who answers there, or `legacy = true`"),
        ('process = "till-next"', "legacy = false", 2, r"either `process` says who answers there"),
        ('process = "till-next"', 'process = "a"\nlegacy = true', 2, r"either `process` says who answers there"),
        ('process = "till-next"', 'process = "Till"', 6, r"`process` must look like till"),
        ('process = "till-next"', 'process = "shop"', 6, r"`process` must be another one: a gateway lets nobody tell"),
        ('process = "till-next"', "legacy = 1", 6, r"`legacy` must be true or false"),
        ('process = "till-next"', "percents = 1", 6, r"`percents` is not known here; known are name, prefix, url"),
        ("\n\n", "\npercent = 101\n\n", 7, r"`percent` must be a number from 0 to 100"),
        ("\n\n", "\npercent = -1\n\n", 7, r"`percent` must be a number from 0 to 100"),
        ("\n\n", "\npercent = 1.001\n\n", 7, r"`percent` must be a number from 0 to 100, with two decimals"),
        ("\n\n", "\npercent = nan\n\n", 7, r"`percent` must be a number from 0 to 100"),
        ("\n\n", "\npercent = true\n\n", 7, r"`percent` must be a number from 0 to 100"),
        ("\n\n", '\npercent = "10"\n\n', 7, r"`percent` must be a number from 0 to 100"),
        ("\n\n", '\nby = "order id"\n\n', 7, r"`by` must look like order_id"),
        ("\n\n", '\nversion = ""\n\n', 7, r"`version` must look like 2026-11-25"),
        ("\n\n", '\nmethods = "GET"\n\n', 7, r"`methods` must be a list of some of GET, HEAD"),
        ("\n\n", "\nmethods = []\n\n", 7, r"`methods` must be a list of some of GET, HEAD"),
        ("\n\n", '\nmethods = ["get"]\n\n', 7, r"`methods` must be a list of some of GET, HEAD"),
        ("\n\n", "\nmethods = [[]]\n\n", 7, r"`methods` must be a list of some of GET, HEAD"),
    ],
)
def test_a_shift_that_cannot_be_used_is_refused_by_its_line(
    place: Path, said: str, instead: str, line: int, message: str
) -> None:
    text = SHIFT + "\n" + ORDERS
    assert said in text
    place.write_text(text.replace(said, instead, 1) if instead else text.replace(f"{said}\n", "", 1))
    with pytest.raises(TopologyError, match=message) as refused:
        load(place)
    assert str(refused.value).startswith(f"{place}:{line}: [[gateway.shift]]: ")


def test_of_several_shifts_the_wrong_one_is_named(place: Path) -> None:
    place.write_text(f"{ORDERS}\n{SHIFT}{SHIFT}")
    with pytest.raises(TopologyError, match=r"a module or another shift is called 'till-next', too") as refused:
        load(place)
    assert str(refused.value).startswith(f"{place}:11: ")
    place.write_text(f"{ORDERS}\n[gateway]\nshift = 1")
    with pytest.raises(TopologyError, match=r"toml:4: shifts must be tables named \[\[gateway.shift\]\]"):
        load(place)


def test_modules_need_not_lie_beside_the_file(place: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.toml"
    elsewhere.write_text(TWO)
    assert topology.load(elsewhere, modules=tmp_path / "modules").hosted == ("catalog", "orders")


def test_the_first_process_is_ours_unless_another_is_named(place: Path) -> None:
    place.write_text(TWO)
    assert load(place).process.name == "shop"


@pytest.fixture
def payments_left(place: Path) -> Path:
    """The same place, once payments is a project of its own."""
    (place.parent / "modules" / "payments" / "apps.py").unlink()
    place.write_text(TWO)
    return place


def test_of_a_module_that_has_left_its_name_and_its_host_are_known(payments_left: Path) -> None:
    ours = load(payments_left)
    assert ours.elsewhere == {"till"}
    assert ours.present == ("catalog", "orders")
    assert ours.host_of("payments").url == "http://till.internal:8000"


def test_where_a_module_is_alone_its_process_is_ours_and_others_need_no_package(payments_left: Path) -> None:
    modules = payments_left.parent / "modules"
    shutil.rmtree(modules / "catalog")
    for module, change in (("orders", Path.unlink), ("payments", Path.touch)):
        change(modules / module / "apps.py")
    ours = load(payments_left)
    assert (ours.process.name, ours.hosted) == ("till", ("payments",))
    assert ours.elsewhere == {"shop"}


def test_all_checkouts_that_go_by_one_file_have_one_fingerprint(payments_left: Path) -> None:
    without = load(payments_left).fingerprint
    (payments_left.parent / "modules" / "payments" / "apps.py").touch()
    assert load(payments_left).fingerprint == without


def test_a_process_whose_modules_have_left_cannot_run(payments_left: Path) -> None:
    with pytest.raises(
        TopologyError, match=r"toml:5: \[processes\.till\] cannot run here, as its modules are not here"
    ):
        load(payments_left, process="till")


def test_no_process_hosts_a_module_that_has_left_beside_one_that_has_not(payments_left: Path) -> None:
    payments_left.write_text('[processes.shop]\nmodules = [\n"catalog",\n"orders",\n"payments"]\n')
    with pytest.raises(TopologyError, match=r"toml:5: .*there is no module 'payments': only its public files are here"):
        load(payments_left)


def test_a_misspelt_module_is_no_module_of_elsewhere(place: Path) -> None:
    place.write_text(TWO.replace("payments", "paymets"))
    with pytest.raises(TopologyError, match=r"toml:6: .*no package modules/paymets, and nobody hosts payments"):
        load(place)


def test_data_is_shared_unless_the_file_gives_a_module_its_own(place: Path) -> None:
    place.write_text(TWO.replace('["payments"]', '["payments"]\nown_databases = ["payments"]'))
    ours = load(place, process="till")
    assert ours.process.databases == {"platform": "DATABASE_URL", "payments": "PAYMENTS_DATABASE_URL"}
    assert set(load(place).process.databases.values()) == {"DATABASE_URL"}


def test_all_processes_of_one_file_have_one_fingerprint_and_comments_do_not_change_it(place: Path) -> None:
    place.write_text(TWO)
    fingerprint = load(place, process="shop").fingerprint
    assert load(place, process="till").fingerprint == fingerprint
    place.write_text(f"# to be shown around\n{TWO}")
    assert load(place).fingerprint == fingerprint
    assert len(fingerprint) == 16


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ("shop", "store"),
        ('"catalog", "orders"', '"orders", "catalog"'),
        ("till.internal", "till"),
        ("redis", "kafka"),
        ('"redis"', '"redis"\nstreams = "type"'),
        ('process = "till"', 'process = "shop"'),
        ('modules = ["payments"]', 'modules = ["payments"]\nown_databases = ["platform"]'),
    ],
)
def test_whatever_the_file_says_changes_its_fingerprint(place: Path, said: str, instead: str) -> None:
    place.write_text(TWO)
    fingerprint = load(place).fingerprint
    place.write_text(TWO.replace(said, instead))
    assert load(place).fingerprint != fingerprint


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('[processes.shop]\nmodules = ["refunds"]', 2, r"\[processes\.shop\]: there is no module 'refunds'"),
        ('[processes.shop]\nmodules = ["../orders"]', 2, r"there is no module '\.\./orders'"),
        ('[processes.shop]\nmodules = ["platform"]', 2, r"no module may be called 'platform'"),
        ('[processes.shop]\nmodules = ["orders", "orders"]', 2, r"'orders' is hosted here twice"),
        (
            f'{ORDERS}\n[processes.b]\nmodules = ["orders"]',
            4,
            r"\[processes\.b\]: 'orders' is hosted here and in \[processes\.shop\]",
        ),
        ("[processes.shop]\nmodules = []", 2, r"must be a list that names at least one module"),
        ('[processes.shop]\nmodules = "orders"', 2, r"must be a list"),
        ("[processes.shop]\nmodules = [1]", 2, r"must be a list"),
        ("[processes.shop]\nmodule = []", 2, r"`module` is not known here"),
        ("\n[processes.shop]", 2, r"must be a list that names at least one module"),
        (f"{ORDERS}\nurl = 1", 3, r"`url` must be text"),
        (f'{ORDERS}\nurl = "till:8000"', 3, r"`url` must look like http://till"),
        (f'{ORDERS}\nurl = "http:///x"', 3, r"`url` must look like http://till"),
        (f'{ORDERS}\nurl = "http://till?x"', 3, r"`url` must look like http://till"),
        (f'{ORDERS}\nurl = "http://till:eight"', 3, r"`url` must look like http://till"),
        (f'{ORDERS}\nurl = "http://me:secret@till"', 3, r"`url` must look like http://till"),
        (f"{ORDERS}\nown_databases = true", 3, r"`own_databases` must be a list of names"),
        (
            f'{ORDERS}\nown_databases = ["payments"]',
            3,
            r"'payments' is neither 'platform' nor a module of this",
        ),
        (f'{ORDERS}\nown_databases = ["orders", "orders"]', 3, r"'orders' is named twice"),
        ("[processes]\nshop = 1", 2, r"\[processes\.shop\] must be a table"),
        ('[processes.Shop]\nmodules = ["orders"]', 1, r"\[processes\.Shop\]: a process is called by small letters"),
        ('[processes.redis]\nmodules = ["orders"]', 1, r"no process may be called 'redis'"),
        ('[processes.on]\nmodules = ["orders"]', 1, r"no process may be called 'on'"),
        ('[processes.shop-worker]\nmodules = ["orders"]', 1, r"no process may be called 'shop-worker'"),
        ("processes = 1", 1, r"must be tables"),
        ("[process.shop]", 1, r"\[process\] is not known here"),
        (f"events = 1\n{ORDERS}", 1, r"\[events\] must be a table"),
        (f'{ORDERS}\n[events]\ntransports = "redis"', 4, r"\[events\]: `transports` is not known here"),
        (f'{ORDERS}\n[events]\ntransport = "pigeon"', 4, r"`transport` must be one of local, redis, kafka"),
        (f'{ORDERS}\n[events]\nstreams = "topic"', 4, r"`streams` must be one of module, type"),
        (f"{ORDERS}\n[events]\ntransport = []", 4, r"`transport` must be one of local, redis, kafka"),
        (
            f'{ORDERS}\n[processes.till]\nmodules = ["payments"]',
            3,
            r'between several processes `transport` must be "redis" or "kafka"',
        ),
        (
            f'[events]\ntransport = "local"\n{ORDERS}\n[processes.till]\nmodules = ["payments"]',
            2,
            r"between several processes",
        ),
        (f"gateway = 1\n{ORDERS}", 1, r"\[gateway\] must be a table"),
        (f'{ORDERS}\n[gateway]\nprocesses = "shop"', 4, r"\[gateway\]: `processes` is not known here"),
        (f'{ORDERS}\n[gateway]\nprocess = "till"', 4, r"\[gateway\]: `process` must be one of shop"),
        (f"{ORDERS}\n[gateway]\nprocess = []", 4, r"\[gateway\]: `process` must be one of shop"),
        ("", 1, r"there is nothing to run"),
        ("[processes.shop\n", 1, r"Expected ']' at the end of a table declaration"),
        (f"{ORDERS}\nurl =", 3, r"Invalid value"),
        (f'{ORDERS}\nmodules = ["catalog"]', 3, r"Cannot overwrite a value"),
    ],
)
def test_a_topology_that_cannot_be_used_is_refused_by_file_line_and_place(
    place: Path, text: str, line: int, message: str
) -> None:
    place.write_text(text)
    with pytest.raises(TopologyError, match=message) as refused:
        load(place)
    assert str(refused.value).startswith(f"{place}:{line}: ")


def test_bytes_that_are_no_text_are_refused_by_line(place: Path) -> None:
    place.write_bytes(b"# fine\n# caf\xe9\n")
    with pytest.raises(TopologyError, match=r"topology\.toml:2: is not UTF-8 from here on"):
        load(place)


def test_a_process_that_is_not_there_is_refused_with_those_that_are(place: Path) -> None:
    place.write_text(TWO)
    with pytest.raises(TopologyError, match=r"no \[processes\.shopp\]; known are: shop, till"):
        load(place, process="shopp")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TopologyError, match=r"topology\.toml: cannot be read: No such file"):
        load(tmp_path / "topology.toml")
