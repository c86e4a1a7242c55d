"""What has long been finished is deleted, and nothing that may still be needed."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F

from tearline.events._broker import KEPT
from tearline.events._transmission import RECENT
from tearline.models import AuditLine, CommandKey, DueWork, InboxRow, OutboxRow, SagaRow, SagaStepRow, TaskRow
from tearline.testing import settle
from tearline.work import _purging as purging
from tearline.work._operating import discard
from tearline.work._purging import TooYoung, purge
from tearline.work._tasks import queue as tasks
from tests.tearline.parcels import SHOP, Poison, listen, move, parked, track
from tests.tearline.specimen import HOME

pytestmark = pytest.mark.usefixtures("declarations")

MONTH = timedelta(days=30)


def clean(*, older_than: timedelta = MONTH, modules: Iterable[str] = settings.TEARLINE_TOPOLOGY.hosted) -> Counter[str]:
    return purge(list(modules), older_than=older_than, who="ann")


def age(time: timedelta, *models: type[DueWork]) -> None:
    """As if what is there were older by so much."""
    for module in settings.TEARLINE_TOPOLOGY.hosted:
        for model in models or (OutboxRow, InboxRow, TaskRow, SagaRow):
            rows = model._default_manager.using(module)
            rows.update(created_at=F("created_at") - time, finished_at=F("finished_at") - time)
        CommandKey.objects.using(module).update(created_at=F("created_at") - time)


def key(name: str, *, answer: str = "{}", undone: bool = False) -> None:
    CommandKey.objects.using(SHOP).create(
        caller="orders", operation="shipping.pack", key=name, fingerprint="", answer=answer, undone=undone
    )


def keys() -> list[str]:
    return list(CommandKey.objects.using(SHOP).order_by("pk").values_list("key", flat=True))


def finished_task() -> TaskRow:
    with transaction.atomic(using=SHOP):
        tasks.add(SHOP, [{"name": "shipping.nothing", "arguments": "[]"}])
        (row,) = TaskRow.objects.using(SHOP).order_by("-pk")[:1]
        TaskRow.objects.using(SHOP).filter(pk=row.pk).update(due_at=None, finished_at=F("created_at"))
    return row


def finished_run() -> SagaRow:
    run = SagaRow(name="shipping.wrap", version=1, subject_id="1", state="completed")
    run.save(using=SHOP)
    SagaRow.objects.using(SHOP).update(finished_at=F("created_at"))
    SagaStepRow.objects.using(SHOP).create(
        saga=run, name="wrap", direction="do", state="done", started_at=run.created_at
    )
    return run


def test_all_that_is_finished_and_old_is_deleted_and_the_younger_stays() -> None:
    listen(track)
    for old in (True, False):
        move("a1", "b1")
        settle()
        TaskRow.objects.using(SHOP).update(finished_at=F("created_at"))  # the notes
        key("old" if old else "young")
        if old:
            finished_run()
            age(timedelta(days=31))
    assert clean() == {"outbox": 2, "inbox": 2, "tasks": 2, "sagas": 1, "keys": 1}
    assert keys() == ["young"]
    assert [OutboxRow.objects.using(HOME).count(), InboxRow.objects.using(SHOP).count()] == [2, 2]
    assert SagaStepRow.objects.using(SHOP).count() == 0
    assert clean() == {}


def test_what_is_unfinished_or_parked_or_given_up_stays_however_old() -> None:
    listen(Poison("a1", "b1"))
    move("a1", "b1", "c1")
    settle()
    given_up = parked()[0]
    discard(SHOP, "inbox", given_up.pk, who="ann", reason="lost")
    with transaction.atomic(using=SHOP):
        tasks.add(SHOP, [{"name": "shipping.nothing", "arguments": "[]"}])
    OutboxRow.objects.using(HOME).filter(stream="c").update(finished_at=None)
    age(timedelta(days=900))
    assert clean() == {"outbox": 2}
    assert InboxRow.objects.using(SHOP).count() == 3
    assert TaskRow.objects.using(SHOP).filter(name="shipping.nothing").count() == 1


def test_an_inbox_row_outlives_the_outbox_row_that_could_deliver_it_again() -> None:
    """One inbox was out of reach for long: the event, handled here a month ago, is delivered everywhere once more."""
    listen(track)
    move("a1")
    settle()
    age(timedelta(days=40))
    OutboxRow.objects.using(HOME).update(finished_at=None, due_at="2000-01-01T00:00:00Z")
    assert "inbox" not in clean()
    settle()
    assert InboxRow.objects.using(SHOP).count() == 1
    assert TaskRow.objects.using(SHOP).filter(name="specimen.note").count() == 1
    age(timedelta(days=40))
    assert clean()["inbox"] == 1


def test_an_inbox_row_of_a_publisher_elsewhere_goes_by_its_age() -> None:
    listen(track)
    move("a1")
    settle()
    InboxRow.objects.using(SHOP).update(topic="returns.parcel_moved.v1")
    assert clean() == {}
    age(timedelta(days=40), InboxRow)
    assert clean() == {"inbox": 1}


def test_an_inbox_row_of_a_publisher_elsewhere_outlives_what_a_broker_may_deliver_again() -> None:
    listen(track)
    move("a1")
    settle()
    InboxRow.objects.using(SHOP).update(topic="returns.parcel_moved.v1")
    age(KEPT + RECENT, InboxRow)
    assert purge([SHOP], older_than=timedelta(hours=1), who="ann") == {}


@pytest.mark.parametrize("unfinished", [TaskRow, SagaRow, InboxRow])
def test_a_key_outlives_the_work_that_may_ask_under_it_again(unfinished: type[DueWork]) -> None:
    """A run that was parked for months and is retried asks under its old keys: they must have one effect still."""
    key("before")
    age(timedelta(days=1))
    row: DueWork
    if unfinished is SagaRow:
        row = finished_run()
    elif unfinished is TaskRow:
        row = finished_task()
    else:
        listen(lambda _event: None)
        move("a1")
        settle()
        OutboxRow.objects.using(HOME).all().delete()
        row = InboxRow.objects.using(SHOP).get()
    key("after")
    age(timedelta(days=90))
    unfinished._default_manager.using(SHOP).filter(pk=row.pk).update(finished_at=None, parked_at=F("created_at"))
    clean()
    assert keys() == ["after"]
    unfinished._default_manager.using(SHOP).filter(pk=row.pk).update(finished_at=F("created_at"))
    clean()
    assert keys() == []


def test_a_key_outlives_events_that_may_be_replayed() -> None:
    move("a1")
    settle()
    key("after")
    age(timedelta(days=40))
    OutboxRow.objects.using(HOME).update(finished_at=F("created_at") + timedelta(days=39))
    clean()
    assert keys() == ["after"]


def test_a_key_that_was_never_answered_stays_unless_it_was_undone() -> None:
    key("open", answer="")
    key("buried", answer="", undone=True)
    age(timedelta(days=900))
    assert clean() == {"keys": 1}
    assert keys() == ["open"]


def test_many_rows_are_deleted_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purging, "BATCH", 3)
    for _ in range(10):
        finished_task()
    with transaction.atomic(using=SHOP):
        tasks.add(SHOP, [{"name": "shipping.nothing", "arguments": "[]"}])
    age(timedelta(days=31))
    assert clean() == {"tasks": 10}
    assert TaskRow.objects.using(SHOP).count() == 1


def test_a_purge_that_deletes_something_is_in_the_audit_of_its_module_once() -> None:
    finished_task()
    finished_run()
    age(timedelta(days=31))
    clean()
    clean()
    (line,) = AuditLine.objects.using(SHOP)
    assert (line.who, line.verb) == ("ann", "purge")
    assert line.what.startswith("what finished before 20")
    assert not AuditLine.objects.using("orders").exists()


def test_what_has_just_finished_may_still_be_needed() -> None:
    with pytest.raises(TooYoung, match="within 1:00:00"):
        clean(older_than=timedelta(minutes=59))
    with pytest.raises(CommandError, match="within 1:00:00"):
        call_command("work", "purge", "--older-than", "59m")


def test_the_command_purges_the_modules_that_it_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    finished_task()
    age(timedelta(hours=3))
    for told in (("orders", "--older-than", "2h"), (SHOP, "--older-than", "2h"), ("--older-than", "2h")):
        call_command("work", "purge", *told)
    assert capsys.readouterr().out.splitlines() == ["deleted: nothing", "deleted: 1 of tasks", "deleted: nothing"]
