"""Tables of states are checked, drawn, and kept by both databases."""

from collections.abc import Iterator

import pytest
from django.db import IntegrityError, connections, models
from django.db.migrations.state import ModelState, ProjectState

from tearline.databases.preparing import as_owner
from tearline.databases.transitions import GuardTransitions
from tearline.states import IllegalTransition, StateMachine, machines

PARCEL = {"ready": {"sent", "lost"}, "sent": {"lost"}, "lost": set[str]()}


@pytest.fixture
def parcel() -> Iterator[StateMachine]:
    yield StateMachine("shipping.Parcel", PARCEL)
    del machines["shipping.Parcel"]


def test_what_is_in_the_table_is_allowed_and_to_stay_always_is(parcel: StateMachine) -> None:
    allowed = {(old, new) for old in parcel.states for new in parcel.states if parcel.allows(old, new)}

    assert allowed == {("ready", "sent"), ("ready", "lost"), ("sent", "lost"), *((s, s) for s in parcel.states)}
    parcel.check("ready", "sent")
    with pytest.raises(IllegalTransition, match=r"shipping.Parcel: lost cannot become ready"):
        parcel.check("lost", "ready")


def test_a_state_that_nothing_is_said_of_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing is said of lost"):
        StateMachine("shipping.Parcel", {"ready": {"lost"}})
    assert "shipping.Parcel" not in machines


def test_a_table_is_drawn_from_where_it_begins_to_where_it_ends(parcel: StateMachine) -> None:
    assert parcel.drawn().splitlines() == [
        "stateDiagram-v2",
        "    [*] --> ready",
        "    ready --> lost",
        "    ready --> sent",
        "    sent --> lost",
        "    lost --> [*]",
    ]


@pytest.fixture
def table(db: None) -> Iterator[str]:
    """A table of parcels in shipping's database, guarded by the table of states."""
    fields = [("id", models.AutoField(primary_key=True)), ("state", models.CharField(max_length=9))]
    state = ProjectState()
    state.add_model(ModelState("shipping", "Parcel", fields, options={"db_table": "shipping_parcel"}))
    guard = GuardTransitions("parcel", "state", PARCEL)
    with as_owner("shipping") as connection, connection.schema_editor() as editor:
        editor.create_model(state.apps.get_model("shipping", "Parcel"))
        guard.database_forwards("shipping", editor, state, state)
        guard.database_forwards("shipping", editor, state, state)  # the later guard is the one that holds
    with as_owner("shipping") as connection, connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("GRANT ALL ON shipping_parcel TO shipping_app")
            cursor.execute("GRANT ALL ON SEQUENCE shipping_parcel_id_seq TO shipping_app")
    yield "shipping_parcel"
    with as_owner("shipping") as connection, connection.schema_editor() as editor:
        guard.database_backwards("shipping", editor, state, state)
        editor.execute("DROP TABLE shipping_parcel")


def test_the_database_keeps_to_the_table_whoever_writes(table: str) -> None:
    for old, following in PARCEL.items():
        for new in PARCEL:
            with connections["shipping"].cursor() as cursor:
                cursor.execute(f"DELETE FROM {table}")
                cursor.execute(f"INSERT INTO {table} (state) VALUES (%s)", [old])
                if new == old or new in following:
                    cursor.execute(f"UPDATE {table} SET state = %s", [new])
                else:
                    with pytest.raises(IntegrityError, match="shipping_parcel_state_moves"):
                        cursor.execute(f"UPDATE {table} SET state = %s", [new])
