"""What kills the process that does it is tried again, alone and ever more rarely, and in the end left to operators."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import transaction

from tearline.events import Event, on, publish
from tearline.models import DueWork, InboxRow, TaskRow
from tearline.testing import settle, written_in
from tearline.work import Queue, _deaths, task
from tearline.work import _operating as operating
from tearline.work import _queues as queues
from tearline.work._deaths import DEATHS
from tearline.work._tasks import queue
from tests.clock import let_pass
from tests.tearline.specimen import HOME, carry, note, notes
from tests.tearline.trip import HOME as ORDERS
from tests.tearline.trip import Died, Trip

SHOP = "shipping"

pytestmark = pytest.mark.usefixtures("declarations", "db")

inbox = Queue("inbox", InboxRow, position="position")


@pytest.fixture
def trip() -> Trip:
    return Trip()


class ThingFell(Event, topic="inventory.thing_fell.v1", aggregate="name"):
    """A thing fell for the so-manieth time."""

    name: str
    time: int


def fall(*falls: str) -> None:
    """Announce falls such as "a1": the first of thing a. They arrive in the shop's inbox."""
    with transaction.atomic(using=HOME):
        publish(*(ThingFell(name=told[0], time=int(told[1:])) for told in falls))
    carry("outbox", HOME, "relay")


def dying_over(deadly: set[str]) -> Counter[str]:
    """A listener that dies over some of the falls, and notes the others. How often each was tried."""
    tries: Counter[str] = Counter()

    @on(ThingFell, name=f"{SHOP}.follow")
    @written_in(f"{SHOP}.handlers")
    def follow(event: ThingFell) -> None:
        fallen = f"{event.name}{event.time}"
        tries[fallen] += 1
        if fallen in deadly:
            raise Died
        note(fallen, module=SHOP)

    return tries


def work_and_die(kind: str, module: str = SHOP) -> int:
    """Workers come, one after the other, until nothing is left for them. How many died."""
    deaths = 0
    while True:
        let_pass(timedelta(minutes=1))
        try:
            if not carry(kind, module, "worker"):
                return deaths
        except Died:
            deaths += 1
            bury(kind, module)


def bury(kind: str, module: str) -> None:
    operating.queue_named(kind).expire(module, owner="worker")


def only_row(model: type[DueWork] = TaskRow) -> DueWork:
    return model._default_manager.using(SHOP).get()


def test_a_row_waits_longer_with_every_process_that_died_over_it() -> None:
    with transaction.atomic(using=SHOP):
        queue.add(SHOP, [{"name": "shipping.nothing", "arguments": "[]"}])
    for wait in (0, 1, 4, 9):
        (row,) = queue.claim(SHOP, owner="worker", limit=1)
        assert row.deaths == round(wait**0.5)
        bury("tasks", SHOP)
        left = queue.next_due(SHOP)
        assert left is not None
        assert wait - 0.9 < left < wait + 0.1
        let_pass(timedelta(seconds=wait))


def test_who_lets_a_lease_run_out_is_taken_for_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queues, "LEASE", -1.0)
    with transaction.atomic(using=SHOP):
        queue.add(SHOP, [{"name": "shipping.nothing", "arguments": "[]"}])
    assert [queue.claim(SHOP, owner="worker", limit=1)[0].deaths for _ in range(3)] == [0, 1, 2]


def test_a_failure_that_somebody_could_write_down_is_not_a_death() -> None:
    with transaction.atomic(using=SHOP):
        queue.add(SHOP, [{"name": "shipping.nothing", "arguments": "[]"}])
    queue.claim(SHOP, owner="worker", limit=1)
    bury("tasks", SHOP)
    (row,) = queue.claim(SHOP, owner="worker", limit=1)
    queue.retry_later(SHOP, row, error=ValueError(), wait=0)
    assert only_row().deaths == 0


