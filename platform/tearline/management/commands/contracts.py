"""`manage.py contracts`: what modules promise, kept in files."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from tearline.snapshots._keeping import keep
from tearline.snapshots._taking import surface_of


class Command(BaseCommand):
    help = "Keep what modules promise in files."
    requires_system_checks = ()  # it asks no database

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(title="verbs", metavar="", required=True)
        verbs.add_parser("snapshot", help="Write down what the modules that are hosted here promise.")

    def handle(self, **_: Any) -> None:
        for module in settings.TEARLINE_TOPOLOGY.hosted:
            keep(module, surface_of(module) | {"retired": []})
