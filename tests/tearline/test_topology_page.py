"""What docs/topology.md shows is true."""

import re
import shlex
from pathlib import Path

import pytest
from django.core.management import load_command_class

from tearline.topology import TopologyError
from tearline.topology._shifts import KNOWN
from tests.architecture.topologies import ROOT, read

PAGE = (ROOT / "docs/topology.md").read_text()
FILE, SHIFT = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
COMMANDS = re.findall(r"^python manage\.py (topology .*?)(?: >.*)?$", PAGE, re.MULTILINE)


def test_the_file_can_be_used_and_gives_payments_away(tmp_path: Path) -> None:
    assert read(tmp_path, FILE).host_of("payments").databases == {
        "platform": "PLATFORM_DATABASE_URL",
        "payments": "PAYMENTS_DATABASE_URL",
    }


def test_the_shift_can_be_added_to_it_and_every_key_of_it_is_told(tmp_path: Path) -> None:
    (shift,) = read(tmp_path, FILE + SHIFT).shifts
    assert (shift.prefix, shift.percent, shift.by) == ("/payments", 10, "order_id")
    assert set(KNOWN) <= set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE))


def test_the_error_is_what_a_wrong_word_gives(tmp_path: Path) -> None:
    with pytest.raises(TopologyError) as refused:
        read(tmp_path, FILE.replace("redis", "pigeon"))
    assert f"```text\n{refused.value}\n```".replace(f"{tmp_path}/", "") in PAGE


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_takes_its_options(command: str) -> None:
    name, *options = shlex.split(command)
    assert vars(load_command_class("tearline", name).create_parser("manage.py", name).parse_args(options))


def test_every_verb_is_shown() -> None:
    assert {command.split()[1] for command in COMMANDS} == {"show", "check", "render"}
