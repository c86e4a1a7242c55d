"""What docs/adding-a-module.md tells to do works as printed: a module comes, hears, answers, leaves and is gone."""

import os
import re
import sys
from pathlib import Path

import pytest

from tests.checkouts import Copy
from tests.processes import ROOT

START, HEAR, RECORD, ANSWER, SEE, PREPARE, LEAVE, REMOVE = re.findall(
    r"```sh\n(.*?)```", (ROOT / "docs/adding-a-module.md").read_text(), re.DOTALL
)

ORDER = """
from django.core.management import call_command
from modules.loyalty.models import Entry
from modules.orders.contracts import Address, PlaceOrder, WantedLine
from modules.orders.facade import orders
from tearline.testing import settle

address = Address(name="Ada", line1="12 St James Square", city="London", postal_code="SW1Y 4JH", country="GB")
lines = [WantedLine(sku="MUG-BLUE", quantity=1)]
order = orders.place(
    PlaceOrder(email="ada@example.com", ship_to=address, lines=lines, payment_method="pm_card_ok"), key="first"
)
settle()
entry = Entry.objects.get()
assert entry.name == order.id
call_command("loyalty_entry", entry.id)
print("heard of", order.id)
"""


class Newcomer:
    """Follows the page in a copy of the repository, with databases of their own."""

    def __init__(self, folder: Path) -> None:
        self.copy, self.service = Copy(folder / "shop"), folder / "loyalty-service"
        ours = re.compile(r"TEARLINE_.*|.*DATABASE_URL|EVENTS_URL|DEBUG|MAKE.*|MFLAGS")
        self.environ = {name: value for name, value in os.environ.items() if not ours.fullmatch(name)}
        self.environ |= {f"GIT_{who}_{what}": "me" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        self.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])

    def types(self, *blocks: str) -> str:
        # What is installed for the repository stays installed for it.
        printed = (block.replace("make lint", "make --old-file=.venv/.tests lint") for block in blocks)
        return self.copy.run(*printed, environ=self.environ)

    def tree(self) -> set[str]:
        made = {".git", "var", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".import_linter_cache"}
        paths = (path.relative_to(self.copy.root) for path in self.copy.root.rglob("*") if path.is_file())
        return {str(path) for path in paths if not made & set(path.parts)}


@pytest.mark.sqlite_only
@pytest.mark.timeout(600)
def test_a_module_is_added_hears_answers_leaves_and_is_taken_out(tmp_path: Path) -> None:
    newcomer = Newcomer(tmp_path)
    newcomer.types("git init --quiet", "git add --all", "git commit --quiet --message 'As it was'")
    before = newcomer.tree()

    newcomer.types(START, SEE)
    newcomer.types(HEAR, RECORD, ANSWER, SEE, ".venv/bin/pytest --quiet tests/journeys/test_observed.py")
    newcomer.types(PREPARE, "python manage.py demo")
    told = newcomer.types(f"python manage.py shell <<'END'\n{ORDER}\nEND").splitlines()
    heard = next(line for line in told if line.startswith("heard of "))
    assert heard.removeprefix("heard of ") in told

    newcomer.types(LEAVE)
    tested = newcomer.types(
        f"cd {newcomer.service}",
        f"PYTHONPATH={newcomer.service}:{newcomer.service}/platform:$PYTHONPATH pytest --quiet modules/loyalty",
    )
    assert " passed" in tested

    newcomer.types(REMOVE)
    assert newcomer.tree() == before
