"""Staff, for operators: who may do what by session. Passwords are set by `manage.py changepassword`."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import Group, User
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from tearline.api.models import is_scope
from tearline.management.arguments import take_verbs


class Command(BaseCommand):
    help = "List the staff, say who of them may do what, and let somebody go. Every verb may be repeated."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.set_defaults(does=_list)
        verbs = take_verbs(parser, default="list")
        verbs.add_parser("list", help="Who may do what.")
        allowing = verbs.add_parser("allow", help="This, and nothing else. Makes the account if there is none.")
        allowing.add_argument("name")
        allowing.add_argument("scopes", nargs="+", metavar="scope", help="Such as orders:read; * for everything.")
        allowing.set_defaults(does=_allow)
        dismissing = verbs.add_parser("dismiss", help="From the next request on nothing is open to them.")
        dismissing.add_argument("name")
        dismissing.set_defaults(does=_dismiss)

    def handle(self, *, does: Any, **told: Any) -> None:
        for line in does(**told):
            self.stdout.write(line)


def _list(**_: Any) -> Iterator[str]:
    for user in User.objects.filter(is_staff=True, is_active=True).order_by("username").prefetch_related("groups"):
        scopes = "*" if user.is_superuser else " ".join(sorted(group.name for group in user.groups.all()))
        entered = f"last entered {user.last_login:%FT%H:%MZ}" if user.last_login else "never entered"
        password = "" if user.has_usable_password() else ", has no password"
        yield f"{user.username}: {scopes}  ({entered}{password})"


def _allow(*, name: str, scopes: list[str], **_: Any) -> list[str]:
    if wrong := [scope for scope in scopes if not is_scope(scope)]:
        raise CommandError(f"not a scope of the form orders:read: {', '.join(wrong)}")
    if not name.strip():
        raise CommandError("whom? The name is empty")
    if "@" in name:
        raise CommandError("a name is told wherever something was done: let it be no e-mail address")
    with transaction.atomic(using=User.objects.db):
        user = User.objects.filter(username=name).first() or User.objects.create_user(name)
        user.is_staff = user.is_active = True
        user.is_superuser = False
        user.save(update_fields=["is_staff", "is_active", "is_superuser"])
        user.groups.set([Group.objects.get_or_create(name=scope)[0] for scope in scopes])
    told = [f"{name} may do: {' '.join(scopes)}"]
    return told if user.has_usable_password() else [*told, f"Give them a password: manage.py changepassword {name}"]


def _dismiss(*, name: str, **_: Any) -> list[str]:
    if not User.objects.filter(username=name).update(is_active=False):
        raise CommandError(f"nobody is named {name}")
    return [f"nothing is open to {name} any more"]
