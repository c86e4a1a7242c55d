"""Which rows go to which database, and which transactions are open."""

import threading

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db import connections, router, transaction
from django.utils import timezone

from tearline.databases import open_transactions
from tearline.databases.routing import SayUsing
from tearline.models import SagaRow, SagaStepRow

MODULES: tuple[str, ...] = settings.TEARLINE_TOPOLOGY.hosted


@pytest.mark.parametrize("module", MODULES)
def test_a_modules_models_are_kept_under_its_own_alias(module: str) -> None:
    for model in apps.get_app_config(module).get_models():
        assert router.db_for_read(model) == router.db_for_write(model) == module


def test_the_platforms_own_rows_are_kept_in_default() -> None:
    assert router.db_for_read(User) == router.db_for_write(User) == "default"


@pytest.mark.parametrize("module", MODULES)
def test_a_modules_tables_are_made_in_its_database_alone(module: str) -> None:
    assert [alias for alias in connections if router.allow_migrate(alias, module)] == [module]


def test_the_platforms_work_rows_have_tables_in_every_modules_database_and_not_in_default() -> None:
    assert {alias for alias in connections if router.allow_migrate(alias, "tearline")} == set(MODULES)


def test_a_work_row_asked_for_without_saying_whose_is_refused() -> None:
    with pytest.raises(SayUsing, match=r"SagaRow is kept in every module's database: say \.using\(module\)"):
        SagaRow.objects.count()
    with pytest.raises(SayUsing):
        SagaRow(name="orders.fulfil", version=1, subject_id="ord_1").save()


def test_a_work_row_keeps_to_the_database_that_it_came_from(db: None) -> None:
    saga = SagaRow.objects.using("payments").create(name="payments.settle", version=1, subject_id="pay_1")
    saga.steps.create(
        name="ask", direction=SagaStepRow.Direction.DO, state=SagaStepRow.State.STARTED, started_at=timezone.now()
    )
    saga.save()
    saga.refresh_from_db()
    assert SagaStepRow.objects.using("payments").get().saga == saga
    assert not SagaStepRow.objects.using("orders").exists()


def test_rows_of_two_databases_are_not_related(db: None) -> None:
    ours = SagaRow.objects.using("orders").create(name="orders.fulfil", version=1, subject_id="ord_1")
    theirs = SagaRow.objects.using("payments").create(name="payments.settle", version=1, subject_id="pay_1")
    clerk, group = User(username="clerk"), Group(name="clerks")
    assert not router.allow_relation(ours, theirs)
    assert not router.allow_relation(ours, clerk)
    assert router.allow_relation(clerk, group)


def test_an_open_transaction_is_seen_by_its_alias(db: None) -> None:
    assert open_transactions() == []
    with transaction.atomic(using="orders"), transaction.atomic(using="payments"), transaction.atomic(using="orders"):
        assert sorted(open_transactions()) == ["orders", "payments"]
    assert open_transactions() == []


def test_one_that_is_opened_past_atomic_is_seen_too(db: None) -> None:
    transaction.set_autocommit(False, using="orders")
    assert open_transactions() == ["orders"]
    transaction.rollback(using="orders")
    transaction.set_autocommit(True, using="orders")
    assert open_transactions() == []


def test_one_that_is_begun_in_sql_is_seen_too(db: None) -> None:
    with connections["orders"].cursor() as cursor:
        cursor.execute("BEGIN")
        assert open_transactions() == ["orders"]
        cursor.execute("ROLLBACK")
    assert open_transactions() == []


def test_what_runs_after_commit_sees_no_open_transaction(db: None) -> None:
    seen: list[list[str]] = []
    with transaction.atomic(using="orders"):
        transaction.on_commit(lambda: seen.append(open_transactions()), using="orders")
    assert seen == [[]]


def test_the_transaction_that_wraps_a_test_case_does_not_count(db: None) -> None:
    block = transaction.atomic(using="orders")
    setattr(block, "_from_testcase", True)  # noqa: B010 - as Django's TestCase does, which the type does not know
    with block:
        assert open_transactions() == []
        with transaction.atomic(using="orders"):
            assert open_transactions() == ["orders"]


def test_another_threads_transactions_are_its_own(db: None) -> None:
    seen: list[list[str]] = []
    with transaction.atomic(using="orders"):
        other = threading.Thread(target=lambda: seen.append(open_transactions()))
        other.start()
        other.join()
    assert seen == [[]]
