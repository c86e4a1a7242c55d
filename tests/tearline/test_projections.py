"""What a module declares of a projection. What becomes of it is tried where there are some: in the modules."""

from collections.abc import Iterable
from typing import Any

import pytest
from django.db import models
from django.test.utils import isolate_apps

from tearline.events import EventError, listener_named
from tearline.projections import Projection, ProjectionError, ReadModel
from tearline.testing import settle, written_in
from tests.tearline.parcels import SHOP, ParcelMoved, listen, move

pytestmark = pytest.mark.usefixtures("declarations")


def table(
    *, projection: str = "shipping.travels", app: str = SHOP, key: Any = None, unique: Iterable[str] = ("generation",)
) -> type[ReadModel]:
    with isolate_apps():
        told = {
            "__module__": __name__,
            "projection": projection,
            "id": key or models.BigAutoField(primary_key=True),
            "parcel": models.CharField(max_length=1),
            "Meta": type(
                "Meta",
                (),
                {
                    "app_label": app,
                    "constraints": [models.UniqueConstraint(fields=[*unique, "parcel"], name="shipping_travels_once")],
                },
            ),
        }
        return type("Travels", (ReadModel,), told)


def declared(*tables: type[ReadModel], name: str = "shipping.travels") -> Projection:
    return Projection(name, tables=tables, events=[ParcelMoved])


@written_in("shipping.projections")
def fold(_events: object) -> None:
    """Nothing."""


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"projection": "shipping.others"}, "is a table of another one"),
        ({"app": "orders"}, "is a table of another one"),
        ({"key": models.CharField(primary_key=True, max_length=1)}, "keys that would be the same in two generations"),
        ({"unique": ()}, "unique in all generations"),
    ],
)
def test_a_table_of_which_there_cannot_be_two_generations_is_refused(wrong: dict[str, Any], why: str) -> None:
    with pytest.raises(ProjectionError, match=why):
        declared(table(**wrong))


def test_a_projection_needs_a_fold_of_its_own_module_and_a_check() -> None:
    travels = declared(table())
    with pytest.raises(ProjectionError, match="needs a fold and a check"):
        travels.validate()
    with pytest.raises(ProjectionError, match="folded by its own module"):
        travels.fold(written_in("orders.projections")(lambda _events: None))
    travels.fold(fold)
    with pytest.raises(ProjectionError, match="needs a fold and a check"):
        travels.validate()
    travels.check(lambda _waiting: [])
    travels.validate()


def test_two_projections_of_one_name_are_refused_and_so_is_the_name_of_a_listener() -> None:
    declared(table())
    with pytest.raises(ProjectionError, match="there is one already"):
        declared(table())
    listen(fold, name="journeys.parcel_moved")
    with pytest.raises(EventError, match="two listeners are named"):
        declared(table(projection="shipping.journeys"), name="shipping.journeys")


def test_what_it_hears_of_one_aggregate_stands_in_one_line_for_each_publisher() -> None:
    declared(table())
    listener = listener_named("shipping.travels.parcel_moved")
    assert listener
    assert listener.stream("a") == "shipping.travels/inventory a"


def test_what_is_folded_comes_before_what_handlers_do_in_the_same_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    listen(lambda event: done.append(f"handled {event.parcel}"))
    travels = declared(table())
    monkeypatch.setattr(travels, "take_in", lambda told: done.append(f"folded {len(told)}"))
    move("a1", "b1", "c1")
    settle()
    assert done == ["folded 3", "handled a", "handled b", "handled c"]
