"""Whether a process may start: every command that starts one refuses when its databases are not prepared, or when it
would not reach other processes with its events and calls.
"""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError
from django.db import OperationalError, connections

from tearline.api import keys
from tearline.databases import Moved, unapplied
from tearline.events._way import broker
from tearline.facades._reach import refuse_out_of_reach
from tearline.gateway import _reach as gateway
from tearline.topology import TopologyError


def refuse_unless_prepared() -> None:
    """Raises CommandError when a database does not answer or lacks migrations, or something to reach others by."""
    try:
        broker()
        refuse_out_of_reach()
        gateway.refuse_out_of_reach()
    except (ImproperlyConfigured, TopologyError) as error:
        raise CommandError(str(error)) from error
    lacking = unprepared()
    if lacking:
        raise CommandError(f"Not prepared ({lacking}). Run: python manage.py prepare")
    if not settings.DEBUG and keys.a_development_key_opens():
        raise CommandError("A development key opens everything here. Revoke it, or serve from other databases.")


def unprepared() -> str:
    """The first thing found wrong with the databases; nothing when each answers and is migrated.

    Raises CommandError when the rows of a module are elsewhere: preparing does not help.
    """
    for connection in connections.all():
        try:
            missing = unapplied(connection.alias)
        except Moved as error:
            raise CommandError(str(error)) from error
        except OperationalError as error:
            return f"{connection.alias}: {error}".strip()
        finally:
            connection.close()
        if missing:
            return f"{connection.alias}: {len(missing)} migrations are missing"
    return ""
