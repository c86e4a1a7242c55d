"""`manage.py reconcile_payments`: our ledger beside the payment provider's statement. Run it every morning."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from modules.payments.contracts import Difference
from modules.payments.facade import payments
from tearline.contracts import Unavailable
from tearline.facades import acting_as
from tearline.prepared import refuse_unless_prepared

COLUMNS = ("what", "movement", "here", "there", "order", "reference")


class Command(BaseCommand):
    help = "Compares our ledger with the payment provider's statement. Fails when they differ. Changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        parser.add_argument("--since", type=_time, default=midnight - timedelta(days=1), help="by default yesterday")
        parser.add_argument("--until", type=_time, default=midnight, help="not included; by default this midnight, UTC")

    def handle(self, *, since: datetime, until: datetime, **_: Any) -> None:
        if since >= until:
            raise CommandError(f"--since {since.isoformat()} is not before --until {until.isoformat()}")
        refuse_unless_prepared()
        try:
            with acting_as("reconcile_payments"):
                found = payments.reconcile(since, until)
        except Unavailable as error:
            raise CommandError(f"The provider does not answer: {error}", returncode=2) from error
        for line in _table(found.differences):
            self.stdout.write(line)
        count = len(found.differences)
        told = f"{found.entries} lines of ours, {found.postings} of the provider's, {count} differences"
        if found.differences:
            raise CommandError(told)
        self.stdout.write(told)


def _time(text: str) -> datetime:
    """Without a zone it is UTC."""
    try:
        told = datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text} is not a time as in 2026-11-01 or 2026-11-01T10:00Z") from error
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def _table(differences: list[Difference]) -> list[str]:
    if not differences:
        return []
    rows = [COLUMNS, *map(_row, differences)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]


def _row(each: Difference) -> tuple[str, ...]:
    return (
        each.kind,
        each.movement,
        str(each.here or "-"),
        str(each.there or "-"),
        each.order_id or "-",
        each.reference,
    )
