"""Whatever is wrong with a topology, and however it is written, the line that is named is the one that is wrong."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tearline.topology import TopologyError, load
from tearline.topology._lines import line_of
from tests.architecture.topologies import ROOT

WRONG = "@@"
"""Stands before what is wrong, and is taken away before the file is read."""

SOUND = {
    "shop": ["[processes.shop]", "modules = [", '"catalog",', '"inventory", "orders"', "]", 'url = "http://shop:8000"'],
    "till": ["[processes.till]", 'modules = ["payments"]', 'own_databases = ["platform",', '"payments"]'],
    "events": ["[events]", 'transport = "redis"'],
}

FAULTS = [
    ("shop", "[processes.shop]", "@@[processes.Shop]"),
    ("shop", '"catalog",', '@@"refunds",'),
    ("shop", '"catalog",', '"catalog", @@"catalog",'),
    ("shop", '"inventory", "orders"', '"inventory", @@"refunds"'),
    ("shop", 'url = "http://shop:8000"', '@@url = "shop"'),
    ("shop", 'url = "http://shop:8000"', '@@colour = "red"'),
    ("shop", 'url = "http://shop:8000"', "@@url = "),
    ("shop", "modules = [", "@@module = ["),
    ("till", 'modules = ["payments"]', 'modules = ["payments", @@"orders"]'),
    ("till", 'modules = ["payments"]', "@@modules = []"),
    ("till", '"payments"]', '@@"orders"]'),
    ("till", "[processes.till]", "@@[gateways.till]"),
    ("till", "[processes.till]", "@@[processes.till"),
    ("events", 'transport = "redis"', '@@transport = "local"'),
    ("events", 'transport = "redis"', '@@transports = "redis"'),
    ("events", "[events]", "@@[[events]]"),
]

NOISE = ["", "   ", "# [processes.shop]", '# modules = ["refunds"]', '# """', "# ]", '  # transport = "pigeon"']


@st.composite
def wrong_files(draw: st.DrawFn) -> str:
    """Sound tables but for one wrong line, with noise between all lines."""
    fault = draw(st.sampled_from(FAULTS))
    lines = []
    for table in draw(st.sampled_from([("events", "shop", "till"), ("shop", "till", "events")])):
        lines += [fault[2] if (table, line) == fault[:2] else line for line in SOUND[table]]
    noise = st.lists(st.sampled_from(NOISE), max_size=2)
    noisy = [written for line in lines for written in (*draw(noise), line)]
    return draw(st.sampled_from(["\n", "\r\n"])).join([*noisy, ""])


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("topology") / "topology.toml"


@given(text=wrong_files())
def test_the_line_that_is_named_is_the_one_that_is_wrong(file: Path, text: str) -> None:
    file.write_bytes(text.replace(WRONG, "").encode())
    with pytest.raises(TopologyError) as refused:
        load(file, modules=ROOT / "modules")

    named = str(refused.value).removeprefix(f"{file}:").partition(":")[0]
    assert named == str(text[: text.index(WRONG)].count("\n") + 1), refused.value


def test_without_the_wrong_line_the_file_is_sound(file: Path) -> None:
    file.write_text("\n".join(line for table in SOUND.values() for line in table))
    assert load(file, modules=ROOT / "modules").hosted == ("catalog", "inventory", "orders")


@pytest.mark.parametrize(("table", "sound", "wrong"), FAULTS)
def test_every_fault_replaces_a_line_that_is_there(table: str, sound: str, wrong: str) -> None:
    assert sound in SOUND[table]
    assert wrong.count(WRONG) == 1


LISTED = """
[shop]
name = '''
modules = [
'''
modules = [
    "catalog",  # ]
    "orders", "payments",

    "shipping"]
places = {first = ["a", "b"], second = 2}
"""


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ((), 1),
        (("shop",), 2),
        (("shop", "name"), 3),
        (("shop", "modules"), 6),
        (("shop", "modules", 0), 7),
        (("shop", "modules", 2), 8),
        (("shop", "modules", 3), 10),
        (("shop", "modules", 4), 6),
        (("shop", "places", "second"), 11),
        (("shop", "places", "first", 1), 11),
        (("shop", "url"), 2),
        (("store", "url"), 1),
    ],
)
def test_things_are_found_where_they_begin_or_else_what_is_around_them(keys: tuple[str | int, ...], line: int) -> None:
    assert line_of(LISTED, *keys) == line
