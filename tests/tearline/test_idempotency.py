"""One effect per key: answers, refusals and undoing under it."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction

from tearline import idempotency
from tearline.contracts import KeyInFlight, KeyReused, Unavailable, Undone
from tearline.facades import Outcome, acting_as, operations_of, perform
from tearline.models import CommandKey, OutboxRow
from tests.tearline.specimen import BROKEN, HOME, LocalShelf, Shelf, Thing, TooMany, at_once, note, notes

pytestmark = pytest.mark.usefixtures("binding")

BOX, CRATE, TOO_MANY = Thing(name="box"), Thing(name="crate"), Thing(name="box", count=12)


def put(thing: Thing, *, key: str = "k", caller: str = "api:1") -> Outcome:
    """As the REST edge asks."""
    return perform(HOME, "put", {"thing": thing}, caller=caller, key=key, join=False)


def send_for() -> Outcome:
    return perform(HOME, "send_for", {"thing": BOX}, caller="api:1", key="k", join=False)


def announced() -> int:
    return OutboxRow.objects.using(HOME).count()


class Died(BaseException):
    """As when the process ends."""


# Same key, same answer


def test_the_same_key_gets_the_same_answer_and_has_one_effect(shelf: Shelf) -> None:
    assert shelf.put(BOX, key="k") == shelf.put(BOX, key="k")
    assert notes() == ["put by outside:k"]


def test_a_repeated_answer_is_marked(shelf: Shelf) -> None:
    first, again = put(BOX), put(BOX)
    assert (first.replayed, again.replayed) == (False, True)
    assert first.answer == again.answer


def test_a_key_cannot_be_used_for_another_request(shelf: Shelf) -> None:
    shelf.put(BOX, key="k")
    with pytest.raises(KeyReused) as refused:
        shelf.put(CRATE, key="k")
    assert refused.value.key == "k"
    assert len(notes()) == 1


def test_a_key_is_its_callers_own(shelf: Shelf) -> None:
    for caller in ("orders", "outside"):
        with acting_as(caller):
            shelf.put(BOX, key="k")
    put(BOX, caller="api:1")
    assert notes() == ["put by orders:k", "put by outside:k", "put by api:1:k"]


def test_a_key_counts_for_one_operation(shelf: Shelf) -> None:
    shelf.put(BOX, key="k")
    shelf.send_for(CRATE, key="k")
    assert len(notes()) == 3


@pytest.mark.parametrize("key", ["", "k" * 256])
def test_a_key_of_no_or_excessive_length_is_refused_on_every_engine(shelf: Shelf, key: str) -> None:
    with pytest.raises(ValueError, match="a key has 1 to 255 characters"):
        shelf.put(BOX, key=key)
    assert not CommandKey.objects.using(HOME).exists()


def test_the_order_of_names_makes_no_other_request() -> None:
    look = operations_of(Shelf)["look"]
    one, other = {"name": "a", "shelf": 1}, {"shelf": 1, "name": "a"}
    assert look.fingerprint(one) == look.fingerprint(other)
    assert look.fingerprint(one) != look.fingerprint({"name": "a", "shelf": 2})


# Refusals


def test_a_refusal_takes_the_effect_back_and_is_remembered_with_its_fields(shelf: Shelf) -> None:
    with pytest.raises(TooMany) as first:
        shelf.put(TOO_MANY, key="k")
    with pytest.raises(TooMany) as again:
        put(TOO_MANY, caller="outside")
    assert (again.value.name, again.value.count) == ("box", 12)
    assert (first.value.replayed, again.value.replayed) == (False, True)
    assert notes() == []


def test_what_a_refusal_announces_is_published_once(shelf: Shelf) -> None:
    for _ in range(3):
        with pytest.raises(TooMany):
            shelf.put(TOO_MANY, key="k")
    assert announced() == 1


def test_after_an_error_the_key_is_as_if_never_used(shelf: Shelf, local_shelf: LocalShelf) -> None:
    local_shelf.putting = lambda _thing: 1 / 0
    with pytest.raises(BROKEN):
        shelf.put(BOX, key="k")
    local_shelf.putting = lambda _thing: None
    shelf.put(CRATE, key="k")
    assert notes() == ["put by outside:k"]


def test_what_was_written_when_nobody_knows_is_kept_and_the_key_stays_open(
    shelf: Shelf, local_shelf: LocalShelf
) -> None:
    def lose(thing: Thing) -> None:
        raise Unavailable("lost")

    local_shelf.putting = lose
    with pytest.raises(Unavailable):
        put(BOX)
    local_shelf.putting = lambda _thing: None
    assert not put(BOX).replayed
    assert len(notes()) == 2


# Undoing


def test_what_was_undone_cannot_be_done_again(shelf: Shelf) -> None:
    shelf.put(BOX, key="k")
    shelf.take(key="k")
    with pytest.raises(Undone) as refused:
        shelf.put(BOX, key="k")
    assert refused.value.key == "k"
    assert notes() == []


def test_a_do_that_comes_after_its_undo_is_refused(shelf: Shelf) -> None:
    shelf.take(key="k")
    with pytest.raises(Undone):
        shelf.put(BOX, key="k")
    assert notes() == []


def test_undoing_twice_has_one_effect(shelf: Shelf, local_shelf: LocalShelf) -> None:
    shelf.put(BOX, key="k")
    local_shelf.taking = lambda: note("taken")
    shelf.take(key="k")
    shelf.take(key="k")
    assert notes() == ["taken"]


def test_undoing_touches_nobody_elses_key(shelf: Shelf) -> None:
    shelf.put(BOX, key="k")
    with acting_as("orders"):
        shelf.take(key="k")
    shelf.take(key="other")
    assert shelf.put(BOX, key="k").number == "outside:k"
    assert notes() == ["put by outside:k"]


def test_a_refused_undo_leaves_no_tombstone(shelf: Shelf, local_shelf: LocalShelf) -> None:
    def refuse() -> None:
        raise TooMany(name="box", count=1)

    local_shelf.taking = refuse
    with pytest.raises(TooMany):
        shelf.take(key="k")
    assert shelf.put(BOX, key="k").number == "outside:k"


def test_an_undo_that_failed_leaves_no_tombstone(shelf: Shelf, local_shelf: LocalShelf) -> None:
    local_shelf.taking = lambda: 1 / 0
    with pytest.raises(BROKEN):
        shelf.take(key="k")
    shelf.put(BOX, key="k")
    assert len(notes()) == 1


# Many at once


@pytest.mark.parametrize("work", [lambda shelf: shelf.put(BOX, key="k"), lambda shelf: shelf.send_for(BOX, key="k")])
def test_eight_at_once_with_one_key_get_one_answer(
    shelf: Shelf, work: Callable[[Shelf], object], local_shelf: LocalShelf
) -> None:
    numbers = iter("abcdefgh")
    local_shelf.asking = lambda _thing: next(numbers)
    answers = at_once(8, lambda _number: work(shelf))
    assert len(answers) == 8
    assert answers == [answers[0]] * 8
    assert not isinstance(answers[0], Exception)


def test_eight_at_once_with_one_key_have_one_effect(shelf: Shelf) -> None:
    at_once(8, lambda _number: shelf.put(BOX, key="k"))
    assert notes() == ["put by outside:k"]


def test_eight_at_once_are_refused_alike_and_announce_it_once(shelf: Shelf) -> None:
    answers = at_once(8, lambda _number: shelf.put(TOO_MANY, key="k"))
    assert [type(answer) for answer in answers] == [TooMany] * 8
    assert announced() == 1


def test_other_keys_at_once_do_not_mix(shelf: Shelf) -> None:
    answers = at_once(8, lambda number: shelf.put(BOX, key=f"k{number % 4}").number)
    assert answers == [f"outside:k{number % 4}" for number in range(8)]
    assert len(notes()) == 4


def test_whatever_do_undo_and_retry_do_at_once_nothing_is_left(shelf: Shelf) -> None:
    deeds: list[Callable[[str], object]] = [
        lambda key: shelf.put(BOX, key=key),
        lambda key: shelf.take(key=key),
        lambda key: shelf.put(BOX, key=key),
    ]
    for attempt in range(15):
        key = f"k{attempt}"
        ended = at_once(3, lambda number: deeds[number](key))  # noqa: B023 - over before the next attempt
        assert all(not isinstance(answer, Exception) or isinstance(answer, Undone) for answer in ended), ended
        assert notes() == []
        with pytest.raises(Undone):
            shelf.put(BOX, key=key)


def test_who_does_not_join_is_told_that_somebody_is_at_it(shelf: Shelf, local_shelf: LocalShelf) -> None:
    told: list[Exception] = []

    def ask(thing: Thing) -> str:
        with pytest.raises(KeyInFlight) as refused:
            send_for()
        told.append(refused.value)
        return "here"

    local_shelf.asking = ask
    assert not send_for().replayed
    assert send_for().replayed
    assert isinstance(told[0], KeyInFlight)
    assert told[0].retry_after == 1


@pytest.mark.parametrize(("busy", "then"), [(60.0, KeyInFlight), (-1.0, Died)])
def test_who_died_over_a_key_is_waited_for_no_longer_than_a_while(
    shelf: Shelf,
    local_shelf: LocalShelf,
    monkeypatch: pytest.MonkeyPatch,
    busy: float,
    then: type[BaseException],
) -> None:
    def die(thing: Thing) -> str:
        raise Died

    local_shelf.asking = die
    monkeypatch.setattr(idempotency, "BUSY", busy)
    with pytest.raises(Died):
        send_for()
    with pytest.raises(then):
        send_for()


@pytest.mark.postgres_only
def test_who_hangs_over_a_key_is_not_waited_for(shelf: Shelf) -> None:
    """As a process that was stopped in the middle of a command: its transaction stays open."""
    hung, over = threading.Event(), threading.Event()

    def hang() -> None:
        with transaction.atomic(using=HOME):
            idempotency.take(idempotency.Scope(HOME, "api:1", f"{HOME}.put", "k"), "a fingerprint")
            hung.set()
            over.wait(20)
        connections.close_all()

    with ThreadPoolExecutor(1) as threads:
        hanging = threads.submit(hang)
        assert hung.wait(20)
        with pytest.raises(KeyInFlight):
            put(BOX)
        over.set()
        hanging.result()
