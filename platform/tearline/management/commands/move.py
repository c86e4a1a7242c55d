"""A module's rows, to another database and back."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tearline.moving import Refused, move, survey


class Command(BaseCommand):
    help = (
        "Move the rows of a module to where <MODULE>_MOVES_TO_DATABASE_URL says, while everything else goes on."
        " Safe to kill at any point and run again."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("module")
        parser.add_argument("--back", action="store_true", help="From there to where they were.")
        parser.add_argument("--dry-run", action="store_true", help="Say what would be copied, and copy nothing.")

    def handle(self, *, module: str, back: bool, dry_run: bool, **_: Any) -> None:
        try:
            (survey if dry_run else move)(module, back=back, say=self._say)
        except Refused as refused:
            raise CommandError(f"Refused: {refused}") from refused

    def _say(self, step: str, what: str) -> None:
        self.stdout.write(f"{step:<14} {what}")
        self.stdout.flush()
