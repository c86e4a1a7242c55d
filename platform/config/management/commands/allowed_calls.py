"""`manage.py allowed_calls`: who may call whose facade from another process, as .importlinter declares it."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tearline.boundaries import allowed_calls

FILE = Path(__file__).parents[2] / "allowed_calls.json"


class Command(BaseCommand):
    help = "Writes allowed_calls.json, which ships with each process, from the declared doors of .importlinter."
    requires_system_checks = []  # it asks no database

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing, and fail when the file is stale")

    def handle(self, *, check: bool, **_: Any) -> None:
        wanted = f"{json.dumps(allowed_calls(settings.BASE_DIR / '.importlinter'), indent=2)}\n"
        if not check:
            FILE.write_text(wanted, encoding="utf-8")
        elif FILE.read_text(encoding="utf-8") != wanted:
            raise CommandError(f"{FILE.name} is not what .importlinter declares. Run: python manage.py allowed_calls")
