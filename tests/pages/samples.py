"""The fenced blocks of the pages, which tests take from here and run."""

import re
import sys
from dataclasses import dataclass
from types import ModuleType

from tests.processes import ROOT

PAGES = [path for path in sorted((ROOT / "docs").rglob("*.md")) if "decisions" not in path.parts]
PAGES += [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "examples/README.md", "clients/python/README.md")]

RUN_BY = {
    ("clients/python/README.md", "python"): "tests/deployed/test_examples.py",
    ("docs/a-service-of-its-own.md", "sh"): "tests/topologies/test_leaving.py",
    ("docs/access.md", ""): "tests/pages/test_commands.py",
    ("docs/access.md", "http"): "tests/pages/test_commands.py",
    ("docs/adding-a-module.md", "sh"): "tests/deployed/test_adding_page.py",
    ("docs/adding-an-adapter.md", "sh"): "tests/deployed/test_pages_of_growing.py",
    ("docs/api.md", "json"): "tests/pages/test_commands.py",
    ("docs/api.md", "python"): "tests/pages/test_python.py",
    ("docs/catalog.md", ""): "tests/deployed/test_examples.py",
    ("docs/contracts.md", ""): "tests/pages/test_commands.py",
    ("docs/extracting-a-module.md", "sh"): "tests/topologies/test_extracting_page.py",
    ("docs/moving-a-module.md", "sh"): "tests/topologies/test_moving_page.py",
    ("docs/notifications.md", ""): "tests/pages/test_settings.py",
    ("docs/notifications.md", "http"): "tests/pages/test_commands.py",
    ("docs/notifications.md", "python"): "tests/pages/test_python.py",
    ("docs/operating.md", ""): "tests/pages/test_commands.py",
    ("docs/operating.md", "python"): "tests/pages/test_python.py",
    ("docs/orders.md", ""): "tests/pages/test_settings.py",
    ("docs/payments.md", ""): "tests/pages/test_commands.py",
    ("docs/read-models.md", ""): "tests/pages/test_commands.py",
    ("docs/read-models.md", "python"): "tests/pages/test_python.py",
    ("docs/readiness.md", ""): "tests/pages/test_commands.py",
    ("docs/readiness.md", "toml"): "tests/pages/test_settings.py",
    ("docs/topology.md", ""): "tests/pages/test_commands.py",
    ("docs/topology.md", "mermaid"): "tests/tearline/test_topology_command.py",
    ("docs/topology.md", "text"): "tests/tearline/test_topology_page.py",
    ("docs/topology.md", "toml"): "tests/tearline/test_topology_page.py",
    ("docs/writing-a-saga.md", "sh"): "tests/deployed/test_pages_of_growing.py",
}
"""The test that runs all samples of a page in a language, or compares them with what is."""

LONG = "takes minutes or hours"
OF_ITS_TIME = "is what something once printed, with the numbers, times or names of then"
DRAWN = "is a picture"

NOT_RUN: dict[str, dict[str, str]] = {
    "CONTRIBUTING.md": {"make run": LONG},
    "README.md": {"make run": LONG, "sequenceDiagram": DRAWN},
    "docs/benchmarks.md": {"make bench": LONG},
    "docs/boundaries.md": {
        "python manage.py boundaries check": "reads all code for many seconds; `make lint` runs it",
        "modules/orders/services.py:7": OF_ITS_TIME,
    },
    "docs/contracts.md": {
        "payments facade": OF_ITS_TIME,
        "python manage.py contracts check --against origin/main": "a checkout need not have such a branch",
    },
    "docs/fuzzing.md": {"make fuzz": LONG},
    "docs/moving-a-module.md": {"resumed ": OF_ITS_TIME},
    "docs/observability.md": {
        "2026-11-23": OF_ITS_TIME,
        "POST api/v1/orders": OF_ITS_TIME,
        "OTEL_EXPORTER_OTLP_ENDPOINT": "needs a collector at a port that may be taken",
    },
    "docs/operating.md": {
        "curl": "needs a server at a port that may be taken",
        "HTTP/1.1 503": OF_ITS_TIME,
    },
    "docs/proving.md": {
        "make prove": LONG,
        "54 of 54": OF_ITS_TIME,
        "SEED=1": LONG,
        "TEARLINE_KILL_AT": "kills the process that runs it",
    },
    "docs/readiness.md": {"pytest tests/journeys": "writes over what is kept in the repository"},
    "docs/topology.md": {
        "python manage.py topology check": "needs servers at addresses of their own; pages on extracting have such",
    },
    "examples/README.md": {"export TEARLINE_KEY": "stands for a key that `make run` prints"},
}
"""By page and by how they begin: the samples that no test runs, and why not."""


@dataclass(frozen=True)
class Sample:
    """A fenced block. `line`: that of its fence."""

    page: str
    line: int
    language: str
    text: str

    @property
    def why_not_run(self) -> str | None:
        """None: it is to be run."""
        reasons = NOT_RUN.get(self.page, {}).items()
        return next((reason for beginning, reason in reasons if self.text.startswith(beginning)), None)

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def samples() -> list[Sample]:
    """Those of all pages, whatever their language."""
    found = []
    for path in PAGES:
        text = path.read_text(encoding="utf-8")
        for match in re.finditer(r"^```(\w*)\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
            line = text.count("\n", 0, match.start()) + 1
            found.append(Sample(path.relative_to(ROOT).as_posix(), line, match[1], match[2]))
    return found


def printed(page: str, language: str) -> list[Sample]:
    """Those of one page in one language that are run, from top to bottom."""
    there = (page, language)
    return [each for each in samples() if (each.page, each.language) == there and each.why_not_run is None]


def executed(sample: Sample, *, of: str, **given: object) -> ModuleType:
    """What a sample of Python declares, as if this module of ours had it. `given`: names that it takes as known."""
    made = ModuleType(f"modules.{of}.printed")
    vars(made).update(given)
    sys.modules[made.__name__] = made
    try:
        exec(compile(sample.text, str(sample), "exec", dont_inherit=True), vars(made))
    finally:
        del sys.modules[made.__name__]
    return made
