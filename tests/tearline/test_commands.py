"""Commands that ask the outside world, in three acts: intend, ask, settle."""

from collections.abc import Callable

import pytest

from tearline.contracts import Unavailable, Undone
from tearline.databases import open_transactions
from tearline.facades import acting_as
from tests.tearline.specimen import BROKEN, LocalShelf, Shelf, Thing, TooMany, at_once, notes

pytestmark = pytest.mark.usefixtures("binding")

BOX = Thing(name="box")
INTENDED = "intended by outside:k"


class Died(BaseException):
    """As when the process ends."""


def failing(error: BaseException) -> Callable[[Thing], str]:
    def ask(thing: Thing) -> str:
        raise error

    return ask


def test_nothing_is_open_while_the_outside_world_is_asked(shelf: Shelf, local_shelf: LocalShelf) -> None:
    seen: list[object] = []

    def ask(thing: Thing) -> str:
        seen.append((open_transactions(), notes()))
        return "one"

    local_shelf.asking = ask
    assert shelf.send_for(BOX, key="k").number == "one"
    assert seen == [([], [INTENDED])]
    assert notes() == [INTENDED, "settled one"]


def test_an_answered_command_asks_nobody_again(shelf: Shelf, local_shelf: LocalShelf) -> None:
    first = shelf.send_for(BOX, key="k")
    local_shelf.asking = failing(AssertionError("asked again"))
    assert shelf.send_for(BOX, key="k") == first
    assert len(notes()) == 2


@pytest.mark.parametrize("binding", ["direct", "wire"], indirect=True)  # in another process nobody would see it die
def test_who_died_between_two_acts_is_followed_by_another_try(shelf: Shelf, local_shelf: LocalShelf) -> None:
    local_shelf.asking = failing(Died())
    with pytest.raises(Died):
        shelf.send_for(BOX, key="k")
    assert notes() == [INTENDED]
    local_shelf.asking = lambda _thing: "one"
    assert shelf.send_for(BOX, key="k").number == "one"
    assert notes() == [INTENDED, INTENDED, "settled one"]


def test_what_goes_wrong_outside_is_thrown_into_the_act_which_may_settle_it(
    shelf: Shelf, local_shelf: LocalShelf
) -> None:
    local_shelf.asking = failing(LookupError("no such thing"))
    assert shelf.send_for(BOX, key="k").number == "none"
    assert notes() == [INTENDED, "settled none"]


def test_what_the_act_does_not_settle_is_raised_and_leaves_the_intent(shelf: Shelf, local_shelf: LocalShelf) -> None:
    local_shelf.asking = failing(ZeroDivisionError("broken"))
    with pytest.raises(BROKEN):
        shelf.send_for(BOX, key="k")
    assert notes() == [INTENDED]


def test_an_act_that_cannot_tell_keeps_what_it_wrote(shelf: Shelf, local_shelf: LocalShelf) -> None:
    local_shelf.asking = failing(Unavailable("timed out"))
    with pytest.raises(Unavailable, match="timed out"):
        shelf.send_for(BOX, key="k")
    assert notes() == [INTENDED, "nobody knows"]
    local_shelf.asking = lambda _thing: "one"
    assert shelf.send_for(BOX, key="k").number == "one"


def test_a_refused_act_is_taken_back_and_those_before_it_are_not(shelf: Shelf, local_shelf: LocalShelf) -> None:
    local_shelf.asking = lambda _thing: "too many"
    for _ in range(2):
        with pytest.raises(TooMany):
            shelf.send_for(BOX, key="k")
    assert notes() == [INTENDED]


def test_what_was_undone_while_asking_is_settled_and_refused(shelf: Shelf, local_shelf: LocalShelf) -> None:
    def ask(thing: Thing) -> str:
        with acting_as("outside"):
            shelf.send_back(key="k")
        return "late"

    local_shelf.asking = ask
    with pytest.raises(Undone):
        shelf.send_for(BOX, key="k")
    assert notes() == [INTENDED, "sent back by outside:k", "settled late"]


def test_what_was_answered_by_another_run_and_undone_while_asking_is_settled_and_refused(
    shelf: Shelf, local_shelf: LocalShelf
) -> None:
    def ask(thing: Thing) -> str:
        local_shelf.asking = lambda _thing: "in time"
        with acting_as("outside"):
            assert shelf.send_for(BOX, key="k").number == "in time"
            shelf.send_back(key="k")
        return "late"

    local_shelf.asking = ask
    with pytest.raises(Undone):
        shelf.send_for(BOX, key="k")
    assert notes()[-2:] == ["sent back by outside:k", "settled late"]


def test_many_runs_of_one_key_store_one_answer(shelf: Shelf, local_shelf: LocalShelf) -> None:
    numbers = iter("abcd")
    local_shelf.asking = lambda _thing: next(numbers)
    answers = at_once(4, lambda _number: shelf.send_for(BOX, key="k").number)
    assert len(set(answers)) == 1
    assert notes().count(f"settled {answers[0]}") == 1
