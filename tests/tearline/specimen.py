"""What the tests of the core work on: notes that any module can keep, and a small facade that keeps them.

A note is an effect that can be counted: a row in a module's own database that nobody touches.
"""

import threading
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from django.db import connections

from tearline.contracts import Contract, Refusal, Unavailable
from tearline.events import Event, publish
from tearline.facades import Acts, asked_by, caller, command, query, three_acts
from tearline.models import TaskRow
from tearline.testing import written_in
from tearline.work._carriers import carriers

T = TypeVar("T")

HOME = "inventory"
"""The module in whose place the specimen facade stands."""

BROKEN = (ZeroDivisionError, Unavailable)
"""A fault on the other side: seen as it is within one process, and as no answer from another one."""


def note(text: str, *, module: str = HOME) -> TaskRow:
    """Have an effect."""
    return TaskRow.objects.using(module).create(name="specimen.note", arguments=text)


def notes(module: str = HOME) -> list[str]:
    """The effects so far, in order."""
    rows = TaskRow.objects.using(module).filter(name="specimen.note").order_by("id")
    return list(rows.values_list("arguments", flat=True))


def forget(text: str, *, module: str = HOME) -> None:
    TaskRow.objects.using(module).filter(name="specimen.note", arguments=text).delete()


def at_once(count: int, work: Callable[[int], T]) -> list[T | Exception]:
    """What each of so many threads answered or raised, all let go at the same moment, in the order of their numbers."""
    gate = threading.Barrier(count)
    ended: list[T | Exception | None] = [None] * count

    def run(number: int) -> None:
        gate.wait(20)
        try:
            ended[number] = work(number)
        except Exception as error:  # noqa: BLE001 - it is the answer
            ended[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return [answer for answer in ended if answer is not None]


def carry(kind: str, module: str, owner: str) -> int:
    """Have a worker of this name claim a batch of such work, and work on it. How many rows there were."""
    return next(carrier for carrier in carriers if carrier.kind == kind).carry(module, owner)


class Thing(Contract):
    """What is put on the shelf."""

    name: str
    count: int = 1


class Receipt(Contract):
    """What came of it."""

    number: str
    thing: Thing


class TooMany(Refusal, says="{count} of {name} do not fit.", status=409, code="specimen.too_many"):
    """The shelf holds nine."""

    name: str
    count: int


class ShelfOverflowed(Event, topic="inventory.shelf_overflowed.v1", aggregate="name"):
    """Too much was to be put on the shelf."""

    name: str


@written_in(f"{HOME}.facade")
class Shelf(Protocol):
    """Keeps a note of everything that happens."""

    @query
    def look(self, name: str, /, shelf: int, *, deep: bool = False, among: Sequence[Thing] = ()) -> list[Thing]:
        """All kinds of parameters."""
        ...

    @query
    def find(self, name: str) -> Thing | None:
        """The thing, if its name is "there"."""
        ...

    @query
    def who(self) -> tuple[str, str]:
        """Who is acting, and on whose behalf."""
        ...

    @command
    def put(self, thing: Thing, *, key: str) -> Receipt:
        """Notes the thing. Raises TooMany."""
        ...

    @command(undoes=put)
    def take(self, *, key: str) -> None:
        """Forgets the thing."""
        ...

    @command
    def send_for(self, thing: Thing, *, key: str) -> Receipt:
        """Asks the outside world for the thing. Raises TooMany."""
        ...

    @command(undoes=send_for)
    def send_back(self, *, key: str) -> None:
        """Notes that it goes back."""
        ...


class LocalShelf(Shelf):
    """Does what a test wants it to do in the middle of things."""

    def __init__(self) -> None:
        self.putting: Callable[[Thing], object] = lambda _thing: None
        self.taking: Callable[[], object] = lambda: None
        self.asking: Callable[[Thing], str] = lambda thing: f"some {thing.name}"

    def look(self, name: str, /, shelf: int, *, deep: bool = False, among: Sequence[Thing] = ()) -> list[Thing]:
        return [Thing(name=f"{name} {deep}", count=shelf), *among]

    def find(self, name: str) -> Thing | None:
        return Thing(name=name) if name == "there" else None

    def who(self) -> tuple[str, str]:
        return caller(), asked_by()

    def put(self, thing: Thing, *, key: str) -> Receipt:
        note(f"put by {key}")
        if thing.count > 9:
            overflowed = ShelfOverflowed(name=thing.name)
            raise TooMany(name=thing.name, count=thing.count).announcing(overflowed)
        self.putting(thing)
        return Receipt(number=key, thing=thing)

    def take(self, *, key: str) -> None:
        self.taking()
        forget(f"put by {key}")

    @three_acts
    def send_for(self, thing: Thing, *, key: str) -> Acts[Receipt]:
        note(f"intended by {key}")
        try:
            number = yield lambda: self.asking(thing)
        except Unavailable:
            note("nobody knows")
            raise
        except LookupError:
            number = "none"
        note(f"settled {number}")
        if number == "too many":
            raise TooMany(name=thing.name, count=thing.count)
        return Receipt(number=number, thing=thing)

    def send_back(self, *, key: str) -> None:
        note(f"sent back by {key}")


def publish_overflow(name: str) -> ShelfOverflowed:
    """In an open transaction of the shelf's module."""
    event = ShelfOverflowed(name=name)
    publish(event)
    return event
