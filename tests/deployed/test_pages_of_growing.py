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
@pytest.mark.timeout(600)
def test_a_saga_is_written_and_carried_through_and_an_adapter_is_added_and_asked(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    """In one copy, which is checked as a whole at the end, as that is what takes long."""
    copy = Copy(tmp_path / "shop")
    saga, adapter = blocks_of("writing-a-saga.md"), blocks_of("adding-an-adapter.md")
    assert saga[-1].splitlines()[-1] == adapter[-1].splitlines()[-1]

    told = copy.run(*saga[:-1], *saga[-1].splitlines()[:-1], environ=environ)
    assert "## trips.plan" in told
    told = copy.run(*adapter, environ=environ)
    assert "True False" in told
    assert "## Outside: places.atlas" in told

    told = copy.run("python manage.py demo", f"python manage.py shell <<'END'\n{TRIP}\nEND", environ=environ)
    assert "became Rome, on the way completed" in told
