"""A module's rows move to another database, and back.

Each test prepares a database of its own, which takes its time: `make test` leaves them to `make deployed`.
"""

import contextlib
import io
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import Error, OperationalError, ProgrammingError, connections, transaction
from django.test import Client
from django.utils import timezone

from modules.notifications.facade import notifications
from modules.orders.contracts import OrderId
from modules.payments.facade import payments
from tearline.api.keys import issue
from tearline.contracts import Unavailable
from tearline.databases import _residence
from tearline.databases.preparing import prepare
from tearline.health._databases import databases
from tearline.models import OutboxRow, Residence, TaskRow
from tearline.moving import _pausing
from tearline.moving._closing import reopen
from tearline.moving._ends import FROM, TO
from tearline.prepared import refuse_unless_prepared
from tearline.work._glances import glances
from tearline.work._liveness import Owner
from tearline.work._tasks import queue
from tearline.work._worker import SETTLING_IN, bury_the_dead, drain
from tests.journeys.shop import Shop
from tests.moves import POINTS, Killed, Movable, a_database, at, kill_at, may_move, on_the_same_engine

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.deployed]

ORDER = OrderId("ord_01jdc3k5v8e1xszq4b7m2n9htw")


@pytest.fixture(autouse=True)
def no_long_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """All look at once, so that nobody has to be waited for."""
    monkeypatch.setattr(_pausing, "LOOK_EVERY", 0.0)
    monkeypatch.setattr(_residence, "LOOK_EVERY", 0.0)


@pytest.fixture
def movable(db: None, engine: str, tmp_path: Path) -> Iterator[Movable]:
    """Payments, to another database of the same engine."""
    with on_the_same_engine("payments", engine, tmp_path) as movable:
        yield movable


@pytest.fixture
def shop(movable: Movable) -> Shop:
    """It has sold something, and not sold something else."""
    return a_shop()


def a_shop() -> Shop:
    shop = Shop()
    shop.order("MUG-BLUE", 2)
    shop.order("MUG-BLUE", 1, card="pm_card_declined")
    shop.settle()
    return shop


# There and back


@pytest.mark.parametrize("module", ["payments", "orders", "inventory", "notifications"])
def test_every_row_goes_as_it_is_and_comes_back(module: str, engine: str, tmp_path: Path) -> None:
    """Times, JSON, ids: all of it."""
    with on_the_same_engine(module, engine, tmp_path) as movable:
        a_shop()
        before = movable.rows()
        assert f"{module} was paused for " in movable.move()
        assert movable.is_elsewhere
        assert movable.rows() == before
        assert f"{module} was paused for " in movable.move("--back")
        assert not movable.is_elsewhere
        assert movable.rows() == before


def test_a_read_model_goes_along_with_its_log_and_is_made_anew_there(engine: str, tmp_path: Path) -> None:
    with on_the_same_engine("orders", engine, tmp_path) as movable:
        shop = a_shop()
        movable.move()
        shop.order("MUG-BLUE", 1)
        shop.settle()
        call_command("projections", "rebuild", "orders.daily_sales")
        call_command("projections", "check", "orders.daily_sales")
        rebuilt = io.StringIO()
        call_command("projections", stdout=rebuilt)
        assert rebuilt.getvalue().splitlines()[1].split()[:3] == ["orders.daily_sales", "1", "6"]
        movable.move("--back")


@pytest.mark.postgres_only
def test_rows_go_from_a_server_to_a_file_and_back(tmp_path: Path) -> None:
    with may_move("orders", f"sqlite:///{tmp_path}/orders.sqlite3", tmp_path) as movable:
        a_shop()
        before = movable.rows()
        movable.move()
        _residence.begin_where_the_rows_are()  # as a new process does
        connections["orders"] = connections.create_connection("orders")
        assert (connections["orders"].vendor, movable.rows()) == ("sqlite", before)
        movable.move("--back")
        _residence.look_again()
        assert not _residence.serves("orders")  # a running process has SQL for the one, and none for the other
        assert databases()["orders"] == {"status": "failed", "error": "Moved"}
        _residence._residences.pop("orders")
        _residence._left.clear()
        connections.settings["orders"] = movable.usual.told
        connections["orders"] = connections.create_connection("orders")
        assert (connections["orders"].vendor, movable.rows()) == ("postgresql", before)


