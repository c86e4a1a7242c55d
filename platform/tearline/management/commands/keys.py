"""API keys, for operators: who carries which, for what and until when."""

from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from django.utils import timezone

from tearline.api import keys
from tearline.api.models import ApiKey
from tearline.management.arguments import MOST_DAYS, days, take_verbs, whole

OVERLAP = 24
"""Hours for which a key that was changed still opens, unless told otherwise."""


class Command(BaseCommand):
    help = "List, issue, rotate and revoke API keys. A token is printed once, and never again."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.set_defaults(does=_list, all=False)
        verbs = take_verbs(parser, default="list")
        listing = verbs.add_parser("list", help="Who carries which key, for what, until when, last used when.")
        listing.add_argument("--all", action="store_true", help="Those too that open nothing any more.")
        _take_what_is_issued(verbs.add_parser("issue", help="Make a key, and print its token."))
        rotating = verbs.add_parser("rotate", help="Make a key that takes another's place, and print its token.")
        rotating.add_argument("key", help="Its id, or how its token begins.")
        rotating.add_argument(
            "--overlap",
            type=whole(0, 24 * MOST_DAYS),
            default=OVERLAP,
            metavar="HOURS",
            help=f"The old one still opens. {OVERLAP}.",
        )
        rotating.set_defaults(does=_rotate)
        revoking = verbs.add_parser("revoke", help="From the next request on it opens nothing.")
        revoking.add_argument("key", help="Its id, or how its token begins.")
        revoking.set_defaults(does=_revoke)

    def handle(self, *, does: Any, **told: Any) -> None:
        try:
            for line in does(**told):
                self.stdout.write(line)
        except (keys.NotUsable, ValueError) as error:
            raise CommandError(str(error)) from error


def _take_what_is_issued(issuing: ArgumentParser) -> None:
    issuing.add_argument("name", help="Who uses it and for what, in words.")
    issuing.add_argument("scopes", nargs="+", metavar="scope", help="Such as orders:read; * for everything.")
    issuing.add_argument("--customer", help="It opens only what is this customer's.")
    issuing.add_argument("--days", type=days, help="After so many it opens nothing any more.")
    issuing.add_argument("--live", action="store_true", help="Its token begins with sk_live_, not with sk_test_.")
    issuing.set_defaults(does=_issue)


def _list(*, all: bool, **_: Any) -> Iterator[str]:  # noqa: A002 - as the option is called
    for key in ApiKey.objects.all():
        if all or key.is_usable:
            customer = f" of {key.customer}" if key.customer else ""
            yield f"{key.id}  {key.prefix}…  {key.name}{customer}: {' '.join(key.scopes)}  ({_state_of(key)})"


def _state_of(key: ApiKey) -> str:
    used = f"last used {_at(key.last_used_at)}" if key.last_used_at else "never used"
    if key.revoked_at:
        return f"revoked {_at(key.revoked_at)}, {used}"
    if key.expires_at:
        return f"{'expires' if key.is_usable else 'expired'} {_at(key.expires_at)}, {used}"
    return used


def _at(moment: datetime) -> str:
    return f"{moment:%FT%H:%MZ}"


def _issue(*, name: str, scopes: list[str], customer: str | None, days: int | None, live: bool, **_: Any) -> list[str]:
    expires_at = None if days is None else timezone.now() + timedelta(days=days)
    key, token = keys.issue(name=name, scopes=scopes, customer=customer, expires_at=expires_at, live=live)
    return [f"{key.id} is issued. Its token, which nobody can read again:", token]


def _rotate(*, key: str, overlap: int, **_: Any) -> list[str]:
    old = _named(key)
    new, token = keys.rotate(old.id, overlap=timedelta(hours=overlap))
    told = f"{new.id} takes the place of {old.id}, which opens for {overlap} more hours at most."
    return [told, "Its token, which nobody can read again:", token]


def _revoke(*, key: str, **_: Any) -> list[str]:
    """Repeating it is fine: a key stays revoked since it was."""
    row = _named(key)
    if row.revoked_at is None:
        row.revoke()
    return [f"{row.id} opens nothing any more"]


def _named(key: str) -> ApiKey:
    """Raises CommandError, when there is none or more than one."""
    found = list(ApiKey.objects.filter(Q(id=key) | Q(prefix=key.rstrip("…"))))
    if not found:
        raise CommandError(f"no key is named {key}")
    if len(found) > 1:
        raise CommandError(f"{len(found)} keys are named {key}: say the id of one")
    return found[0]
