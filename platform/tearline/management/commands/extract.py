"""`manage.py extract`: a module becomes a project of its own, and leaves its public files."""

import shlex
from argparse import ArgumentParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tearline.management.needing import need
from tearline.management.writing import writing
from tearline.topology import TopologyError

if TYPE_CHECKING:
    from tearline.extraction import Checkout


class Command(BaseCommand):
    help = "Writes a module as a project of its own; with --cut leaves only its public files here."
    requires_system_checks = []  # it asks no database

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("module", help="what leaves")
        parser.add_argument("--to", type=Path, metavar="DIR", help="write the project into this folder, new or empty")
        parser.add_argument(
            "--cut", action="store_true", help="remove from here all of the module but its public files"
        )
        parser.add_argument(
            "--url", help="where the others reach it, unless the topology has given it a process of its own"
        )

    def handle(self, *, module: str, to: Path | None, cut: bool, url: str | None, **_: Any) -> None:
        if not (to or cut):
            raise CommandError("Say where to write the project: --to DIR. Or have the module removed from here: --cut.")
        need("hatchling", "tomlkit", "uv", to="extract a module")
        from tearline.extraction import CannotExtract, Checkout

        checkout = Checkout(settings.BASE_DIR, settings.TEARLINE_TOPOLOGY_FILE, settings.TEARLINE_TOPOLOGY)
        try:
            if to:
                self._write(checkout, module, to, url)
            if cut:
                self._cut(checkout, module, url)
        except (CannotExtract, TopologyError) as error:
            raise CommandError(str(error)) from error

    def _write(self, checkout: "Checkout", module: str, to: Path, url: str | None) -> None:
        from tearline.extraction import lock, write

        with writing(to):
            write(checkout, module, to=to, url=url)
        if told := lock(to, like=checkout.root / "uv.lock"):
            self.stderr.write(f"There is no uv.lock yet; the project's make will make it. uv says: {told}")
        self.stdout.write(
            f"{to} is a project of its own. To see it pass its tests: make -C {shlex.quote(str(to))} test\n"
            f"Have all processes go by its topology.toml."
        )

    def _cut(self, checkout: "Checkout", module: str, url: str | None) -> None:
        from tearline.extraction import cut

        for file in cut(checkout, module, url=url).importing:
            self.stdout.write(f"{file} imports what is gone: change it, or remove it.")
        self.stdout.write(
            f"Of {module} there are only its public files now. What deploys this project has to follow:\n"
            "python manage.py topology render compose > docker-compose.yml"
        )
