"""The pages for operators leave no verb out. That what they show works is seen in tests/pages."""

import re
import shlex
from pathlib import Path

from tearline.management.commands.work import VERBS

DOCS = Path(__file__).parents[2] / "docs"
PAGES = "".join((DOCS / name).read_text() for name in ("operating.md", "access.md"))
SAMPLES = [
    sample.partition("#")[0] for sample in re.findall(r"^python manage\.py work\b(.*)$", PAGES, flags=re.MULTILINE)
]


def test_every_verb_has_a_sample() -> None:
    assert {(shlex.split(sample) or ["status"])[0] for sample in SAMPLES} == {verb.name for verb in VERBS}