def test_an_event_that_kills_its_handlers_is_parked_and_takes_no_other_event_with_it() -> None:
    deadly = {"b1"}
    tries = dying_over(deadly)
    fall("a1", "b1", "b2", "c1", "d1")
    assert work_and_die("inbox") == DEATHS
    assert notes(SHOP) == ["a1", "c1", "d1"]
    assert tries["b1"] == DEATHS
    assert tries["b2"] == 0
    assert max(tries[name] for name in ("a1", "c1", "d1")) <= 2
    (parked,) = InboxRow.objects.using(SHOP).filter(parked_at__isnull=False)
    assert f"{DEATHS} processes died" in parked.error

    deadly.clear()
    operating.retry(SHOP, "inbox", [parked.pk], who="ada")
    settle()
    assert notes(SHOP) == ["a1", "c1", "d1", "b1", "b2"]


def test_tried_again_by_an_operator_a_row_may_kill_as_often_once_more() -> None:
    dying_over({"b1"})
    fall("b1")
    assert work_and_die("inbox") == DEATHS
    operating.retry(SHOP, "inbox", operating.parked_ids(SHOP, "inbox"), who="ada")
    assert work_and_die("inbox") == DEATHS


def test_an_operator_need_not_wait_until_what_has_killed_is_tried_again_and_it_counts_anew() -> None:
    with transaction.atomic(using=SHOP):
        queue.add(SHOP, [{"name": "shipping.nothing", "arguments": "[]"}])
    for _ in range(2):
        queue.claim(SHOP, owner="worker", limit=1)
        bury("tasks", SHOP)
    assert queue.claim(SHOP, owner="worker", limit=1) == []
    operating.retry(SHOP, "tasks", [only_row().pk], who="ada")
    assert [row.deaths for row in queue.claim(SHOP, owner="worker", limit=1)] == [0]


def test_without_being_set_apart_deadly_events_take_others_with_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tearline.work._carriers.fit_to_try", lambda _queue, _alias, rows: rows)
    dying_over({"b1"})
    fall("a1", "b1", "c1")
    deaths = 0
    while deaths <= DEATHS:
        with pytest.raises(Died):
            carry("inbox", SHOP, "worker")
        deaths += 1
        bury("inbox", SHOP)
        let_pass(timedelta(minutes=1))
    assert notes(SHOP) == []


def test_a_task_that_kills_its_workers_is_parked_and_others_are_done() -> None:
    @task(f"{SHOP}.fall")
    @written_in(f"{SHOP}.services")
    def die(name: str) -> None:
        if name == "deadly":
            raise Died
        note(name, module=SHOP)

    with transaction.atomic(using=SHOP):
        for name in ("first", "deadly", "last"):
            die.later(name)
    assert work_and_die("tasks") == DEATHS
    assert notes(SHOP) == ["first", "last"]
    assert [row.title for row in TaskRow.objects.using(SHOP).filter(parked_at__isnull=False)] == [
        f'{SHOP}.fall ["deadly"]'
    ]


def test_a_saga_whose_step_kills_its_workers_is_parked_and_goes_on_once_that_is_mended(trip: Trip) -> None:
    trip.failures["book"] = [Died()] * DEATHS
    subject = trip.start()
    assert work_and_die("sagas", ORDERS) == DEATHS
    assert trip.saga.state_of(subject) == "parked"
    operating.retry(ORDERS, "sagas", operating.parked_ids(ORDERS, "sagas"), who="ada")
    settle()
    assert trip.saga.state_of(subject) == "completed"


def test_a_saga_that_gets_on_between_deaths_is_not_parked(trip: Trip) -> None:
    for step in ("book", "pay", "arrive"):
        trip.failures[step] = [Died()] * (DEATHS - 1)
    subject = trip.start()
    assert work_and_die("sagas", ORDERS) == 3 * (DEATHS - 1)
    assert trip.saga.state_of(subject) == "completed"


def test_what_came_before_a_suspect_is_still_worked_on_together() -> None:
    with transaction.atomic(using=SHOP):
        queue.add(SHOP, [{"name": "shipping.nothing", "arguments": f"[{number}]"} for number in range(4)])
    TaskRow.objects.using(SHOP).filter(arguments="[2]").update(deaths=1)
    rows = queue.claim(SHOP, owner="worker", limit=10)
    assert [row.arguments for row in _deaths.fit_to_try(queue, SHOP, rows)] == ["[0]", "[1]"]
    assert [row.arguments for row in queue.claim(SHOP, owner="worker", limit=10)] == ["[2]", "[3]"]
