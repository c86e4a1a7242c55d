"""A ledger of effects beside the shop's own, for the audit: a row for whatever is done, written along with it.

It has no unique key and knows nothing of fences, inboxes and journals: what is done twice stands in it twice. Nothing
in it is ever changed or deleted. Every module's database has one.

As the shop announces one thing of a kind to each order, the witness announces some of its own, several to each order:
numbered stamps, so that it can be seen in which order they arrive.
"""

import functools
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import psycopg
from django.conf import settings
from django.db import connections
from psycopg import sql

from modules.orders.contracts import OrderId
from modules.orders.models import Order
from modules.orders.sagas import fulfil
from tearline.events import Event, on, publish
from tearline.events._listeners import Listener, by_name
from tearline.sagas._saga import Step
from tearline.testing import written_in

COLUMNS = "kind text NOT NULL, what text NOT NULL, subject text NOT NULL, detail text NOT NULL"
STAMPS_AT_ONCE = 2

READERS = ("shipping.read_a_stamp", "notifications.read_a_stamp")
reads_stamps: Callable[["Stamped"], None] = lambda _: None  # noqa: E731 - a world puts another one in its place


@dataclass(frozen=True)
class Effect:
    """`kind`: heard, did, undid or stamped; `what`: which listener or step; `detail`: the event's id, or the stamp."""

    kind: str
    what: str
    detail: str


class Stamped(Event, topic="orders.stamped.v1", aggregate="order_id"):
    """The order has been stamped. Of one order, the numbers go up by one."""

    order_id: OrderId
    number: int


def open_ledgers() -> None:
    """Before any process is started. On PostgreSQL, who serves may add to them and read them, and no more."""
    for module in settings.TEARLINE_TOPOLOGY.hosted:
        if connections[module].vendor == "postgresql":
            _open_in_schema(module)
        else:
            _open_in_file(module)


def _open_in_schema(module: str) -> None:
    told = connections[module].settings_dict
    table, role = sql.Identifier(told["SCHEMA"], "effect"), sql.Identifier(told["USER"])
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as admin:
        columns = sql.SQL("id bigint GENERATED ALWAYS AS IDENTITY, " + COLUMNS)
        admin.execute(sql.SQL("CREATE TABLE {} ({})").format(table, columns))
        admin.execute(sql.SQL("GRANT SELECT, INSERT ON {} TO {}").format(table, role))


def _open_in_file(module: str) -> None:
    with connections[module].cursor() as cursor:
        cursor.execute(f"CREATE TABLE effect (id INTEGER PRIMARY KEY AUTOINCREMENT, {COLUMNS})")
        for verb in ("UPDATE", "DELETE"):
            cursor.execute(
                f"CREATE TRIGGER effect_no_{verb} BEFORE {verb} ON effect"
                " BEGIN SELECT RAISE(ABORT, 'what was done stays done'); END"
            )


def note(module: str, kind: str, what: str, subject: str, detail: str = "") -> None:
    """In the open transaction, if there is one."""
    with connections[module].cursor() as cursor:
        cursor.execute(
            "INSERT INTO effect (kind, what, subject, detail) VALUES (%s, %s, %s, %s)", [kind, what, subject, detail]
        )


def effects(module: str, subject: str) -> list[Effect]:
    """Of one order, in the order in which they were written."""
    with connections[module].cursor() as cursor:
        cursor.execute("SELECT kind, what, detail FROM effect WHERE subject = %s ORDER BY id", [subject])
        return [Effect(*row) for row in cursor.fetchall()]


def count(kind: str) -> int:
    """How many effects of a kind there are, of all orders, in all ledgers."""
    counted = 0
    for module in settings.TEARLINE_TOPOLOGY.hosted:
        with connections[module].cursor() as cursor:
            cursor.execute("SELECT count(*) FROM effect WHERE kind = %s", [kind])
            counted += cursor.fetchone()[0]
    return counted


def install() -> None:
    """Have everything witnessed that this process does from now on. Once, in every process that works."""
    _listen_to_stamps()
    for listener in list(by_name.values()):
        by_name[listener.name] = _witnessed(listener)
    for step in fulfil.steps:
        _witness(step)


def _listen_to_stamps() -> None:
    for reader in READERS:

        @on(Stamped, name=reader)
        @written_in(f"{reader.split('.')[0]}.handlers")
        def read_a_stamp(event: Stamped) -> None:
            reads_stamps(event)


def _witnessed(listener: Listener) -> Listener:
    def handle(event: Event) -> None:
        listener.handle(event)
        detail = str(event.number) if isinstance(event, Stamped) else event.id
        note(listener.module, "heard", listener.name, event.aggregate_id, detail)

    return replace(listener, handle=handle)


def _witness(step: Step[Order]) -> None:
    """A local step's note is in its transaction; a remote one's says that the step was tried, before it is."""
    step.act = _noting("did", step, step.act)
    if step.undo_act is not None:
        step.undo_act = _noting("undid", step, step.undo_act)


def _noting(kind: str, step: Step[Order], act: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(act)
    def noted(order: Order, *why: Any) -> None:
        note("orders", kind, step.name, order.id)
        act(order, *why)
        if step.kind == "local":
            _stamp(order)

    return noted


def _stamp(order: Order) -> None:
    last = len(stamps(effects("orders", order.id)))
    for number in range(last + 1, last + 1 + STAMPS_AT_ONCE):
        note("orders", "stamped", "", order.id, str(number))
        publish(Stamped(order_id=OrderId(order.id), number=number))


def stamps(told: Sequence[Effect]) -> list[int]:
    return [int(effect.detail) for effect in told if effect.kind == "stamped"]
