"""Sales by day are made anew from their log while the shop sells, and readers never see half of them."""

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.db.models import Sum
from django.utils import timezone

from modules.orders import projections
from modules.orders.models import DailySales
from modules.orders.projections import daily_sales
from modules.orders.tests.selling import cancelled, carry, confirmed, fold_all, placed, timeline_clock
from tearline import crash_points
from tearline.databases.preparing import as_owner
from tearline.events._listeners import by_name
from tearline.events._replaying import replay
from tearline.models import AuditLine, FoldedEvent, ProjectionRow
from tearline.projections import LogIncomplete, Overtaken, _rebuilding, check, rebuild, standing

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """The process is gone."""


@pytest.fixture
def few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_rebuilding, "BATCH", 2)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Callable[[], object]], None]:
    """Have something done the first time that a point is reached."""

    def at(point: str, deed: Callable[[], object]) -> None:
        def visit(reached: str) -> None:
            if reached == point:
                monkeypatch.setattr(crash_points, "_visit", None)
                deed()

        monkeypatch.setattr(crash_points, "_visit", visit)

    return at


def sold() -> int:
    """As a reader sees it."""
    found: int = DailySales.objects.aggregate(sum=Sum("placed", default=0))["sum"]
    return found


def spoil() -> None:
    """A mistake in the rows that only a rebuild mends."""
    DailySales._base_manager.update(placed=999)


def all_rows() -> int:
    """Of all generations."""
    return DailySales._base_manager.count()


def command(*told: str) -> str:
    out = StringIO()
    call_command("projections", *told, stdout=out)
    return out.getvalue()


def sell(count: int) -> None:
    for number in range(count):
        order = placed(number + 1)
        (confirmed if number % 2 else cancelled)(order)


def die() -> None:
    raise Killed


@pytest.mark.usefixtures("few_at_a_time")
def test_a_rebuild_mends_what_is_wrong_and_leaves_nothing_behind() -> None:
    sell(3)
    fold_all()
    spoil()
    assert check(daily_sales)
    assert rebuild(daily_sales, who="ann", reason="it was wrong") == 6
    assert check(daily_sales) == []
    assert (sold(), all_rows()) == (3, 1)
    line = AuditLine.objects.using("orders").get()
    assert (line.who, line.verb, line.what, line.reason) == ("ann", "rebuild", "orders.daily_sales", "it was wrong")


