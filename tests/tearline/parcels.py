"""An event for what operators do with events, and a listener that fails for as long as it is told to."""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from tearline.events import Event, on, publish
from tearline.models import InboxRow
from tearline.testing import written_in
from tests.tearline.specimen import HOME, note

SHOP = "shipping"


class ParcelMoved(Event, topic="inventory.parcel_moved.v1", aggregate="parcel"):
    """A parcel has made a step of its way."""

    parcel: str
    step: int


def move(*steps: str) -> list[ParcelMoved]:
    """Announce steps such as "a1": the first one of parcel a."""
    events = [ParcelMoved(parcel=told[0], step=int(told[1:])) for told in steps]
    with transaction.atomic(using=HOME):
        publish(*events)
    return events


def track(event: ParcelMoved) -> None:
    note(f"{event.parcel}{event.step}", module=SHOP)


class Poison:
    """Makes what is tracked fail at some steps, until it is taken out of them."""

    def __init__(self, *steps: str) -> None:
        self.steps = set(steps)

    def __call__(self, event: ParcelMoved) -> None:
        track(event)
        if f"{event.parcel}{event.step}" in self.steps:
            raise ValueError(f"{event.parcel}{event.step} is poisoned")


def listen(
    deed: Callable[[Any], object], *, name: str = "track", event: type[Event] = ParcelMoved, **more: Any
) -> None:
    """Have shipping do this whenever it hears of the event."""

    @on(event, name=f"{SHOP}.{name}", **more)
    @written_in(f"{SHOP}.handlers")
    def handle(heard: Any) -> None:
        deed(heard)


def inbox(**those: Any) -> list[InboxRow]:
    return list(InboxRow.objects.using(SHOP).filter(**those).order_by("pk"))


def parked() -> list[InboxRow]:
    return inbox(parked_at__isnull=False, finished_at__isnull=True)