def test_it_goes_on_where_it_has_come_to(shop: Shop, movable: Movable) -> None:
    movable.move()
    order = shop.order("MUG-BLUE", 1)
    shop.settle()
    payment = payments.payment_of(order.id)
    assert payment is not None
    assert payment.captured.amount == 1450
    with movable.usual.opened(FROM):
        assert not rows_of("Payment", FROM).filter(order_id=order.id).exists()
    movable.move("--back")
    assert payments.payment_of(order.id) == payment


def rows_of(name: str, alias: str) -> Any:
    return apps.get_model("payments", name)._base_manager.using(alias)


def test_once_there_it_is_there(shop: Shop, movable: Movable) -> None:
    movable.move()
    assert "payments is served from" in movable.move()
    assert "paused" not in movable.move()


def test_no_id_comes_twice(shop: Shop, movable: Movable) -> None:
    """Of rows that are long gone, either: listeners order events by the ids of the outbox."""
    last = TaskRow.objects.using("payments").order_by("id").last()
    assert last is not None
    TaskRow.objects.using("payments").all().delete()
    movable.move()
    assert movable.is_elsewhere
    with transaction.atomic(using="payments"):
        (number,) = queue.add("payments", [{"name": "payments.none", "arguments": "[]"}])
    assert number > last.pk


def test_a_dry_run_says_what_it_would_copy_and_touches_nothing(shop: Shop, movable: Movable) -> None:
    before = movable.rows()
    said = movable.move("--dry-run")
    assert "to copy        payments_ledgerentry 2" in said.splitlines()
    assert f"to prepare     {movable.elsewhere}" in said.splitlines()
    assert "paused" not in said
    assert (movable.is_elsewhere, movable.rows()) == (False, before)
    movable.move()
    assert "served from" in movable.move("--dry-run")


# Nobody writes where it was


def test_whoever_kept_a_connection_cannot_write_there_any_more(shop: Shop, movable: Movable, engine: str) -> None:
    """As a process that was frozen, and never heard of the move. It has even begun a transaction, on PostgreSQL."""
    with _residence.alone(movable.usual.told, "frozen") as frozen, contextlib.suppress(Error):
        with frozen.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM payments_payment")
            if engine == "postgres":
                cursor.execute("BEGIN")
                cursor.execute("SELECT count(*) FROM payments_payment")
        movable.move()
        for change in (
            "UPDATE payments_payment SET captured = captured",
            "DELETE FROM tearline_task",
            "INSERT INTO tearline_broker_cursor (name, cursor) VALUES ('sent', '1')",
        ):
            with frozen.cursor() as cursor, pytest.raises(OperationalError, match="served from another database"):
                cursor.execute(change)
            with frozen.cursor() as cursor:
                cursor.execute("ROLLBACK" if engine == "postgres" else "SELECT 1")
    movable.move("--back")
    order = shop.order("MUG-BLUE", 1)
    shop.settle()
    assert payments.payment_of(order.id)


def test_whoever_has_not_looked_cannot_write_while_rows_are_copied(shop: Shop, movable: Movable, engine: str) -> None:
    change, refused = "UPDATE payments_payment SET captured = captured", []

    def write_to_the_file() -> None:
        with contextlib.closing(sqlite3.connect(movable.usual.told["NAME"], timeout=0.05)) as blind:
            with pytest.raises(sqlite3.OperationalError) as caught:
                blind.execute(change)
            refused.append(str(caught.value))

    def write_to_the_server() -> None:
        with _residence.alone(movable.usual.told, "blind") as blind, blind.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
            with pytest.raises(OperationalError) as caught:
                cursor.execute(change)
            refused.append(str(caught.value))

    at("move.arrived", write_to_the_file if engine == "sqlite" else write_to_the_server)
    movable.move()
    assert "lock" in "".join(refused)