@pytest.mark.usefixtures("few_at_a_time")
@pytest.mark.parametrize("point", ["begun", "cleared", "folding", "folded", "shown"])
def test_a_rebuild_that_is_killed_is_not_seen_and_the_next_one_ends_right(
    point: str, at: Callable[[str, Callable[[], object]], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = timeline_clock(monkeypatch.setattr)
    for _ in range(3):
        sell(2)
        clock.now += timedelta(days=1)
    fold_all()
    at("rebuild.folded", die)
    with pytest.raises(Killed):
        rebuild(daily_sales, who="ann")  # and so there is something to be cleared
    at(f"rebuild.{point}", die)
    with pytest.raises(Killed):
        rebuild(daily_sales, who="ann")
    assert check(daily_sales) == []
    sell(1)
    fold_all()
    assert check(daily_sales) == []
    assert rebuild(daily_sales, who="ann") == 14
    assert check(daily_sales) == []
    assert (sold(), all_rows()) == (7, 4)


@pytest.mark.usefixtures("few_at_a_time")
@pytest.mark.parametrize("point", ["begun", "folded", "shown"])
def test_what_comes_during_a_rebuild_is_counted_once(
    point: str, at: Callable[[str, Callable[[], object]], None]
) -> None:
    sell(3)
    fold_all()

    def more() -> None:
        sell(2)
        carry("outbox")
        carry("inbox")
        assert check(daily_sales) == []

    at(f"rebuild.{point}", more)
    assert rebuild(daily_sales, who="ann") == 10
    assert check(daily_sales) == []
    assert sold() == 5


def test_of_two_rebuilds_the_later_one_counts(at: Callable[[str, Callable[[], object]], None]) -> None:
    sell(2)
    fold_all()
    at("rebuild.begun", lambda: rebuild(daily_sales, who="bob"))
    with pytest.raises(Overtaken):
        rebuild(daily_sales, who="ann")
    assert check(daily_sales) == []
    assert (sold(), all_rows()) == (2, 1)


@pytest.mark.parametrize("lost", [1, 3, 4])
def test_a_log_that_lacks_events_makes_nothing_anew(lost: int) -> None:
    sell(2)
    fold_all()
    with as_owner("orders"):
        FoldedEvent._base_manager.using("orders").filter(position=lost)._raw_delete("orders")
    with pytest.raises(LogIncomplete, match=f"from number {lost} on"):
        rebuild(daily_sales, who="ann")
    with pytest.raises(CommandError, match="what is shown stays as it was"):
        command("rebuild", "orders.daily_sales")
    assert sold() == 2


def test_a_fold_that_fails_leaves_what_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    sell(2)
    fold_all()

    def fail(_events: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(daily_sales, "_fold", fail)
        with pytest.raises(ZeroDivisionError):
            rebuild(daily_sales, who="ann")
        sell(1)
        fold_all()
        assert (sold(), standing(daily_sales).waiting) == (2, 2)
    assert check(daily_sales) == []


def test_who_sells_folds_reads_and_rebuilds_at_once_sees_all_of_it_and_never_less(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_rebuilding, "BATCH", 20)
    sell(20)
    fold_all()
    seen: list[int] = []
    over = threading.Event()

    def read() -> None:
        while not over.is_set():
            seen.append(sold())

    def fold(owner: str) -> None:
        while not over.is_set():
            fold_all(owner=owner)

    def make_anew() -> None:
        for _ in range(5):
            rebuild(daily_sales, who="ann")

    background = [Deed(read), Deed(lambda: fold("one")), Deed(lambda: fold("two"))]
    foreground = [Deed(lambda: sell(15)), Deed(lambda: sell(15)), Deed(make_anew)]
    failures = [failure for deed in foreground if (failure := deed.ended())]
    over.set()
    failures += [failure for deed in background if (failure := deed.ended())]
    fold_all()
    assert failures == []
    assert seen == sorted(seen)
    assert check(daily_sales) == []
    assert sold() == 50


@pytest.mark.postgres_only  # on SQLite nobody can fold meanwhile
def test_who_folds_waits_for_the_moment_in_which_other_rows_are_shown(
    at: Callable[[str, Callable[[], object]], None],
) -> None:
    sell(1)
    fold_all()
    sell(1)
    carry("outbox")
    deeds: list[Deed] = []

    def meanwhile() -> None:
        """Go on when somebody has folded, or waits."""
        deeds.append(Deed(fold_all))
        while deeds[0].is_alive() and not somebody_waits():
            pass

    at("rebuild.folding", meanwhile)
    rebuild(daily_sales, who="ann")
    assert deeds[0].ended() is None
    fold_all()
    assert check(daily_sales) == []
    assert sold() == 2


def somebody_waits() -> bool:
    with connections["orders"].cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        return bool(cursor.fetchone()[0])


@pytest.mark.postgres_only  # on SQLite nobody can sell meanwhile
def test_a_check_sees_one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    sell(1)
    fold_all()
    of_orders = projections._of_orders

    def meanwhile() -> projections.Sums:
        """Between the two looks that are compared."""
        assert Deed(lambda: sell(1)).ended() is None
        assert Deed(fold_all).ended() is None
        return of_orders()

    monkeypatch.setattr(projections, "_of_orders", meanwhile)
    assert check(daily_sales) == []
    assert sold() == 2


class Deed(threading.Thread):
    """What somebody else does at the same time."""

    def __init__(self, work: Callable[[], object]) -> None:
        super().__init__()
        self._work = work
        self._wrong: Exception | None = None
        self.start()

    def run(self) -> None:
        try:
            self._work()
        except Exception as error:  # noqa: BLE001 - it is the answer
            self._wrong = error
        finally:
            connections.close_all()

    def ended(self) -> Exception | None:
        """What went wrong, when it is over."""
        self.join(60)
        return self._wrong


# For operators


def test_operators_see_how_a_read_model_stands() -> None:
    sell(2)
    fold_all()
    placed(1)
    line = command().splitlines()[1]
    name, rows, position, newest, waiting, lag = line.split()
    assert (name, rows, position, waiting) == ("orders.daily_sales", "1", "4", "1")
    assert newest.endswith("Z")
    assert float(lag) >= 0
    _rebuilding._begin(daily_sales, "ann", "")
    assert command().splitlines()[1].endswith("rebuilt up to 0")


def test_operators_rebuild_and_check_by_name() -> None:
    sell(2)
    fold_all()
    assert "is the same" in command("check", "orders.daily_sales")
    spoil()
    with pytest.raises(CommandError, match="differs in 1 places"):
        command("check", "orders.daily_sales")
    assert "made anew of 4 events" in command("rebuild", "orders.daily_sales")
    assert "is the same" in command("check", "orders.daily_sales")
    with pytest.raises(CommandError, match="no projection here is named"):
        command("check", "orders.weekly_sales")


def test_what_was_announced_before_there_was_the_projection_comes_by_a_replay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as before:
        for name in daily_sales.listeners:
            before.delitem(by_name, name)
        sell(2)
        fold_all()
    sell(1)
    fold_all()
    assert len(check(daily_sales)) > 0
    for name in daily_sales.listeners:
        span = {"since": "2026-01-01T00:00Z", "until": timezone.now().isoformat(), "name": "from the beginning"}
        replay("orders", to=name, who="ann", **span)
    fold_all()
    assert check(daily_sales) == []
    assert (standing(daily_sales).position, rebuild(daily_sales, who="ann")) == (6, 6)
    assert check(daily_sales) == []


def test_an_event_that_nobody_makes_use_of_any_more_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    sell(2)
    fold_all()
    monkeypatch.setattr(daily_sales, "events", daily_sales.events[:1])
    assert rebuild(daily_sales, who="ann") == 4
    assert DailySales.objects.values_list("placed", "confirmed", "cancelled").get() == (2, 0, 0)


def test_the_first_fold_of_all_is_no_race() -> None:
    sell(1)
    carry("outbox")
    deeds = [Deed(partial(carry, "inbox", owner=owner)) for owner in ("one", "two")]
    assert [deed.ended() for deed in deeds] == [None, None]
    fold_all()
    assert ProjectionRow.objects.using("orders").get().position == 2


def test_a_projection_that_has_heard_nothing_is_made_anew_of_nothing() -> None:
    assert (rebuild(daily_sales, who="ann"), sold(), check(daily_sales)) == (0, 0, [])
