"""One version of a facade or an event meets the next one: over HTTP, through the inbox, and across an upgrade."""

from collections.abc import Callable
from datetime import UTC, datetime
from types import new_class
from typing import Any, Literal, Protocol

import pytest
from django.db import transaction

from tearline.contracts import Contract, Refusal, Unavailable, UnknownRefusal
from tearline.events import Event, publish, upcast
from tearline.facades import command, facade_for, query
from tearline.models import OutboxRow
from tearline.snapshots._comparing import changes
from tearline.snapshots._taking import described_facade
from tearline.testing import hosting, settle, written_in
from tests.tearline.parcels import listen
from tests.tearline.specimen import HOME, note, notes

# The older version


class Box(Contract):
    """What is to be stored."""

    name: str


class Ticket(Contract):
    """What one gets for it."""

    number: str


@written_in(f"{HOME}.facade")
class Storage(Protocol):
    """As it was."""

    @command
    def store(self, box: Box, *, key: str) -> Ticket:
        """Keeps the box."""
        ...

    @query
    def find(self, name: str) -> Ticket | None:
        """The ticket of a box."""
        ...


class OlderStorage(Storage):
    def store(self, box: Box, *, key: str) -> Ticket:
        note(f"stored {box.name}")
        return Ticket(number=key)

    def find(self, name: str) -> Ticket | None:
        return Ticket(number=name)


# The newer version: all that may be added


class NewerBox(Contract):
    """With a colour."""

    name: str
    colour: str = "brown"


class NewerTicket(Contract):
    """With a time."""

    number: str
    until: datetime | None = None


class TooHeavy(Refusal, says="{name} is too heavy.", status=409, code=f"{HOME}.too_heavy"):
    """The older version has not heard of that."""

    name: str


@written_in(f"{HOME}.facade")
class NewerStorage(Protocol):
    """As it is now."""

    @command
    def store(self, box: NewerBox, *, shelf: int = 1, key: str) -> NewerTicket:
        """Keeps the box, on a shelf. Raises TooHeavy."""
        ...

    @query
    def find(self, name: str, *, among: Literal["all", "brown"] = "all") -> NewerTicket | None:
        """The ticket of a box."""
        ...

    @query
    def count(self) -> int:
        """How many boxes there are."""
        ...


class LocalNewerStorage(NewerStorage):
    def store(self, box: NewerBox, *, shelf: int = 1, key: str) -> NewerTicket:
        if box.name == "anvil":
            raise TooHeavy(name=box.name)
        note(f"stored {box.name}, {box.colour}, {shelf}")
        return NewerTicket(number=key, until=datetime(2030, 1, 1, tzinfo=UTC))

    def find(self, name: str, *, among: Literal["all", "brown"] = "all") -> NewerTicket | None:
        return NewerTicket(number=f"{name} {among}")

    def count(self) -> int:
        return 7


older: Storage = facade_for(Storage)
newer: NewerStorage = facade_for(NewerStorage)
BOX = Box(name="box")


