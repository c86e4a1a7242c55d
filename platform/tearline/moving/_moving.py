"""One step after the other, each of which may be the last one: the next move begins where this one ended."""

import contextlib
import os
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Literal

from django.apps import apps
from django.db import Error, OperationalError, connections, router, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Model

from tearline.crash_points import reached
from tearline.databases import written_migrations
from tearline.databases.preparing import prepare
from tearline.databases.provisioning import provision
from tearline.models import Residence
from tearline.moving._closing import close, is_known, mark, reopen, standing
from tearline.moving._comparing import differences, filled, homeless
from tearline.moving._copying import copy, empty
from tearline.moving._ends import FROM, TO, End, Refused, ends, models_of
from tearline.moving._pausing import keep_writers_out, paused, wait_until_everybody_has_seen

Say = Callable[[str, str], None]
"""(step, what)"""

Progress = Literal["unprepared", "not begun", "nearly there", "there"]


def move(module: str, *, back: bool, say: Say) -> None:
    """Move it, or end what another move has begun. Raises Refused."""
    source, target = ends(module, back=back)
    say("move", f"{module} from {source} to {target}")
    with _opened(source):
        if _seen_so_far(source, target) == "there":
            say("there", f"{module} is served from {target} already")
            return
        say("prepared", f"{_prepared(source, target)} migrations applied")
        reached("move.prepared")
        with target.opened(TO):
            _close_again(target)
            _progress(source, target)  # what is to be refused is refused before anybody is paused
            with _timed() as seconds, paused(module):
                say("paused", module)
                reached("move.paused")
                _bring(source, target, say)
            say("resumed", f"{module} was paused for {seconds():.2f} s")


def survey(module: str, *, back: bool, say: Say) -> None:
    """Say what a move would copy, and touch nothing. Raises Refused as the move would, as far as can be seen."""
    source, target = ends(module, back=back)
    say("move", f"{module} from {source} to {target}")
    with _opened(source):
        progress = _seen_so_far(source, target)
        if progress == "there":
            say("there", f"{module} is served from {target} already")
            return
        if progress == "unprepared":
            _refuse_unless_migrated(source)
            say("to prepare", str(target))
        for model in models_of(module):
            say("to copy", f"{model._meta.db_table} {model._base_manager.using(FROM).count()}")


def _bring(source: End, target: End, say: Say) -> None:
    """With both ends locked. Whatever keeps the other end from being served is found before this one is left."""
    progress = _progress(source, target)
    if progress == "not begun":
        wait_until_everybody_has_seen()
        _copy_and_leave(source, say)
    if progress != "there":
        left = standing(FROM)
        mark(TO, Residence.State.SERVING, left.move if left else "")
        reached("move.serving")
    say("switched", f"{source.module} is served from {target}")


def _copy_and_leave(source: End, say: Say) -> None:
    """In one transaction of the end that is left, which nobody writes to meanwhile and ever after."""
    models, name = models_of(source.module), secrets.token_hex(8)
    tables = [model._meta.db_table for model in models]
    with transaction.atomic(using=FROM):
        keep_writers_out(source.module, tables)
        reached("move.locked")
        if others := homeless(models):
            raise Refused(f"no installed model keeps the rows of {', '.join(others)}: they would not come along")
        _copy(models, name, say)
        reached("move.arrived")
        if found := list(differences(models)):
            raise Refused(f"what has arrived is not the same. {'. '.join(found)}")
        say("compared", f"{len(models)} tables: rows, checksums and the sums of ledgers are the same")
        close(FROM, tables)
        mark(FROM, Residence.State.LEFT, name)
        reached("move.compared")
    reached("move.left")


def _copy(models: Sequence[type[Model]], name: str, say: Say) -> None:
    with transaction.atomic(using=TO):
        mark(TO, Residence.State.ARRIVING, name)
        reopen(TO)
        empty(models)
        for model in models:
            if count := copy(model):
                say("copied", f"{model._meta.db_table} {count}")
        connections[TO].check_constraints()
        reached("move.copied")


def _progress(source: End, target: End) -> Progress:
    """How far moves have come. Raises Refused where this one must not go on."""
    here, there = standing(FROM), standing(TO)
    if here and here.state == Residence.State.LEFT:
        if there is None or there.move != here.move:
            raise Refused(f"{source.module} is not served from {source} any more, and it has not moved to {target}")
        return "there" if there.state == Residence.State.SERVING else "nearly there"
    if here and here.state == Residence.State.ARRIVING:
        raise Refused(f"{source} is where a move to there was interrupted: do that one again")
    if there and there.state == Residence.State.SERVING:
        raise Refused(f"{target} is being served from too")
    if there is None and (tables := filled(TO, models_of(source.module))):
        raise Refused(f"{target} holds rows that no move has brought: {', '.join(tables)}")
    return "not begun"


def _seen_so_far(source: End, target: End) -> Progress:
    """The same, before anybody has prepared the other end."""
    with _opened_if_there(target) as is_there:
        return _progress(source, target) if is_there else "unprepared"


def _refuse_unless_migrated(source: End) -> None:
    if missing := _missing(FROM, source.module):
        raise Refused(f"{source} lacks {missing} migrations: run manage.py prepare first")


def _close_again(target: End) -> None:
    """A place that was left stays closed until the rows are back: preparing may have made its tables anew."""
    if (there := standing(TO)) and there.state == Residence.State.LEFT:
        with transaction.atomic(using=TO):
            reopen(TO)
            close(TO, [model._meta.db_table for model in models_of(target.module)])


def _missing(alias: str, module: str) -> int:
    """How many migrations."""
    applied = MigrationRecorder(connections[alias]).applied_migrations()
    wanted = [each for each in written_migrations() if router.allow_migrate(module, each[0])]
    return sum(each not in applied for each in wanted)


def _prepared(source: End, target: End) -> int:
    """Its tables, and on PostgreSQL who may use them. How many migrations it lacked."""
    _refuse_unless_migrated(source)
    if "OWNER" in target.told:
        provision(os.environ["DATABASE_URL"], {target.module: target.told})
    target.make_folder()
    with target.standing_in():
        begun = _begin(target)
        return begun + prepare(target.module)


def _begin(target: End) -> int:
    """Where nothing of the module is yet, what its migrations write is part of the move, and not in its way."""
    alias = target.module
    tables = {model._meta.db_table for model in apps.get_app_config(alias).get_models()}
    if tables.intersection(connections[alias].introspection.table_names()) or (is_known(alias) and standing(alias)):
        return 0
    applied = prepare(alias, only="tearline")
    mark(alias, Residence.State.ARRIVING, "")
    return applied


@contextlib.contextmanager
def _opened_if_there(target: End) -> Iterator[bool]:
    """Whether both ends can say how far moves have come."""
    if target.is_missing:
        yield False
        return
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(target.opened(TO))
        except OperationalError:
            if "OWNER" not in target.told:
                raise  # nobody but those who look after that server can make it
            yield False
            return
        yield all(is_known(alias) for alias in (FROM, TO))


@contextlib.contextmanager
def _opened(source: End) -> Iterator[None]:
    """Whatever a database says no to is a reason not to move. Without details, which may show a row."""
    if source.is_missing:
        raise Refused(f"{source} is not there")
    try:
        with source.opened(FROM):
            yield
    except Error as error:
        raise Refused(f"{source.module} was not moved: {str(error).strip().partition(chr(10))[0]}") from error


@contextlib.contextmanager
def _timed() -> Iterator[Callable[[], float]]:
    """Seconds until it ended."""
    took = [time.monotonic()]
    yield lambda: took[-1] - took[0]
    took.append(time.monotonic())
