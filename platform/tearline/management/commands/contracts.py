"""`manage.py contracts`: what modules promise to those outside of them, compared with what they promised before."""

from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tearline.management.arguments import take_verbs
from tearline.snapshots import NoSnapshot
from tearline.snapshots._checking import NotRetirable, broken_since, changed, left_out, snapshots_now, watched
from tearline.snapshots._comparing import Change
from tearline.snapshots._keeping import file_of, keep, snapshots_at
from tearline.snapshots._schemas import NoSchema


class Command(BaseCommand):
    help = "Compare what modules promise (facades, events, REST) with their snapshots, or write these anew."
    requires_system_checks = ()  # it asks no database

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = take_verbs(parser)
        checking = verbs.add_parser("check", help="Fail when modules promise something else than their snapshots say.")
        checking.add_argument(
            "--against", metavar="REF", help="Fail as well when what was promised at this branch or commit is broken."
        )
        checking.set_defaults(does=_check)
        taking = verbs.add_parser("snapshot", help="Write the snapshots, unless that would break a promise.")
        taking.add_argument(
            "--retire",
            action="append",
            default=[],
            metavar="NAME",
            help="Let go for ever of what is not there any more: payments.authorize, orders.order_placed.v1, "
            '"GET /payments/{payment_id}". May be repeated.',
        )
        taking.set_defaults(does=_snapshot)

    def handle(self, *, does: Callable[..., Iterator[str]], **told: Any) -> None:
        try:
            for line in does(**told):
                self.stdout.write(line)
        except (NoSnapshot, NoSchema) as error:
            raise CommandError(str(error)) from error


def _check(*, against: str | None, **_: Any) -> Iterator[str]:
    found = [change for module in watched() for change in changed(module)]
    if against is not None:
        former = snapshots_at(against)
        yield f"snapshots at {against}: {', '.join(former) or 'none'}"
        found += [change for change in broken_since(former) if change not in found]
    yield from map(str, found)
    yield from _said_of_others()
    if breaking := _breaking(found):
        raise CommandError(f"promises broken: {len(breaking)}")
    if found:
        raise CommandError("the snapshots are stale. Run: python manage.py contracts snapshot")
    yield f"as promised: {', '.join(watched())}"


def _snapshot(*, retire: list[str], **_: Any) -> Iterator[str]:
    try:
        snapshots = snapshots_now(retiring=retire)
    except NotRetirable as error:
        raise CommandError(str(error)) from error
    breaking = _breaking(change for module in snapshots for change in changed(module, retiring=retire))
    yield from map(str, breaking)
    if breaking:
        raise CommandError(f"nothing was written. Promises broken: {len(breaking)}")
    for module, snapshot in snapshots.items():
        yield f"{file_of(module).name} {'is written' if keep(module, snapshot) else 'was so already'}"
    yield from _said_of_others()


def _said_of_others() -> Iterator[str]:
    if others := left_out():
        yield f"not looked at, as other processes host them: {', '.join(others)}"


def _breaking(found: Iterable[Change]) -> list[Change]:
    return [change for change in found if change.breaks is not None]
