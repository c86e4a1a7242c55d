"""A second database for a module, and what moves there and back."""

import contextlib
import io
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from django.core.management import CommandError, call_command
from django.db import connections, transaction
from psycopg import sql

from tearline import crash_points
from tearline.databases import _residence
from tearline.databases.settings import configured
from tearline.models import Residence
from tearline.moving._closing import reopen
from tearline.moving._ends import FROM, End, models_of

POINTS = [
    "move.prepared", "move.paused", "move.locked", "move.copied", "move.arrived", "move.compared", "move.left",
    "move.serving",
]  # fmt: skip
"""Where whoever moves may be killed, in their order."""


class Movable:
    """A module that may move from `usual` to `elsewhere`. `variable` is what tells processes so."""

    def __init__(self, module: str, usual: End, elsewhere: End, address: str) -> None:
        self.module, self.usual, self.elsewhere = module, usual, elsewhere
        self.variable = {f"{module.upper()}_MOVES_TO_DATABASE_URL": address}

    def move(self, *arguments: str) -> str:
        """What the command prints. Raises CommandError."""
        out = io.StringIO()
        try:
            call_command("move", self.module, *arguments, stdout=out)
        finally:
            _residence.look_again()  # not only in a moment
        return out.getvalue()

    def refused(self, *arguments: str) -> str:
        """Why."""
        try:
            self.move(*arguments)
        except CommandError as error:
            return str(error)
        raise AssertionError("it was moved")

    @property
    def is_elsewhere(self) -> bool:
        """As far as this process knows, when it looks."""
        assert _residence.serves(self.module)
        return connections.settings[self.module] is self.elsewhere.told

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """All that it has, by table, where it is."""
        _residence.serves(self.module)
        everything = {model._meta.db_table: model._base_manager.using(self.module) for model in models_of(self.module)}
        return {table: list(rows.order_by("pk").values()) for table, rows in everything.items()}


@contextlib.contextmanager
def a_database(name: str) -> Iterator[str]:
    """One more on the server of this test session. Its address."""
    shared = urlsplit(os.environ["DATABASE_URL"])
    with psycopg.connect(shared.geturl(), autocommit=True) as admin:
        quoted = sql.Identifier(name)
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(quoted))
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(quoted))
        try:
            yield shared._replace(path=f"/{name}").geturl()
        finally:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(quoted))


@contextlib.contextmanager
def on_the_same_engine(module: str, engine: str, folder: Path) -> Iterator[Movable]:
    with contextlib.ExitStack() as stack:
        file = f"sqlite:///{folder}/elsewhere/{module}.sqlite3"
        address = file if engine == "sqlite" else stack.enter_context(a_database("elsewhere_test"))
        yield stack.enter_context(may_move(module, address, folder))


@contextlib.contextmanager
def may_move(module: str, address: str, var: Path) -> Iterator[Movable]:
    """The module may move there. Afterwards it is where it was, and nothing tells that it has ever moved."""
    usual = connections.settings[module]
    environ = os.environ | {f"{module.upper()}_MOVES_TO_DATABASE_URL": address}
    usual["ELSEWHERE"] = configured([module], environ, var)[module]["ELSEWHERE"]
    known = _residence._residences.pop(module, None)
    try:
        yield Movable(module, End(module, usual), End(module, usual["ELSEWHERE"]), address)
    finally:
        crash_points.watch(None)
        connections.close_all()
        usual.pop("ELSEWHERE", None)
        connections.settings[module] = usual
        connections[module] = connections.create_connection(module)
        _residence._left.clear()
        _residence._residences.pop(module, None)
        if known:
            _residence._residences[module] = known
        _as_if_never_moved(End(module, usual))


def _as_if_never_moved(end: End) -> None:
    with end.opened(FROM), transaction.atomic(using=FROM):
        reopen(FROM)
        Residence.objects.using(FROM).all().delete()


class Killed(BaseException):
    """Whoever moves is gone."""


def kill_at(point: str) -> None:
    """From within this process, as far as that goes: nothing that comes after the point is done."""

    def visit(reached: str) -> None:
        if reached == point:
            raise Killed

    crash_points.watch(visit)


def at(point: str, deed: Callable[[], object], *, wait: bool = True) -> threading.Thread:
    """Have another thread do this as soon as the point is reached; the move goes on when it is done, unless told so."""
    thread = threading.Thread(target=_and_hang_up, args=(deed,))

    def visit(reached: str) -> None:
        if reached == point:
            thread.start()
            if wait:
                thread.join()

    crash_points.watch(visit)
    return thread


def _and_hang_up(deed: Callable[[], object]) -> None:
    try:
        deed()
    finally:
        connections.close_all()
