"""Prints docs/states.md."""

from typing import Any

from django.core.management.base import BaseCommand

from tearline.states import page


class Command(BaseCommand):
    help = "Draw which states the things of the modules hosted here can be in: `states > docs/states.md`."

    def handle(self, **_options: Any) -> None:
        self.stdout.write(page(), ending="")
