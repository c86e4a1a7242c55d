"""Shows the durable work of every module hosted here: how much is due, how late it is, what is parked and why."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tearline.work._status import Parked, Standing, parked, standings


class Command(BaseCommand):
    help = "Show durable work: what is due, how late it is, what is parked and why. Empty queues are left out."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("modules", nargs="*", metavar="module", help="By default all that are hosted here.")
        parser.add_argument("--errors", action="store_true", help="With the whole traceback of what is parked.")

    def handle(self, *, modules: list[str], errors: bool, **_: Any) -> None:
        hosted = settings.TEARLINE_TOPOLOGY.hosted
        if strangers := set(modules) - set(hosted):
            raise CommandError(f"not hosted by this process: {', '.join(sorted(strangers))}")
        chosen = modules or list(hosted)
        self.stdout.write(f"{'module':14} {'queue':8} {'due':>7} {'later':>7} {'lag s':>8} {'parked':>7}")
        for module in chosen:
            for standing in standings(module):
                if standing.due or standing.later or standing.parked:
                    self.stdout.write(_line(standing))
        for module in chosen:
            for row in parked(module):
                self.stdout.write(_told(row, whole=errors))


def _line(standing: Standing) -> str:
    return (
        f"{standing.module:14} {standing.kind:8} {standing.due:7} {standing.later:7}"
        f" {standing.lag:8.1f} {standing.parked:7}"
    )


def _told(row: Parked, *, whole: bool) -> str:
    error = row.error if whole else row.error.strip().rpartition("\n")[2]
    return f"parked: {row.module} {row.kind} {row.id}, {row.what}, after {row.attempts} tries: {error}"
