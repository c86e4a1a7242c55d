"""`manage.py topology`: the file for people, the file compared with what runs, and what deploys it."""

import re
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tearline.boundaries import asked_by_modules, heard_by_modules
from tearline.deployment import WHOLE, Backend, Site, compose, kubernetes, usual_image
from tearline.management.arguments import take_verbs
from tearline.management.writing import writing
from tearline.topology import Topology, TopologyError
from tearline.topology._asking import differences
from tearline.topology._picture import as_mermaid, as_text


class Command(BaseCommand):
    help = "Show topology.toml, compare it with what runs, or render what deploys it."
    requires_system_checks = []  # it asks no database

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = take_verbs(parser)
        _takes_show(_verb(verbs, "show", "Processes, their modules and databases, who asks and hears whom.", _show))
        _takes_check(_verb(verbs, "check", "Ask every process what it hosts; fail when the file says another.", _check))
        kinds = take_verbs(verbs.add_parser("render", help="What deploys it."))
        _takes_image(_verb(kinds, "compose", "docker-compose.yml.", _compose))
        _takes_kubernetes(_verb(kinds, "kubernetes", "Manifests, and routes for a Gateway.", _kubernetes))

    def handle(self, *, does: Callable[..., Iterator[str]], **told: Any) -> None:
        try:
            for line in does(settings.TEARLINE_TOPOLOGY, **told):
                self.stdout.write(line)
        except TopologyError as error:
            raise CommandError(str(error)) from error


def _verb(verbs: Any, name: str, says: str, does: Callable[..., Iterator[str]]) -> ArgumentParser:
    parser: ArgumentParser = verbs.add_parser(name, help=says, description=says)
    parser.set_defaults(does=does)
    return parser


def _takes_show(parser: ArgumentParser) -> None:
    parser.add_argument("--format", choices=["text", "mermaid"], default="text")


def _show(topology: Topology, *, format: str, **_: Any) -> Iterator[str]:  # noqa: A002 - the option's name
    declared = settings.BASE_DIR / ".importlinter"
    shown = as_mermaid if format == "mermaid" else as_text
    try:
        asks, hears = asked_by_modules(declared), heard_by_modules(declared)
    except OSError as error:
        raise CommandError(f"{declared} says who asks and hears whom, and cannot be read: {error.strerror}") from error
    return shown(topology, asks=asks, hears=hears)


def _takes_check(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--at",
        action="append",
        type=_named_url,
        default=[],
        metavar="NAME=URL",
        help="Ask the process of this name there, not at its url. May be repeated.",
    )


def _check(topology: Topology, *, at: list[tuple[str, str]], **_: Any) -> Iterator[str]:
    places = dict(at)
    if strangers := places.keys() - {process.name for process in topology.processes}:
        raise CommandError(f"no process of the file: {', '.join(sorted(strangers))}")
    different = []
    for process in topology.processes:
        url = places.get(process.name, process.url)
        if url is None:
            raise CommandError(
                f"{process.name} has no url. Say where to ask: --at {process.name}=http://127.0.0.1:8000"
            )
        found = list(differences(topology, process, url))
        if found:
            different.append(process.name)
        for finding in found or ["is as the file says"]:
            yield f"{process.name} at {url} {finding}"
    if different:
        raise CommandError(f"not as the file says: {', '.join(different)}")


def _named_url(text: str) -> tuple[str, str]:
    name, _, url = text.partition("=")
    if not re.fullmatch(r"https?://(\[[0-9a-fA-F:.]+\]|[^][/\s]+)[^][\s]*", url):
        raise ArgumentTypeError(f"{text} is not like shop=http://127.0.0.1:8000")
    return name, url.rstrip("/")


def _takes_image(parser: ArgumentParser) -> None:
    parser.add_argument("--image", default=usual_image(), help="What every process runs (default: %(default)s).")


def _compose(topology: Topology, *, image: str, **_: Any) -> Iterator[str]:
    yield compose(topology, image=image)


def _takes_kubernetes(parser: ArgumentParser) -> None:
    parser.add_argument("--to", type=Path, metavar="DIR", help="Write a file each into this folder, not to the output.")
    _takes_image(parser)
    parser.add_argument("--host", default="shop.example", help="By which name the world asks (default: %(default)s).")
    parser.add_argument("--gateway", default="tearline", help="Which Gateway lets it in (default: %(default)s).")
    parser.add_argument(
        "--shift",
        action="append",
        type=_shift,
        default=[],
        metavar="MODULE=SERVICE:WEIGHT",
        help=f"Lead so many of {WHOLE} requests of this module to another Service. May be repeated.",
    )


def _kubernetes(topology: Topology, *, to: Path | None, shift: list[tuple[str, Backend]], **told: Any) -> Iterator[str]:
    site = Site(image=told["image"], host=told["host"], gateway=told["gateway"], shifts=dict(shift))
    files = kubernetes(topology, site, pages=settings.TEARLINE_PAGES)
    if to is None:
        yield "---\n".join(files.values())
        return
    with writing(to):
        yield from _write(files, to)


def _write(files: Mapping[str, str], to: Path) -> Iterator[str]:
    to.mkdir(parents=True, exist_ok=True)
    if strangers := {path.name for path in to.glob("*.yaml")} - files.keys():
        raise CommandError(f"{to} holds what is not of this topology: {', '.join(sorted(strangers))}. Remove it first.")
    for name, text in files.items():
        (to / name).write_text(text, encoding="utf-8")
        yield str(to / name)


def _shift(text: str) -> tuple[str, Backend]:
    told = re.fullmatch(r"(\w+)=([a-z0-9-]+):(\d{1,3})", text)
    if not told or int(told[3]) > WHOLE:
        raise ArgumentTypeError(f"{text} is not like payments=till-next:10")
    return told[1], Backend(service=told[2], weight=int(told[3]))
