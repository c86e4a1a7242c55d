"""`manage.py startmodule`: a new module, with all that a module has."""

import shutil
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tearline.management.needing import need


class Command(BaseCommand):
    help = "Make a module: facade, contracts, events, rows, REST, tests, and its entry in the topology."
    requires_system_checks = []  # it asks no database

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="a word in lower case, as in: modules.<name>")
        parser.add_argument("--process", help="which process hosts it (default: the first of the topology)")

    def handle(self, *, name: str, process: str | None, **_: Any) -> None:
        need("tomlkit", to="start a module")
        from tearline.scaffolding import CannotStart, start

        root: Path = settings.BASE_DIR
        topology: Path = settings.TEARLINE_TOPOLOGY_FILE
        generated = Generated(root, topology)
        before = generated.texts()
        try:
            written = start(
                name, process=process, root=root, topology_file=topology, topology=settings.TEARLINE_TOPOLOGY
            )
        except CannotStart as error:
            raise CommandError(str(error)) from error
        try:
            self._generate(generated)
        except BaseException:  # Ctrl-C, too
            shutil.rmtree(root / "modules" / name)
            generated.restore(before)
            raise
        for path in written:
            self.stdout.write(str(path.relative_to(root) if path.is_relative_to(root) else path))
        self.stdout.write(
            f"{name} is a module now. It has no doors yet: whoever asks or hears it, and whomever it asks or hears,\n"
            "needs a line in .importlinter. Its database is made by: python manage.py prepare"
        )

    def _generate(self, generated: "Generated") -> None:
        if generated.compose.exists():
            generated.compose.write_text(self._manage("topology", "render", "compose"), encoding="utf-8")
        self._manage("contracts", "snapshot")
        if generated.reference.exists():
            self._manage("docs")

    def _manage(self, *words: str) -> str:
        """A command in a process that knows the new module. What it printed."""
        command = [sys.executable, "manage.py", *words]
        ran = subprocess.run(  # noqa: S603 - the words are ours
            command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False
        )
        if ran.returncode:
            raise CommandError(f"Nothing was made of it, as {' '.join(words)} failed: {ran.stderr.strip()}")
        return ran.stdout


class Generated:
    """The files that are as the topology and the modules are."""

    def __init__(self, root: Path, topology: Path) -> None:
        self.topology, self.compose = topology, root / "docker-compose.yml"
        self.reference = root / "docs" / "reference"

    def texts(self) -> Mapping[Path, bytes]:
        """What they hold now."""
        files = {self.topology, self.compose, *self.reference.rglob("*"), *settings.TEARLINE_CONTRACTS.glob("*")}
        return {file: file.read_bytes() for file in sorted(files) if file.is_file()}

    def restore(self, texts: Mapping[Path, bytes]) -> None:
        """Have them be as they were."""
        for file in self.texts().keys() - texts.keys():
            file.unlink()
        for file, text in texts.items():
            file.write_bytes(text)
