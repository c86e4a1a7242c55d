"""`manage.py readiness`: what speaks for and against having a module leave."""

import math
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error
from django.utils import timezone

from tearline.contracts import Unavailable
from tearline.journeys import NotKept, kept
from tearline.management.arguments import days, file, refuse_unless_hosted
from tearline.readiness import Report
from tearline.readiness._deciding import decided
from tearline.readiness._departures import kept_departures
from tearline.readiness._load import Metrics, read_metrics
from tearline.readiness._measuring import Measuring
from tearline.readiness._people import NotUnderstood, said_in
from tearline.readiness._printing import as_json, as_screen, as_table
from tearline.readiness._probing import measured_ms


def _milliseconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf:
        raise ArgumentTypeError("milliseconds, from 0 on")
    return value


class Command(BaseCommand):
    help = "Say what speaks for and against having a module leave, by what is measured, and what follows."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("modules", nargs="*", metavar="module", help="By default all that are hosted here.")
        parser.add_argument("--format", choices=["text", "json"], default="text", help="how to tell (default: text)")
        parser.add_argument("--days", type=days, default=30, help="What is recent (default: %(default)s).")
        parser.add_argument(
            "--rtt-ms",
            type=_milliseconds,
            default=0.5,
            help="A round trip between the two (default: %(default)s).",
        )
        parser.add_argument("--metrics", type=file, metavar="FILE", help="What a process has answered at /metrics.")
        parser.add_argument(
            "--people",
            type=file,
            default=settings.BASE_DIR / "readiness.toml",
            metavar="FILE",
            help="What only people know: see docs/readiness.md (default: readiness.toml).",
        )

    def handle(self, *, modules: list[str], format: str, **told: Any) -> None:  # noqa: A002 - the option's name
        refuse_unless_hosted(modules)
        try:
            reports = _reports([*dict.fromkeys(modules or settings.TEARLINE_TOPOLOGY.hosted)], **told)
        except (NotKept, NotUnderstood) as error:
            raise CommandError(str(error)) from error
        except Unavailable as error:
            raise CommandError(f"what a call costs cannot be measured: {error}") from error
        except Error as error:
            prepare = "If its tables are not there yet, run: python manage.py prepare"
            raise CommandError(f"a database cannot be asked: {error}. {prepare}") from error
        if format == "json":
            self.stdout.write(as_json(reports))
            return
        for line in as_screen(reports[0]) if len(reports) == 1 else as_table(reports):
            self.stdout.write(line)


def _reports(
    modules: list[str], *, people: Path, metrics: Path | None, days: int, rtt_ms: float, **_: Any
) -> list[Report]:
    said, journeys, counted = said_in(people), kept(settings.TEARLINE_JOURNEYS), _metrics(metrics)
    if strangers := sorted(said.modules.keys() - settings.TEARLINE_TOPOLOGY.modules):
        raise NotUnderstood(f"{people}: there is no module {strangers[0]}")
    added = round(measured_ms(modules[0]) + rtt_ms, 3)
    departures = kept_departures(settings.TEARLINE_DEPARTURES)
    measuring = Measuring(journeys, added, days, counted, departures, settings.BASE_DIR)
    return [decided(measuring.of(module), said, today=timezone.now().date()) for module in modules]


def _metrics(told: Path | None) -> Metrics | None:
    try:
        return read_metrics(told.read_text(encoding="utf-8")) if told else None
    except (OSError, ValueError) as error:
        raise CommandError(f"{told}: {error}") from error
