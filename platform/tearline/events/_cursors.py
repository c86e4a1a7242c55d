"""How far a module has got with a broker, kept in its own database."""

from django.db import connections

from tearline.events._broker import Cursor
from tearline.models import BrokerCursor

SENT = "sent "


def sent(source: str) -> str:
    """The name of the last place at which the broker keeps what was sent from a source."""
    return f"{SENT}{source}"


def heard(source: str) -> str:
    """The name of how far the events of a source have been read."""
    return f"heard {source}"


def sent_from(alias: str) -> list[str]:
    """The sources from which a module has sent."""
    names = BrokerCursor.objects.using(alias).filter(name__startswith=SENT).values_list("name", flat=True)
    return sorted(name.removeprefix(SENT) for name in names)


def cursor_of(alias: str, name: str) -> Cursor:
    """Empty when there is none."""
    return BrokerCursor.objects.using(alias).filter(name=name).values_list("cursor", flat=True).first() or ""


def move(alias: str, name: str, *, since: Cursor, to: Cursor) -> bool:
    """False when somebody else has moved it in the meantime: then nothing is changed."""
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "INSERT INTO tearline_broker_cursor AS kept (name, cursor) VALUES (%s, %s)"
            " ON CONFLICT (name) DO UPDATE SET cursor = excluded.cursor WHERE kept.cursor = %s",
            [name, to, since],
        )
        moved: int = cursor.rowcount
        return moved == 1


def forget(alias: str, name: str) -> None:
    BrokerCursor.objects.using(alias).filter(name=name).delete()
