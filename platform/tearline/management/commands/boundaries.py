"""`manage.py boundaries`: by which ways modules reach each other past their doors."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tearline.boundaries._accepted import LedgerError, accepted_at, accepted_in, compared, grown
from tearline.boundaries._printing import FORMATS
from tearline.management.arguments import take_verbs
from tearline.management.needing import need


class Command(BaseCommand):
    help = "Find where modules reach each other but by facades, contracts and events."
    requires_system_checks = ()  # they refuse some of what is looked for here, without saying all of it

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = take_verbs(parser)
        checking = verbs.add_parser("check", help="Fail when there is such a place that the ledger does not accept.")
        checking.add_argument("--format", choices=FORMATS, default="text", help="how to tell (default: text)")
        checking.add_argument(
            "--ledger",
            type=Path,
            default=settings.TEARLINE_ACCEPTED,
            help="what is accepted for now (default: %(default)s)",
        )
        checking.add_argument("--against", metavar="REF", help="Fail as well when more is accepted than there.")

    def handle(self, *, format: str, ledger: Path, against: str | None, **_: Any) -> None:  # noqa: A002 - the option
        need("grimp", to="see who imports whom")
        from tearline.boundaries._checking import crossings
        from tearline.boundaries._sources import Unreadable

        try:
            accepted = accepted_in(ledger)
            more = grown(accepted_at(against, ledger), accepted) if against else []
        except LedgerError as error:
            raise CommandError(str(error)) from error
        try:
            result = compared(crossings(), accepted)
        except Unreadable as error:
            raise CommandError(str(error)) from error
        if told := FORMATS[format](result.new):
            self.stdout.write(told)
        for entry in result.gone:
            self.stderr.write(f"{ledger.name} accepts what is not there any more: {', '.join(entry)}")
        for entry in more:
            self.stderr.write(f"{ledger.name} accepts more than at {against}: {', '.join(entry)}")
        if surplus := len(result.gone) + len(more):
            raise CommandError(f"boundaries crossed: {len(result.new)}, ledger lines to take out: {surplus}")
        if result.new:
            raise CommandError(f"boundaries crossed: {len(result.new)}")
