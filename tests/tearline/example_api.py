"""A small API that fails in every way there is, for the tests of the conventions."""

from datetime import date, datetime, timedelta, timezone
from typing import Annotated, Any, Literal

from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from ninja import Query, Router, Status
from pydantic import Field

from tearline import facades
from tearline.api import (
    AnyOf,
    ApiVersion,
    Change,
    CreatedAsked,
    IdempotencyKey,
    KeyedRequest,
    Page,
    PageAsked,
    Prefer,
    Problem,
    RestApi,
    Sort,
    Versions,
    answered,
    current_request_id,
    key_with,
    paged,
    waiting,
)
from tearline.api.models import ApiKey
from tearline.contracts import Contract, Id, KeyInFlight, KeyReused, Money, Refusal, Unavailable, Undone, UnknownRefusal


def _renamed(told: dict[str, Any], **names: str) -> dict[str, Any]:
    return {names.get(name, name): value for name, value in told.items()}


router = Router(tags=["example"])


class ThingId(Id, prefix="thg"):
    """Names a thing."""


class TooGreen(Refusal, says="{shade} is too green.", status=409, code="example.too_green"):
    """What the example refuses."""

    shade: str


class Part(Contract):
    """A part of a thing."""

    quantity: int = Field(ge=1)


class Thing(Contract):
    """What the example makes."""

    name: Annotated[str, Field(max_length=10)]
    parts: list[Part] = []
    version: int | None = None
    price: Money | None = None
    made_at: datetime | None = None


class Crate(Contract):
    """Things, by what is written on them, and what lies on top."""

    labelled: dict[str, Part] = {}
    on_top: Part | Money | None = None


class Filters(CreatedAsked, PageAsked):
    """A page, filtered and sorted."""

    name: AnyOf[str] = None
    sort: Sort[Literal["id", "-id", "name", "-name", "created_at", "-created_at"]] = None


def replayed(refusal: Refusal) -> Refusal:
    """As it comes for a key that had been refused before."""
    refusal.replayed = True
    return refusal


FAILURES: dict[str, Exception] = {
    "problem": Problem(418, "teapot", "Short and stout.", headers={"X-Spout": "here"}),
    "refusal": TooGreen(shade="Lime"),
    "replayed_refusal": replayed(TooGreen(shade="Lime")),
    "unknown_refusal": UnknownRefusal(told_code="newer.too_blue", told_detail="Azure is too blue."),
    "reused": KeyReused(key="k"),
    "undone": Undone(key="k"),
    "in_flight": KeyInFlight("busy"),
    "unavailable": Unavailable("10.0.0.7 timed out", retry_after=2.5),
    "no_database": OperationalError("10.0.0.7 refused the connection"),
    "http404": Http404("no such secret"),
    "crash": RuntimeError("the secret is forty-two"),
}


@router.get("/example/failures/{what}")
def fail(request: KeyedRequest, what: str) -> None:
    """Fails as asked."""
    raise FAILURES[what]


@router.post("/example/things", response={201: Thing})
def make(request: KeyedRequest, thing: Thing) -> Status[Thing]:
    """Answers what it was sent."""
    return Status(201, thing)


@router.post("/example/crates", response=Crate)
def pack(request: KeyedRequest, crate: Crate) -> Crate:
    """Answers what it was sent."""
    return crate


@router.get("/example/things/{thing_id}", response=Thing)
def show(request: KeyedRequest, thing_id: ThingId) -> Thing:
    """A thing made at a time that is not told in UTC."""
    made_at = datetime(2026, 11, 23, 13, 0, tzinfo=timezone(timedelta(hours=1)))
    return Thing(name=thing_id[:3], price=Money(amount=1999, currency="EUR"), made_at=made_at)


@router.get("/example/whoami", auth=key_with("things:read"))
def whoami(request: KeyedRequest) -> dict[str, Any]:
    """Who asks, under which request, and in whose name further calls are made."""
    return {"caller": request.auth.caller, "request_id": current_request_id(), "acting": facades.caller()}


@router.get("/example/mine", auth=key_with("things:read", customers=True))
def mine(request: KeyedRequest) -> dict[str, Any]:
    """Whose things are shown."""
    return {"customer": request.auth.customer}


@router.get("/example/keys", response=Page[str])
def keys(request: KeyedRequest, asked: Query[Filters]) -> Page[str]:
    """API keys are rows with sortable ids like any other."""
    return paged(request, ApiKey.objects.all(), asked, show=lambda key: key.id)


@router.get("/example/keys-by-age", response=Page[str])
def keys_by_age(request: KeyedRequest, asked: Query[PageAsked]) -> Page[str]:
    """The oldest first."""
    return paged(request, ApiKey.objects.all(), asked, show=lambda key: key.id, ascending=True)


@router.post("/example/orders", response={201: str, 202: str})
def order(request: KeyedRequest, response: HttpResponse, key: IdempotencyKey, prefer: Prefer = None) -> Status[str]:
    """Known under a key that begins with "old", settled under one that ends with "done"."""
    outcome = facades.Outcome(answer=key, replayed=key.startswith("old"))
    with waiting(prefer, response) as wait:
        return Status(wait.status(reached=key.endswith("done")), answered(outcome, response))


@router.post("/example/hooks", response=int, auth=None)
def hear(request: HttpRequest) -> int:
    """Reads by itself what somebody has signed. How much it is."""
    return len(request.body)


versions = Versions(
    ApiVersion(date(2025, 1, 1), deprecated=date(2026, 1, 1), sunset=date(2027, 1, 1)),
    ApiVersion(
        date(2025, 6, 1),
        [Change(frozenset({"tearline_make"}), request=lambda old: _renamed(old, title="name"))],
    ),
    ApiVersion(
        date(2026, 1, 1),
        [
            Change(
                frozenset({"tearline_make", "tearline_show"}),
                answer=lambda new: _renamed(new, name="title"),
            )
        ],
    ),
)
"""What was called `title` was sent as `name` from June 2025 on, and told as such from 2026 on."""

api = RestApi(title="Example", version="v1", description="An example.", versions=versions)
api.mount("example", router, prefixes=["/example"])
urlpatterns = [path("api/v1/", api.urls)]
