"""`manage.py docs`: writes docs/reference, which is read off the code; or says what of it is stale."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tearline.documentation import gathered, lay_beside, stale, write, written
from tearline.management.arguments import folder
from tearline.management.writing import writing

FOLDER = settings.BASE_DIR / "docs" / "reference"


class Command(BaseCommand):
    help = "Write docs/reference: canvases of the modules, pictures, sagas, states, AsyncAPI, OpenAPI."
    requires_system_checks = ()  # it asks no database

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing, and fail when a file is stale")
        parser.add_argument(
            "--beside",
            type=folder,
            metavar="SITE",
            help="lay the files that pages link to beside SITE/docs, where they look",
        )
        parser.add_argument("--to", type=Path, default=FOLDER, metavar="DIR", help="where (default: docs/reference)")

    def handle(self, *, check: bool, to: Path, beside: Path | None, **_: Any) -> None:
        if beside:
            self._lay_beside(beside)
            return
        if elsewhere := _not_to_be_seen():
            told = f"not looked at, as other processes host what they show: {', '.join(elsewhere)}"
            if not check:
                raise CommandError(told)
            self.stdout.write(told)
            return
        files = written(gathered())
        with writing(to):
            changed = [*stale(to, files)] if check else write(to, files)
        for path in changed:
            self.stdout.write(f"{to.name}/{path} is {'stale' if check else 'written'}")
        if check and changed:
            raise CommandError("run: python manage.py docs")
        self.stdout.write(f"{to.name}: {len(files)} files are as the code says")

    def _lay_beside(self, site: Path) -> None:
        dead = [*lay_beside(site, root=settings.BASE_DIR)]
        for link in dead:
            self.stdout.write(link)
        if dead:
            raise CommandError(f"dead links: {len(dead)}")
        self.stdout.write(f"{site}/docs/index.html is the first page")


def _not_to_be_seen() -> list[str]:
    """The modules of this checkout that this process does not host; and the gateway, which alone describes the API."""
    topology = settings.TEARLINE_TOPOLOGY
    missing = [module for module in topology.present if module not in topology.hosted]
    return missing if topology.is_gateway else [*missing, topology.gateway.name]
