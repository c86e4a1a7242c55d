"""Targets outside of the process, for operators: who is asked, and who is not to be."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tearline.management.arguments import take_verbs
from tearline.management.who import take_who
from tearline.resilience._isolation import isolate, restore
from tearline.resilience.models import Isolation


class Command(BaseCommand):
    help = "Take a target out of service for all processes, and back. Every verb may be repeated."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.set_defaults(does=_show)
        verbs = take_verbs(parser, default="show")
        verbs.add_parser("show", help="List all targets, and which of them are isolated, by whom and why.")
        isolating = verbs.add_parser("isolate", help="Nobody asks it any more, from a second on.")
        isolating.add_argument("target")
        take_who(isolating, reason_required=True)
        isolating.set_defaults(does=_isolate)
        restoring = verbs.add_parser("restore", help="It is asked again, as its circuit allows.")
        restoring.add_argument("target")
        restoring.set_defaults(does=_restore)

    def handle(self, *, does: Any, **told: Any) -> None:
        target = told.get("target")
        if target is not None and target not in settings.TEARLINE_POLICIES:
            raise CommandError(f"there is no {target}: {', '.join(settings.TEARLINE_POLICIES)}")
        for line in does(**told):
            self.stdout.write(line)


def _show(**_: Any) -> Iterator[str]:
    """How its circuit stands is each process's own: see the metric tearline_target_circuit."""
    rows = Isolation.objects.in_bulk()
    for target in settings.TEARLINE_POLICIES:
        row = rows.get(target)
        why = f"isolated since {row.since:%FT%TZ} by {row.by}: {row.reason}" if row else "asked"
        yield f"{target:24} {why}"


def _isolate(*, target: str, who: str, reason: str, **_: Any) -> Iterator[str]:
    fresh = isolate(target, by=who, reason=reason)
    yield f"{target} is asked no more" if fresh else f"{target} was isolated already"


def _restore(*, target: str, **_: Any) -> Iterator[str]:
    yield f"{target} is asked again" if restore(target) else f"{target} was not isolated"
