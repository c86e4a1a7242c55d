"""What docs/writing-a-saga.md and docs/adding-an-adapter.md tell to do works as printed."""

import os
import re
import sys
from pathlib import Path

import pytest

from tests.checkouts import Copy
from tests.processes import ROOT

TRIP = """
from django.db import transaction
from modules.trips.models import Entry
from modules.trips.sagas import plan
from tearline.testing import settle

entry = Entry(name="Rome")
with transaction.atomic(using="trips"):
    plan.start(entry)
settle()
print("became", Entry.objects.get(pk=entry.pk).name, plan.state_of(entry))
"""


def blocks_of(page: str) -> list[str]:
    # What is installed for the repository stays installed for it.
    printed = re.findall(r"```sh\n(.*?)```", (ROOT / "docs" / page).read_text(), re.DOTALL)
    return [block.replace("make lint", "make --old-file=.venv/.tests lint") for block in printed]


@pytest.fixture
def environ() -> dict[str, str]:
    ours = re.compile(r"TEARLINE_.*|.*DATABASE_URL|EVENTS_URL|DEBUG|MAKE.*|MFLAGS")
    usual = {name: value for name, value in os.environ.items() if not ours.fullmatch(name)}
    return usual | {"PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])}


@pytest.mark.sqlite_only
@pytest.mark.timeout(400)
def test_a_saga_is_written_drawn_and_carried_through(tmp_path: Path, environ: dict[str, str]) -> None:
    copy = Copy(tmp_path / "shop")
    told = copy.run(*blocks_of("writing-a-saga.md"), environ=environ)
    assert "## trips.plan" in told

    prepared = ["python manage.py prepare", "python manage.py demo"]
    told = copy.run(*prepared, f"python manage.py shell <<'END'\n{TRIP}\nEND", environ=environ)
    assert "became Rome, on the way completed" in told


@pytest.mark.sqlite_only
@pytest.mark.timeout(400)
def test_an_adapter_is_added_asked_and_told_of(tmp_path: Path, environ: dict[str, str]) -> None:
    told = Copy(tmp_path / "shop").run(*blocks_of("adding-an-adapter.md"), environ=environ)
    assert "True False" in told
    assert "## Outside: places.atlas" in told
