"""Which process hosts which module."""

from pathlib import Path

import pytest
from django.conf import settings

from tearline.topology import Process, TopologyError, load

TWO = """
[processes.shop]
modules = ["catalog", "orders"]

[processes.till]
modules = ["payments"]
url = "http://till.internal:8000"
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where a topology may be written, with three modules beside it."""
    for module in ("catalog", "orders", "payments"):
        (tmp_path / "modules" / module).mkdir(parents=True)
        (tmp_path / "modules" / module / "__init__.py").touch()
    return tmp_path / "topology.toml"


def test_one_process_hosts_all_modules_by_default() -> None:
    topology = load(settings.BASE_DIR / "topology.toml")
    assert topology.hosted == topology.modules
    assert set(topology.hosted) == {"catalog", "orders", "payments", "inventory", "shipping", "notifications"}


def test_a_process_hosts_its_own_modules_and_knows_of_all(place: Path) -> None:
    place.write_text(TWO)
    topology = load(place, process="till")
    assert topology.process == Process(name="till", modules=("payments",), url="http://till.internal:8000")
    assert topology.hosted == ("payments",)
    assert topology.modules == ("catalog", "orders", "payments")


def test_the_first_process_is_ours_unless_another_is_named(place: Path) -> None:
    place.write_text(TWO)
    assert load(place).process.name == "shop"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[processes.shop]\nmodules = ["refunds"]', r"\[processes\.shop\]: there is no module 'refunds'"),
        ('[processes.shop]\nmodules = ["../orders"]', r"there is no module '\.\./orders'"),
        ('[processes.shop]\nmodules = ["platform"]', r"no module may be called 'platform'"),
        ('[processes.shop]\nmodules = ["orders", "orders"]', r"'orders' is hosted here twice"),
        (
            '[processes.shop]\nmodules = ["orders"]\n[processes.b]\nmodules = ["orders"]',
            r"\[processes\.b\]: 'orders' is hosted here and in \[processes\.shop\]",
        ),
        ("[processes.shop]\nmodules = []", r"must be a list that names at least one module"),
        ('[processes.shop]\nmodules = "orders"', r"must be a list"),
        ("[processes.shop]\nmodules = [1]", r"must be a list"),
        ("[processes.shop]\nmodule = []", r"`module` is not known here"),
        ('[processes.shop]\nmodules = ["orders"]\nurl = 1', r"`url` must be text"),
        ("[processes]\nshop = 1", r"\[processes\.shop\] must be a table"),
        ("processes = 1", r"must be tables"),
        ("[process.shop]", r"\[process\] is not known here"),
        ("", r"there is nothing to run"),
        ("[processes.shop\n", r"line 1"),
    ],
)
def test_a_topology_that_cannot_be_used_is_refused_by_file_and_place(place: Path, text: str, message: str) -> None:
    place.write_text(text)
    with pytest.raises(TopologyError, match=message) as refused:
        load(place)
    assert str(place) in str(refused.value)


def test_a_process_that_is_not_there_is_refused_with_those_that_are(place: Path) -> None:
    place.write_text(TWO)
    with pytest.raises(TopologyError, match=r"no \[processes\.shopp\]; known are: shop, till"):
        load(place, process="shopp")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TopologyError, match=r"topology\.toml: cannot be read: No such file"):
        load(tmp_path / "topology.toml")