@pytest.fixture
def unheard_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks does not know the refusals of the newer version."""
    monkeypatch.delitem(Refusal.kinds, TooHeavy.code)


def surface(interface: Callable[..., Any]) -> dict[str, Any]:
    """A facade by itself, as a snapshot has it."""
    rest: dict[str, Any] = {"prefixes": [], "paths": {}, "schemas": {}}
    return {"facade": described_facade(HOME, interface), "events": {}, "rest": rest}


def test_the_newer_version_is_compatible_with_the_older_one() -> None:
    """So the tests below show what that is worth."""
    found = list(changes(HOME, surface(Storage), surface(NewerStorage), retired=()))
    assert {change.name for change in found} == {f"{HOME}.store", f"{HOME}.find", f"{HOME}.count"}
    assert [str(change) for change in found if change.breaks] == []


@pytest.mark.usefixtures("facades_over_http")
class TestOverHttp:
    def test_an_older_client_is_served_by_a_newer_server(self) -> None:
        with hosting(NewerStorage, LocalNewerStorage()):
            assert older.store(BOX, key="k") == Ticket(number="outside:k")
            assert older.find("box") == Ticket(number="box all")
        assert notes() == ["stored box, brown, 1"]

    @pytest.mark.usefixtures("unheard_of")
    def test_an_older_client_takes_a_newer_refusal_for_one(self) -> None:
        with hosting(NewerStorage, LocalNewerStorage()), pytest.raises(UnknownRefusal) as refused:
            older.store(Box(name="anvil"), key="k")
        assert (refused.value.told_code, str(refused.value)) == (TooHeavy.code, "anvil is too heavy.")

    def test_a_newer_client_is_told_that_an_older_server_has_not_done_what_it_does_not_know(self) -> None:
        with hosting(Storage, OlderStorage()), pytest.raises(Unavailable, match=r"no operation count") as unknown:
            newer.count()
        assert unknown.value.maybe_done is False

    def test_a_newer_client_is_served_by_an_older_server_as_before(self) -> None:
        with hosting(Storage, OlderStorage()):
            assert newer.store(NewerBox(name="box"), key="k") == NewerTicket(number="outside:k")
            assert newer.find("box") == NewerTicket(number="box")

    @pytest.mark.parametrize(
        "again",
        [
            lambda: older.store(BOX, key="k"),
            lambda: newer.store(NewerBox(name="box"), key="k"),
            lambda: newer.store(NewerBox(name="box", colour="brown"), shelf=1, key="k"),
        ],
    )
    def test_what_was_done_before_the_upgrade_is_not_done_again_after_it(self, again: Callable[[], Any]) -> None:
        """A step of a saga that asks again, by the same key, while the other side is replaced."""
        with hosting(Storage, OlderStorage()):
            older.store(BOX, key="k")
        with hosting(NewerStorage, LocalNewerStorage()):
            assert again().number == "outside:k"
        assert notes() == ["stored box"]

    def test_what_was_done_by_the_newer_version_is_not_done_again_by_the_older_one(self) -> None:
        """While both of them serve."""
        with hosting(NewerStorage, LocalNewerStorage()):
            newer.store(NewerBox(name="box"), key="k")
        with hosting(Storage, OlderStorage()):
            assert older.store(BOX, key="k") == Ticket(number="outside:k")
        assert notes() == ["stored box, brown, 1"]


# What is said to break does break


class BoxWithColour(Contract):
    """It must be said."""

    name: str
    colour: str


class NumberedTicket(Contract):
    """It is no text any more."""

    number: int


class TicketWithTime(Contract):
    """It is always there."""

    number: str
    until: str


def storage(box: type[Contract], ticket: type[Contract], answer: dict[str, Any]) -> tuple[Any, Any]:
    """A version of the facade, and who keeps it."""

    def store(self: Any, box: Any, *, key: str) -> Any: ...

    def kept(self: Any, box: Any, *, key: str) -> Any:
        note("stored")
        return ticket(**answer)

    store.__annotations__ = {"box": box, "key": str, "return": ticket}
    operations = {"store": command(store), "__module__": f"modules.{HOME}.facade"}
    version: Any = new_class("Version", (Protocol,), exec_body=lambda body: body.update(operations))
    return version, type("LocalVersion", (version,), {"store": kept})()


BEFORE = storage(Box, Ticket, {"number": "1"})


@pytest.mark.usefixtures("facades_over_http")
@pytest.mark.parametrize(
    ("after", "why"),
    [
        (storage(BoxWithColour, Ticket, {"number": "1"}), "takes other arguments here: box.colour: Field required"),
        (storage(Box, NumberedTicket, {"number": 1}), "the answer cannot be read"),
    ],
)
def test_a_client_of_the_older_version_cannot_use_a_newer_one_that_breaks_it(after: tuple[Any, Any], why: str) -> None:
    assert breaking(BEFORE, after)
    with hosting(*after), pytest.raises(Unavailable, match=why):
        facade_for(BEFORE[0]).store(box=BOX, key="k")


@pytest.mark.usefixtures("facades_over_http")
@pytest.mark.parametrize("after", [storage(Box, TicketWithTime, {"number": "1", "until": "2030"})])
def test_what_the_older_version_has_answered_cannot_be_repeated_by_one_that_breaks_it(after: tuple[Any, Any]) -> None:
    assert breaking(BEFORE, after)
    with hosting(*BEFORE):
        facade_for(BEFORE[0]).store(box=BOX, key="k")
    with hosting(*after), pytest.raises(Unavailable, match="failed there"):
        facade_for(after[0]).store(box=BOX, key="k")


def breaking(before: tuple[Any, Any], after: tuple[Any, Any]) -> list[str]:
    found = changes(HOME, surface(before[0]), surface(after[0]), retired=())
    return [str(change) for change in found if change.breaks]


# Events


def older_event() -> type[Any]:
    class BoxMoved(Event, topic="inventory.box_moved.v1", aggregate="box"):
        """As it was."""

        __qualname__ = "BoxMoved"
        box: str

    return BoxMoved


def newer_event() -> type[Any]:
    class BoxMoved(Event, topic="inventory.box_moved.v1", aggregate="box"):
        """As it is now."""

        __qualname__ = "BoxMoved"
        box: str
        by: str = "hand"

    return BoxMoved


def announce(*events: Event) -> None:
    with transaction.atomic(using=HOME):
        publish(*events)


@pytest.mark.usefixtures("declarations")
class TestEvents:
    def test_a_newer_handler_reads_what_an_older_version_has_announced(self) -> None:
        announce(older_event()(box="a"))
        heard: list[Any] = []
        listen(heard.append, event=newer_event())
        settle()
        assert [(event.box, event.by) for event in heard] == [("a", "hand")]

    def test_an_older_handler_reads_what_a_newer_version_announces(self) -> None:
        announce(newer_event()(box="a", by="crane"))
        assert '"by":"crane"' in OutboxRow.objects.using(HOME).get().payload
        heard: list[Any] = []
        listen(heard.append, event=older_event())
        settle()
        assert [event.box for event in heard] == ["a"]

    def test_a_version_beside_the_older_one_is_heard_by_whoever_has_moved_on(self) -> None:
        older, told = older_event(), list[str]()
        listen(lambda event: told.append(f"v1 {event.box}"), name="stay", event=older)

        class BoxWentTo(Event, topic="inventory.box_moved.v2", aggregate="box"):
            """The next version."""

            box: str
            place: str

        listen(lambda event: told.append(f"v2 {event.box} {event.place}"), name="go_on", event=BoxWentTo)
        announce(older(box="a"), BoxWentTo(box="a", place="quay"))
        settle()
        assert sorted(told) == ["v1 a", "v2 a quay"]

    def test_once_the_older_version_is_retired_its_upcaster_reads_what_is_left_of_it(self) -> None:
        announce(older_event()(box="a"))

        class BoxWentTo(Event, topic="inventory.box_moved.v2", aggregate="box"):
            """The only version by now."""

            box: str
            place: str

        @upcast("inventory.box_moved.v1")
        def nobody_knows_where(old: dict[str, Any]) -> dict[str, Any]:
            return old | {"place": "somewhere"}

        heard: list[Any] = []
        listen(heard.append, event=BoxWentTo)
        settle()
        assert [event.place for event in heard] == ["somewhere"]
