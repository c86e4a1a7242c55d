"""What cannot be seen in the code is refused when it runs: by the guard on SQL, and by the database's roles.

Each test runs code as if it stood in a module, in ways that hide from whoever only reads it.
"""

from typing import Any

import pytest
from django.db import DatabaseError, connections, transaction

from modules.inventory.facade import inventory
from modules.orders.contracts import OrderId
from modules.payments.facade import payments
from tearline.testing import own_declarations, settle
from tearline.testing._guarding import BoundaryCrossed, tables_in
from tearline.work import task

pytestmark = pytest.mark.django_db


def run_in(place: str, code: str, **names: Any) -> dict[str, Any]:
    """Run this as code of that Python module; what it defined."""
    namespace = names | {"__name__": place}
    exec(compile(code, place, "exec"), namespace)
    return namespace


HIDDEN = {
    "a model got by a name that is put together": (
        "from django.apps import apps\napps.get_model('pay' + 'ments', 'Payment').objects.count()"
    ),
    "a module imported by a name that is put together": (
        "import importlib\nimportlib.import_module('.'.join(['modules', 'payments', 'models'])).Payment.objects.count()"
    ),
    "a name imported by a path that is put together": (
        "from django.utils.module_loading import import_string\n"
        "import_string('modules.payments' + '.models.Payment').objects.count()"
    ),
    "a model found in the registry": (
        "from django.apps import apps\n"
        "[model] = [each for each in apps.get_models() if each._meta.db_table.endswith('ts_payment')]\n"
        "model.objects.filter(state='failed').exists()"
    ),
    "SQL by the other's connection": (
        "from django.db import connections\n"
        "with connections['pay' + 'ments'].cursor() as cursor:\n    cursor.execute('SELECT 1')"
    ),
}


@pytest.mark.parametrize("code", HIDDEN.values(), ids=HIDDEN)
def test_a_way_that_hides_from_readers_is_refused_when_it_is_taken(code: str) -> None:
    with pytest.raises(BoundaryCrossed, match="orders reached rows of payments: SELECT"):
        run_in("modules.orders.services", code)


def test_whoever_catches_all_exceptions_does_not_hide_it() -> None:
    reach = HIDDEN["a model found in the registry"].replace("\n", "\n    ")
    with pytest.raises(BoundaryCrossed, match="orders reached rows of payments"):
        run_in("modules.orders.services", f"try:\n    {reach}\nexcept Exception:\n    pass")


def test_durable_work_that_crosses_is_not_tried_again() -> None:
    with own_declarations():
        done = run_in(
            "modules.orders.services",
            "@task('orders.count')\ndef count():\n    connections['payments'].cursor().execute('SELECT 1')",
            task=task,
            connections=connections,
        )
        with transaction.atomic(using="orders"):
            done["count"].later()
        with pytest.raises(BoundaryCrossed, match="orders reached rows of payments"):
            settle()


def test_the_module_itself_may() -> None:
    for code in HIDDEN.values():
        run_in("modules.payments.services", code)


def test_a_row_that_slipped_through_a_facade_cannot_be_saved() -> None:
    leak = run_in(
        "modules.payments.local", "def find():\n    from modules.payments.models import Payment\n    return Payment()"
    )
    with pytest.raises(BoundaryCrossed, match="orders reached rows of payments"):
        run_in("modules.orders.services", "find().save()", find=leak["find"])


def test_nor_can_one_whose_saving_is_the_platforms() -> None:
    leak = run_in(
        "modules.payments.local",
        "def find():\n    from modules.payments.models import LedgerEntry\n    return LedgerEntry(kind='captured')",
    )
    with pytest.raises(BoundaryCrossed, match="orders reached rows of payments"):
        run_in("modules.orders.services", "find().save()", find=leak["find"])


def test_rows_that_slipped_through_cannot_be_fetched_later() -> None:
    leak = run_in(
        "modules.payments.local",
        "def find():\n    from modules.payments.models import Payment\n    return Payment.objects.all()",
    )
    with pytest.raises(BoundaryCrossed, match="orders reached rows of payments"):
        run_in("modules.orders.services", "list(find())", find=leak["find"])


def test_a_call_by_the_facade_passes() -> None:
    assert run_in(
        "modules.orders.services",
        "found = payments.payment_of(order_id)",
        payments=payments,
        order_id=OrderId.new(),
    )["found"] is None  # fmt: skip


def test_what_the_platform_keeps_for_whoever_is_called_is_the_platforms_doing() -> None:
    """The key of a command is a row of the module that is called, and no code of that module writes it."""
    run_in("modules.orders.services", "inventory.release(key='never reserved')", inventory=inventory)


@pytest.mark.parametrize("place", ["modules.orders.testsupport", "modules.orders.tests_of_ours.cases"])
def test_only_tests_are_tests(place: str) -> None:
    with pytest.raises(BoundaryCrossed, match="orders reached rows of payments"):
        run_in(place, HIDDEN["a model found in the registry"])
    run_in("modules.orders.tests.cases", HIDDEN["a model found in the registry"])


def test_users_are_asked_for_by_the_platform_alone() -> None:
    users = "from django.contrib.auth import get_user_model\nget_user_model().objects.using('default').count()"
    with pytest.raises(BoundaryCrossed, match="orders reached rows of default: SELECT"):
        run_in("modules.orders.services", users)
    run_in("tearline.api.keys", users)


def test_a_table_of_a_module_is_named_in_default_by_nobody() -> None:
    with pytest.raises(BoundaryCrossed, match="a statement of default names payments_payment of payments"):
        run_in(
            "tearline.api.keys",
            "with connections['default'].cursor() as cursor:\n    cursor.execute('SELECT 1 FROM payments_payment')",
            connections=connections,
        )


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM payments_payment",
        "SELECT 1 FROM orders_order WHERE EXISTS (SELECT 1 FROM payments_payment)",
        "DELETE FROM payments_payment WHERE id = '1'",
        "UPDATE payments_payment SET state = 'failed'",
        "INSERT INTO payments_payment (id) SELECT id FROM orders_order",
    ],
)
def test_a_statement_that_names_anothers_table_is_refused(statement: str) -> None:
    """Put together, so that no reader sees it; in the module's own database, so that only the name gives it away."""
    code = "with connections['orders'].cursor() as cursor:\n    cursor.execute(statement)"
    with pytest.raises(BoundaryCrossed, match="a statement of orders names payments_payment of payments"):
        run_in("modules.orders.services", code, connections=connections, statement=statement)


def test_the_database_refuses_it_without_the_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in production: there are no such rows in a module's file, and its role may not look into another's schema."""
    connections["orders"].ensure_connection()
    monkeypatch.setattr(connections["orders"], "execute_wrappers", [])
    with pytest.raises(DatabaseError), connections["orders"].cursor() as cursor:
        cursor.execute("SELECT * FROM payments.payments_payment")


def test_tables_are_named_by_the_statement_and_not_by_its_words() -> None:
    assert tables_in("SELECT 'payments_payment', payments_payment FROM orders_order AS o", "postgres") == {
        "orders_order"
    }
    assert tables_in('WITH due AS (SELECT 1) SELECT * FROM "orders_order", due WHERE id = %s', "sqlite") >= {
        "orders_order"
    }


def test_a_statement_that_cannot_be_read_is_left_to_the_database() -> None:
    assert tables_in("SELECT FROM WHERE ((", "postgres") == frozenset()
