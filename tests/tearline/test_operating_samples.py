"""What the pages for operators tell them to type is understood."""

import re
import shlex
from pathlib import Path

import pytest
from django.core.management import load_command_class

from tearline.management.commands.work import VERBS

DOCS = Path(__file__).parents[2] / "docs"
PAGES = "".join((DOCS / name).read_text() for name in ("operating.md", "access.md"))
SAMPLES = [
    sample.partition("#")[0] for sample in re.findall(r"^python manage\.py work\b(.*)$", PAGES, flags=re.MULTILINE)
]


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_sample_is_understood(sample: str) -> None:
    parser = load_command_class("tearline", "work").create_parser("manage.py", "work")
    assert callable(parser.parse_args(shlex.split(sample)).does)


def test_every_verb_has_a_sample() -> None:
    assert {(shlex.split(sample) or ["status"])[0] for sample in SAMPLES} == {verb.name for verb in VERBS}
