"""What a facade may look like, and what crosses it in any binding."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, Protocol

import pytest
from django.db import connections, transaction
from pytest_django import Settings

from tearline.contracts import Unavailable
from tearline.databases import open_transactions
from tearline.facades import (
    CalledInsideTransaction,
    FacadeError,
    NotInstalled,
    acting_as,
    caller,
    command,
    facade_for,
    perform,
    query,
)
from tearline.facades import _calls as calls
from tearline.facades import _hosting as hosting_here
from tearline.models import TaskRow
from tearline.testing import hosting
from tearline.topology import Process, Topology
from tests.tearline.specimen import HOME, LocalShelf, Receipt, Shelf, Thing, TooMany, note, notes


@pytest.fixture
def wire(settings: Settings) -> None:
    settings.TEARLINE_FACADES = "wire"


BOX = Thing(name="box")


def broken_there(binding: str, error: type[Exception]) -> AbstractContextManager[object]:
    """A fault of the other side. In another process it is told as no answer, and recorded there."""
    return pytest.raises(Unavailable if binding == "http" else error)


def put_a_box(shelf: Shelf) -> None:
    shelf.put(BOX, key="k")


# How a facade is written


class Unmarked(Protocol):
    def ask(self) -> int: ...


class Keyless(Protocol):
    @command
    def put(self, thing: Thing) -> None: ...


class KeyByPosition(Protocol):
    @command
    def put(self, thing: Thing, key: str) -> None: ...


class KeyWithDefault(Protocol):
    @command
    def put(self, thing: Thing, *, key: str = "") -> None: ...


class Splat(Protocol):
    @query
    def all_of(self, *names: str) -> int: ...


class UndoesWhatOnlyAsks(Protocol):
    @query
    def ask(self) -> int: ...

    @command(undoes=ask)
    def undo(self, *, key: str) -> None: ...


@pytest.mark.parametrize(
    ("interface", "fault"),
    [
        (Unmarked, r"Unmarked.ask is neither a @command nor a @query"),
        (Keyless, r"Keyless.put is a command and must take a keyword-only key"),
        (KeyByPosition, r"KeyByPosition.put is a command and must take a keyword-only key"),
        (KeyWithDefault, r"KeyWithDefault.put is a command and must take a keyword-only key"),
        (Splat, r"Splat.all_of must name every parameter"),
        (UndoesWhatOnlyAsks, r"UndoesWhatOnlyAsks.undo undoes ask, which is no command above it"),
    ],
)
def test_a_facade_that_cannot_work_is_refused_when_it_is_declared(interface: Any, fault: str) -> None:
    with pytest.raises(FacadeError, match=fault):
        facade_for(interface)


def test_a_local_side_that_forgot_an_operation_is_refused() -> None:
    class Forgetful(LocalShelf):
        find = Shelf.find

    with pytest.raises(FacadeError, match="Forgetful has no find"), hosting(Shelf, Forgetful()):
        pass


def test_a_facade_looks_like_its_interface(shelf: Shelf) -> None:
    assert type(shelf).__name__ == "ShelfFacade"
    assert shelf.put.__doc__ == Shelf.put.__doc__
    with pytest.raises(TypeError, match=r"missing a required .*argument: 'key'"):
        shelf.put(BOX)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="missing a required argument: 'name'"):
        shelf.find(nmae="box")  # type: ignore[call-arg]


def test_a_call_before_django_is_set_up_says_so(monkeypatch: pytest.MonkeyPatch, shelf: Shelf) -> None:
    monkeypatch.setattr(calls, "_machinery", None)
    with pytest.raises(NotInstalled):
        shelf.find("box")


# What crosses


def test_all_kinds_of_parameters_and_answers_cross(binding: str, shelf: Shelf) -> None:
    assert shelf.look("a", 1) == [Thing(name="a False", count=1)]
    assert shelf.look("a", shelf=2, deep=True, among=[BOX]) == [Thing(name="a True", count=2), BOX]
    assert shelf.find("there") == Thing(name="there")
    assert shelf.find(name="nowhere") is None
    assert shelf.put(BOX, key="k") == Receipt(number="outside:k", thing=BOX)
    shelf.take(key="k")
    assert notes() == []


def test_values_are_made_anew_on_the_wire(wire: None, shelf: Shelf, local_shelf: LocalShelf) -> None:
    taken: list[Thing] = []
    local_shelf.putting = taken.append
    shelf.put(BOX, key="k")
    assert taken == [BOX]
    assert taken[0] is not BOX


@pytest.mark.parametrize(
    "ask",
    [
        lambda shelf: shelf.look("a", "1"),
        lambda shelf: shelf.look(7, 1),
        lambda shelf: shelf.look("a", 1, among={"box": BOX}),
        lambda shelf: shelf.find(TaskRow(name="box")),
        lambda shelf: shelf.put({"name": "box"}, key="k"),
        lambda shelf: shelf.put(TaskRow(name="box"), key="k"),
        lambda shelf: shelf.put(Receipt(number="1", thing=BOX), key="k"),
    ],
)
def test_nothing_but_what_was_declared_crosses_the_wire(wire: None, shelf: Any, ask: Callable[[Any], Any]) -> None:
    with pytest.raises(ValueError, match=r"(validation error|serializer warning)s?"):
        ask(shelf)
    assert notes() == []


def test_a_tuple_is_no_list_on_the_wire(wire: None, shelf: Shelf, local_shelf: LocalShelf) -> None:
    local_shelf.look = lambda *_, **__: (BOX,)  # type: ignore[assignment]
    with pytest.raises(ValueError, match="validation error"):
        shelf.look("a", 1)


def test_an_answer_that_is_not_what_was_declared_takes_the_command_back(
    binding: str, shelf: Shelf, local_shelf: LocalShelf
) -> None:
    def put(thing: Thing, *, key: str) -> Receipt:
        note(key)
        return BOX  # type: ignore[return-value]

    local_shelf.put = put  # type: ignore[method-assign]
    with broken_there(binding, ValueError):
        shelf.put(BOX, key="k")
    assert notes() == []


def test_a_refusal_arrives_as_the_same_class_with_its_fields(binding: str, shelf: Shelf) -> None:
    with pytest.raises(TooMany) as refused:
        shelf.put(Thing(name="box", count=12), key="k")
    assert (refused.value.name, refused.value.count, refused.value.replayed) == ("box", 12, False)


def test_unavailable_arrives_with_all_that_is_known(binding: str, shelf: Shelf, local_shelf: LocalShelf) -> None:
    def putting(thing: Thing) -> None:
        raise Unavailable("the shelf is being painted", maybe_done=False, retry_after=1.5)

    local_shelf.putting = putting
    with pytest.raises(Unavailable, match="the shelf is being painted") as unknown:
        shelf.put(BOX, key="k")
    assert (unknown.value.maybe_done, unknown.value.retry_after) == (False, 1.5)


def test_any_other_error_is_seen_by_the_caller_and_leaves_nothing(
    binding: str, shelf: Shelf, local_shelf: LocalShelf
) -> None:
    local_shelf.putting = lambda _thing: 1 / 0
    with broken_there(binding, ZeroDivisionError):
        shelf.put(BOX, key="k")
    assert notes() == []
    local_shelf.putting = lambda _thing: None
    assert shelf.put(BOX, key="k").number == "outside:k"


def test_the_local_side_knows_who_calls_and_on_whose_behalf(binding: str, shelf: Shelf) -> None:
    with acting_as("orders"):
        assert tuple(shelf.who()) == (HOME, "orders")
    assert caller() == "outside"


# With a transaction open


def everyone_who_calls(shelf: Shelf) -> Iterator[Callable[[], object]]:
    yield lambda: shelf.put(BOX, key="k")
    yield lambda: shelf.send_for(BOX, key="k")
    yield lambda: shelf.find("box")
    yield lambda: perform(HOME, "put", {"thing": BOX}, caller="api:1", key="k")


@pytest.mark.parametrize("alias", sorted(connections))
def test_no_facade_is_called_with_a_transaction_open_on_any_alias(binding: str, shelf: Shelf, alias: str) -> None:
    for call in everyone_who_calls(shelf):
        with pytest.raises(CalledInsideTransaction, match=f"open on {alias}"), transaction.atomic(using=alias):
            call()
    assert notes() == []


def test_queries_are_let_through_where_it_is_not_strict(binding: str, shelf: Shelf, settings: Settings) -> None:
    settings.TEARLINE_STRICT = False
    with transaction.atomic(using="orders"):
        assert shelf.find("there") is not None
        with pytest.raises(CalledInsideTransaction):
            shelf.put(BOX, key="k")


def test_what_is_done_after_commit_may_call(binding: str, shelf: Shelf) -> None:
    with transaction.atomic(using=HOME):
        transaction.on_commit(partial(put_a_box, shelf), using=HOME)
        assert open_transactions() == [HOME]
        assert notes() == []
    assert notes() == ["put by outside:k"]


def test_a_facade_may_call_another_one_from_the_middle_act(
    binding: str, shelf: Shelf, local_shelf: LocalShelf, settings: Settings
) -> None:
    settings.TEARLINE_ALLOWED_CALLS = settings.TEARLINE_ALLOWED_CALLS | {HOME: [HOME]}
    local_shelf.asking = lambda thing: shelf.put(thing, key="inner").number
    assert shelf.send_for(BOX, key="k").number == f"{HOME}:inner"


def test_an_unknown_operation_cannot_be_performed(shelf: Shelf) -> None:
    with pytest.raises(KeyError):
        perform(HOME, "give_away", {}, caller="api:1", key="k")


def test_a_module_that_another_process_hosts_is_not_kept_here(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hosting_here, "by_module", {})
    settings.TEARLINE_TOPOLOGY = Topology(processes=(), process=Process(name="till", modules=("payments",)))
    with pytest.raises(FacadeError, match="another process"):
        hosting_here.hosted("catalog")
