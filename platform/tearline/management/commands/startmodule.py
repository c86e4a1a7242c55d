"""`manage.py startmodule`: a new module, with all that a module has."""

import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Make a module: facade, contracts, events, rows, REST, tests, and its entry in the topology."
    requires_system_checks = []  # it asks no database

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="a word in lower case, as in: modules.<name>")
        parser.add_argument("--process", help="which process hosts it (default: the first of the topology)")

    def handle(self, *, name: str, process: str | None, **_: Any) -> None:
        from tearline.scaffolding import CannotStart, start  # what writes TOML comes with what testing needs

        root: Path = settings.BASE_DIR
        topology: Path = settings.TEARLINE_TOPOLOGY_FILE
        try:
            written = start(
                name, process=process, root=root, topology_file=topology, topology=settings.TEARLINE_TOPOLOGY
            )
        except CannotStart as error:
            raise CommandError(str(error)) from error
        compose = root / "docker-compose.yml"
        if compose.exists():
            compose.write_text(self._manage("topology", "render", "compose"), encoding="utf-8")
        self._manage("contracts", "snapshot")
        if (root / "docs" / "reference").exists():
            self._manage("docs")
        for path in written:
            self.stdout.write(str(path.relative_to(root) if path.is_relative_to(root) else path))
        self.stdout.write(
            f"{name} is a module now. It has no doors yet: whoever asks or hears it, and whomever it asks or hears,\n"
            "needs a line in .importlinter. Its database is made by: python manage.py prepare"
        )

    def _manage(self, *words: str) -> str:
        """A command in a process that knows the new module. What it printed."""
        command = [sys.executable, "manage.py", *words]
        ran = subprocess.run(  # noqa: S603 - the words are ours
            command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False
        )
        if ran.returncode:
            raise CommandError(ran.stderr.strip())
        return ran.stdout
