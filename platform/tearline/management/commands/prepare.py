"""Brings every database of this process up to date."""

from typing import Any

from django.conf import settings
from django.core.checks import Tags
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connections

from tearline.databases.preparing import prepare


class Command(BaseCommand):
    help = "Makes and migrates every database of this process. Safe to repeat, and to run twice at once."
    requires_system_checks = [Tags.models, Tags.compatibility]

    def handle(self, *_args: Any, **_options: Any) -> None:
        settings.VAR.mkdir(parents=True, exist_ok=True)
        if any("OWNER" in connections.settings[alias] for alias in connections):
            call_command("provision", stdout=self.stdout)
        for alias in connections:
            applied = prepare(alias)
            self.stdout.write(f"{alias:<14} {_place(alias)}: {applied or 'no'} migrations applied")


def _place(alias: str) -> str:
    database = connections.settings[alias]
    return f"{database['NAME']}.{database['SCHEMA']}" if "SCHEMA" in database else str(database["NAME"])