@pytest.mark.postgres_only
def test_the_role_that_serves_cannot_say_where_a_residence_is() -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        Residence.objects.using("payments").create(state=Residence.State.LEFT, move="mine", since=timezone.now())


def test_what_was_left_stays_closed_when_its_tables_are_made_anew(shop: Shop, movable: Movable) -> None:
    """As a migration does on SQLite, on the way back: until the rows are back, nobody writes there."""
    movable.move()
    with movable.usual.opened(FROM), transaction.atomic(using=FROM):
        reopen(FROM)
    kill_at("move.paused")
    with pytest.raises(Killed):
        movable.move("--back")
    with (
        _residence.alone(movable.usual.told, "late") as late,
        late.cursor() as cursor,
        pytest.raises(OperationalError, match="served from another database"),
    ):
        cursor.execute("UPDATE payments_payment SET captured = captured")


def test_whoever_does_not_stop_writing_is_not_overtaken(shop: Shop, movable: Movable, engine: str) -> None:
    """What somebody writes while the move begins comes along."""

    def write_on() -> None:
        with _residence.alone(movable.usual.told, "busy") as busy, busy.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("UPDATE tearline_task SET error = 'written meanwhile'")
            cursor.execute("COMMIT")

    at("move.paused", write_on)
    movable.move()
    assert {row["error"] for row in movable.rows()["tearline_task"]} == {"written meanwhile"}


# While it moves


def test_meanwhile_its_facade_is_unavailable_on_every_binding(binding: str, movable: Movable) -> None:
    heard: list[Unavailable] = []

    def ask() -> None:
        with pytest.raises(Unavailable) as caught:
            payments.payment_of(ORDER)
        heard.append(caught.value)
        with pytest.raises(Unavailable) as caught:
            payments.void(key="void")
        heard.append(caught.value)

    at("move.arrived", ask)
    movable.move()
    assert [(each.maybe_done, each.retry_after) for each in heard] == [(False, 1), (False, 1)]
    assert payments.payment_of(ORDER) is None


def test_meanwhile_customers_are_told_when_to_come_again(movable: Movable) -> None:
    _, token = issue(name="reader", scopes=["payments:read"])
    client = Client(headers={"Authorization": f"Bearer {token}"})
    responses: list[Any] = []
    at("move.arrived", lambda: responses.append(client.get("/api/v1/payments")))
    movable.move()
    assert [(each.status_code, each["Retry-After"]) for each in responses] == [(503, "1")]
    assert client.get("/api/v1/payments").status_code == 200


def test_meanwhile_sagas_wait_and_use_up_no_try(shop: Shop, movable: Movable) -> None:
    order = shop.order("MUG-BLUE", 1)

    def work() -> None:
        for _ in range(30):
            drain()

    at("move.arrived", work)
    movable.move()
    shop.settle()
    payment = payments.payment_of(order.id)
    assert payment is not None
    assert payment.captured.amount == 1450


def test_meanwhile_events_queue_on_both_sides(engine: str, tmp_path: Path) -> None:
    """Into an inbox that moves, and out of an outbox that does."""
    with on_the_same_engine("notifications", engine, tmp_path) as movable:
        shop = a_shop()
        order = shop.order("MUG-BLUE", 1)
        at("move.arrived", lambda: [drain() for _ in range(30)])
        movable.move()
        waiting = OutboxRow.objects.using("orders").filter(finished_at__isnull=True)
        assert {row.attempts for row in waiting} <= {0}
        shop.settle()
        assert notifications.notifications_of(order.id)


