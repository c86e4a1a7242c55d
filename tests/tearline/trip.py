"""A saga for the tests to break: every step of it fails as it is told to."""

from collections import defaultdict
from collections.abc import Callable

from django.db import transaction

from tearline.contracts import Refusal, Unavailable
from tearline.databases import open_transactions
from tearline.facades import caller
from tearline.models import SagaRow, TaskRow
from tearline.resilience import NotAsked
from tearline.sagas import Saga, Step, Why
from tearline.testing import settle, written_in
from tests.tearline.specimen import note

HOME = "orders"
DONE = ["pack", "book", "pay", "leave", "arrive"]
ON_REQUEST = Why("specimen.on_request", "We stay at home.")


class FullyBooked(Refusal, says="No seat to {place}.", code="specimen.fully_booked"):
    """There is no seat."""

    place: str


class Died(BaseException):
    """As when the process ends."""


REFUSED = FullyBooked(place="Rome")
LOST = Unavailable("no answer from Rome")
PUT_OFF = NotAsked("Rome", "circuit open", retry_after=0.01)


class Trip:
    """The saga `orders.trip`, every step of which fails as it is told to.

    `log` has each step that was tried, whatever came of it; local steps leave a note too, which rolls back with them.
    """

    def __init__(self, *, version: int = 1, pivot: str = "leave") -> None:
        self.log: list[str] = []
        self.whys: list[Why] = []
        self.seen: list[tuple[str, str, list[str]]] = []
        self.failures: dict[str, list[BaseException]] = defaultdict(list)
        self.meanwhile: dict[str, Callable[[TaskRow], object]] = {}
        self.saga = Saga("orders.trip", subject=TaskRow, version=version)
        self.saga.local(self._act("pack")).undo(self._unpack())
        self.saga.remote(self._act("book")).undo(self._act("unbook"))
        self.saga.remote(self._act("pay")).undo(self._act("refund"))
        self.saga.local(pivot=True)(self._act(pivot))
        self.saga.remote(self._act("arrive"))

    def _act(self, name: str) -> Callable[[TaskRow], None]:
        @written_in(f"{HOME}.sagas")
        def act(subject: TaskRow) -> None:
            self.log.append(name)
            self.seen.append((name, caller(), open_transactions()))
            if open_transactions():
                note(name, module=HOME)
            self.meanwhile.get(name, id)(subject)
            if self.failures[name]:
                raise self.failures[name].pop(0)

        act.__name__ = name
        return act

    def _unpack(self) -> Callable[[TaskRow, Why], None]:
        act = self._act("unpack")

        def unpack(subject: TaskRow, why: Why) -> None:
            act(subject)
            self.whys.append(why)

        return unpack

    def step(self, name: str) -> Step[TaskRow]:
        return next(step for step in self.saga.steps if step.name == name)

    def start(self) -> TaskRow:
        with transaction.atomic(using=HOME):
            subject = TaskRow.objects.using(HOME).create(name="specimen.trip")
            self.saga.start(subject)
        return subject

    def cancel(self, subject: TaskRow) -> None:
        with transaction.atomic(using=HOME):
            self.saga.cancel(subject, ON_REQUEST)

    def ended(self) -> str:
        """Start, carry on to the end, and say how it ended."""
        subject = self.start()
        settle()
        return self.saga.state_of(subject) or ""


def run() -> SagaRow:
    return SagaRow.objects.using(HOME).get()
