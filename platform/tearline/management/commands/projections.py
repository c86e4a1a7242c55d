"""Read models, for operators: how far they are behind, make them anew, compare them with what they tell of."""

from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tearline.management.arguments import take_verbs
from tearline.management.who import take_who
from tearline.projections import LogIncomplete, Overtaken, Projection, check, projections, rebuild, standing


class Command(BaseCommand):
    help = "Show the read models of the modules hosted here, rebuild or check them. Safe to kill and run again."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.set_defaults(does=self._show)
        verbs = take_verbs(parser, default="a list")
        self._verb(
            verbs, "rebuild", "Make its rows anew from its log, while everything goes on.", self._rebuild, who=True
        )
        self._verb(verbs, "check", "Compare it with what it tells of. Fails when they differ.", self._check)

    def _verb(self, verbs: Any, name: str, says: str, does: Callable[..., None], *, who: bool = False) -> None:
        parser = verbs.add_parser(name, help=says, description=says)
        parser.add_argument("name", help="Such as orders.daily_sales.")
        parser.set_defaults(does=does)
        if who:
            take_who(parser)

    def handle(self, *, does: Callable[..., None], **told: Any) -> None:
        does(**told)

    def _show(self, **_: Any) -> None:
        self.stdout.write(
            f"{'projection':30} {'rows':>8} {'position':>9} {'newest event':20} {'waiting':>8} {'lag s':>8}"
        )
        for projection in _here().values():
            told = standing(projection)
            newest = f"{told.newest:%FT%TZ}" if told.newest else "none"
            rows = sum(table.objects.count() for table in projection.tables)
            self.stdout.write(
                f"{told.name:30} {rows:8} {told.position:9} {newest:20} {told.waiting:8} {told.lag:8.1f}"
                + ("" if told.rebuilding is None else f"  rebuilt up to {told.rebuilding}")
            )

    def _rebuild(self, *, name: str, who: str, reason: str, **_: Any) -> None:
        try:
            count = rebuild(_named(name), who=who, reason=reason)
        except (LogIncomplete, Overtaken) as error:
            raise CommandError(f"{error}: what is shown stays as it was") from error
        self.stdout.write(f"{name} is made anew of {count} events")

    def _check(self, *, name: str, **_: Any) -> None:
        found = check(_named(name))
        for difference in found:
            self.stdout.write(difference)
        if found:
            raise CommandError(f"{name} differs in {len(found)} places: see docs/read-models.md")
        self.stdout.write(f"{name} is the same as what it tells of")


def _here() -> dict[str, Projection]:
    hosted = settings.TEARLINE_TOPOLOGY.hosted
    return {name: projection for name, projection in projections.items() if projection.module in hosted}


def _named(name: str) -> Projection:
    if name not in _here():
        raise CommandError(f"no projection here is named {name}: there are {', '.join(_here()) or 'none'}")
    return _here()[name]