def test_meanwhile_what_was_under_way_waits_and_is_written_where_the_rows_then_are(
    shop: Shop, movable: Movable
) -> None:
    with transaction.atomic(using="payments"):
        queue.add("payments", [{"name": "payments.none", "arguments": "[]"}])
    (row,) = queue.claim("payments", owner="me", limit=1)
    thread = at("move.arrived", lambda: queue.finish("payments", [row]), wait=False)
    movable.move()
    thread.join()
    assert movable.is_elsewhere
    assert TaskRow.objects.using("payments").get(id=row.pk).finished_at


def test_nobody_looks_more_than_once_in_a_while(movable: Movable, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = looks_counted(monkeypatch)
    monkeypatch.setattr(_residence, "LOOK_EVERY", 3600.0)
    for _ in range(20):
        payments.payment_of(ORDER)
    assert len(looks) == 1


def test_nobody_looks_within_a_transaction(movable: Movable, monkeypatch: pytest.MonkeyPatch) -> None:
    connections["payments"].ensure_connection()
    looks = looks_counted(monkeypatch)
    with transaction.atomic(using="payments"):
        _residence.look_again()
        assert _residence.serves("payments")
    assert looks == []
    assert _residence.serves("payments")
    assert len(looks) == 1


def looks_counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    looks: list[str] = []
    wrapper = type(connections["payments"])
    seen = wrapper.seen  # type: ignore[attr-defined]

    def counted(place: Any) -> Any:
        looks.append(place.alias)
        return seen(place)

    monkeypatch.setattr(wrapper, "seen", counted)
    return looks


def test_nobody_is_taken_for_dead_where_a_module_has_just_come_to(
    shop: Shop, movable: Movable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers who are well may not have followed yet."""
    with transaction.atomic(using="payments"):
        queue.add("payments", [{"name": "payments.none", "arguments": "[]"}])
    queue.claim("payments", owner="this-host:1:gone", limit=1)
    movable.move()
    assert movable.is_elsewhere
    me = Owner()
    monkeypatch.setattr(me, "is_dead", lambda *_: True)
    assert [bury_the_dead(glance, "payments", me) for glance in glances("payments") if glance.owners] == [0]
    monkeypatch.setattr("tearline.work._worker.served_for", lambda _: SETTLING_IN)
    assert [bury_the_dead(glance, "payments", me) for glance in glances("payments") if glance.owners] == [1]


@pytest.mark.postgres_only
def test_a_worker_proves_itself_alive_where_it_claims(movable: Movable) -> None:
    me, other = Owner(), Owner()
    me.hold(["payments"])
    movable.move()
    assert movable.is_elsewhere
    other.hold(["payments"])
    assert other.is_dead(me.name, "payments")
    me.hold_where_needed("payments")
    assert not other.is_dead(me.name, "payments")
    me.release()
    other.release()


# What differs is not moved


ALTERED = {
    "a sum": (
        "payments_ledgerentry",
        "amount",
        "the sum of amount of authorized is 2900 here, 2901 there, the sum of amount of captured is 2900",
    ),
    "a value": ("payments_payment", "method", "some rows hold something else"),
}


@pytest.mark.parametrize("what", ALTERED)
def test_a_row_that_arrives_altered_is_named_and_it_stays(shop: Shop, movable: Movable, engine: str, what: str) -> None:
    table, column, why = ALTERED[what]
    changed = f"{column} + 1" if column == "amount" else "'another'"
    plant(movable, engine, table, column=column, changed=changed)
    refused = movable.refused()
    assert f"{table}: {why}" in refused
    assert_it_serves_where_it_was(shop, movable)
    uproot(movable, engine, table)
    movable.move()
    assert movable.is_elsewhere


def test_a_row_that_does_not_arrive_is_named_and_it_stays(shop: Shop, movable: Movable, engine: str) -> None:
    plant(movable, engine, "payments_capture")
    assert "payments_capture: 1 rows here, 0 there" in movable.refused()
    assert_it_serves_where_it_was(shop, movable)


def assert_it_serves_where_it_was(shop: Shop, movable: Movable) -> None:
    assert not movable.is_elsewhere
    order = shop.order("MUG-BLUE", 1)
    shop.settle()
    payment = payments.payment_of(order.id)
    assert payment is not None
    assert payment.captured.amount == 1450


def plant(movable: Movable, engine: str, table: str, *, column: str = "", changed: str = "") -> None:
    """A trigger where the rows arrive, which changes a column, or keeps every row out."""
    _prepare(movable)
    if engine == "sqlite":
        deed = f"UPDATE {table} SET {column} = {changed} WHERE rowid = NEW.rowid" if column else "SELECT RAISE(IGNORE)"
        statements = [f"CREATE TRIGGER planted {'AFTER' if column else 'BEFORE'} INSERT ON {table} BEGIN {deed}; END"]
    else:
        deed = f"NEW.{column} := {changed.replace(column, f'NEW.{column}')}; RETURN NEW" if column else "RETURN NULL"
        statements = [
            f"CREATE FUNCTION planted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {deed}; END $$",
            f"CREATE TRIGGER planted BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION planted()",
        ]
    execute(movable, *statements)


def uproot(movable: Movable, engine: str, table: str) -> None:
    execute(movable, "DROP TRIGGER planted" if engine == "sqlite" else f"DROP TRIGGER planted ON {table}")


def execute(movable: Movable, *statements: str) -> None:
    with movable.elsewhere.opened(TO), connections[TO].cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _prepare(movable: Movable) -> None:
    movable.elsewhere.make_folder()
    with movable.elsewhere.standing_in():
        prepare("payments")


def test_rows_that_migrations_write_are_no_reason_to_refuse(shop: Shop, movable: Movable) -> None:
    """Not even when whoever moved was killed before any row had been copied."""
    kill_at("move.prepared")
    with pytest.raises(Killed):
        movable.move()
    kill_at("")
    execute(movable, "INSERT INTO tearline_broker_cursor (name, cursor) VALUES ('by a migration', '1')")
    before = movable.rows()
    assert "was paused for" in movable.move()
    assert movable.rows() == before


# Refused


def test_what_is_already_there_is_not_overwritten(shop: Shop, movable: Movable) -> None:
    _prepare(movable)
    execute(movable, "INSERT INTO tearline_broker_cursor (name, cursor) VALUES ('sent', '1')")
    for refused in (movable.refused(), movable.refused("--dry-run")):
        assert "holds rows that no move has brought: tearline_broker_cursor" in refused
    assert not movable.is_elsewhere


def test_rows_that_no_model_keeps_are_not_left_behind_unseen(shop: Shop, movable: Movable) -> None:
    owner = movable.usual.told.get("OWNER", {})
    with _residence.alone(movable.usual.told, "owner", **owner) as place, place.cursor() as cursor:
        cursor.execute("CREATE TABLE forgotten (id integer)")
        try:
            cursor.execute("INSERT INTO forgotten VALUES (1)")
            assert "no installed model keeps the rows of forgotten" in movable.refused()
        finally:
            cursor.execute("DROP TABLE forgotten")


@pytest.mark.parametrize(
    ("module", "why"),
    [
        ("platform", "the platform's own database stays"),
        ("default", "the platform's own database stays"),
        ("till", "till is not hosted here"),
        ("catalog", "CATALOG_MOVES_TO_DATABASE_URL must say where"),
    ],
)
def test_what_cannot_be_moved_is_refused(module: str, why: str) -> None:
    with pytest.raises(CommandError, match=f"Refused: {why}"):
        call_command("move", module)


def test_to_where_it_is_it_cannot_move(engine: str, tmp_path: Path) -> None:
    address = "shared" if engine == "postgres" else f"sqlite:///{connections.settings['payments']['NAME']}"
    with may_move("payments", address, tmp_path) as movable:
        assert "both addresses lead to" in movable.refused()


def test_back_before_it_has_moved_is_refused(shop: Shop, movable: Movable) -> None:
    refused = movable.refused("--back")
    assert ("lacks" in refused) or ("is not there" in refused)
    assert not movable.is_elsewhere


@pytest.mark.postgres_only
def test_no_password_is_told(tmp_path: Path) -> None:
    address = "postgresql://teller:topsecret@127.0.0.1:1/till"
    with may_move("payments", address, tmp_path) as movable:
        told = f"{movable.refused()} {movable.elsewhere}"
    assert "127.0.0.1" in told
    assert "topsecret" not in told


# Interrupted


@pytest.mark.parametrize("point", POINTS)
def test_interrupted_anywhere_it_is_whole_and_the_next_move_ends_it(shop: Shop, movable: Movable, point: str) -> None:
    before = movable.rows()
    kill_at(point)
    with pytest.raises(Killed):
        movable.move()
    kill_at("")
    if POINTS.index(point) < POINTS.index("move.left"):
        assert_it_serves_where_it_was(shop, movable)
        before = movable.rows()
    movable.move()
    assert movable.is_elsewhere
    assert movable.rows() == before


def test_between_leaving_and_arriving_nobody_is_served(shop: Shop, movable: Movable) -> None:
    kill_at("move.left")
    with pytest.raises(Killed):
        movable.move()
    _residence.look_again()
    with pytest.raises(Unavailable, match="is being moved"):
        payments.payment_of(ORDER)
    kill_at("")
    movable.move()
    _residence.look_again()
    assert payments.payment_of(ORDER) is None


def test_a_move_that_was_interrupted_is_not_begun_from_the_other_side(shop: Shop, movable: Movable) -> None:
    kill_at("move.arrived")
    with pytest.raises(Killed):
        movable.move()
    assert "was interrupted: do that one again" in movable.refused("--back")


def test_two_do_not_move_it_at_once(shop: Shop, movable: Movable) -> None:
    told: list[str] = []
    at("move.arrived", lambda: told.append(movable.refused()))
    movable.move()
    assert told == ["Refused: somebody else is moving payments"]
    assert movable.is_elsewhere


# Processes that know less


def test_who_is_not_told_where_it_went_neither_serves_nor_works(shop: Shop, movable: Movable) -> None:
    movable.move()
    forget_where_to(movable)
    with pytest.raises(CommandError, match="payments has moved to another database: give PAYMENTS_MOVES_TO_DATABASE"):
        refuse_unless_prepared()
    with pytest.raises(Unavailable, match="payments has moved") as caught:
        payments.payment_of(ORDER)
    assert not caught.value.maybe_done
    assert not _residence.serves("payments")
    assert databases()["payments"] == {"status": "failed", "error": "Moved"}


def test_who_is_told_another_database_than_it_went_to_does_not_go_there(
    shop: Shop, movable: Movable, engine: str, tmp_path: Path
) -> None:
    movable.move()
    with contextlib.ExitStack() as stack:
        file = f"sqlite:///{tmp_path}/wrong.sqlite3"
        address = file if engine == "sqlite" else stack.enter_context(a_database("wrong_test"))
        forget_where_to(movable)
        stack.enter_context(may_move("payments", address, tmp_path))
        with pytest.raises(Unavailable, match="than PAYMENTS_MOVES_TO_DATABASE_URL says"):
            payments.payment_of(ORDER)


def forget_where_to(movable: Movable) -> None:
    """As in a process that was started without the variable."""
    connections.close_all()
    _residence._residences.pop("payments", None)
    _residence._left.clear()
    movable.usual.told.pop("ELSEWHERE", None)
    connections.settings["payments"] = movable.usual.told
    connections["payments"] = connections.create_connection("payments")
