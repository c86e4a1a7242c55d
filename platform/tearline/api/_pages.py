"""Lists come in pages that stay put: a cursor names a row, not a number of rows, so that inserts shift nothing.

Pages are ordered by the primary key, which is sortable and unique: newest first, unless asked otherwise.
"""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Literal, Self, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from pydantic import BaseModel, ConfigDict, Field

from tearline.api._problems import Flaw, Problem

Row = TypeVar("Row", bound=Model)
Shown = TypeVar("Shown")


class PageAsked(BaseModel):
    """The query parameters of every list. Subclass it to add filters."""

    model_config = ConfigDict(frozen=True)

    limit: int = Field(default=25, ge=1, le=100, description="How many to answer at most.")
    cursor: str | None = Field(default=None, description="`next_cursor` or `prev_cursor` of another page.")


class Page(BaseModel, Generic[Shown]):
    """A part of a list."""

    model_config = ConfigDict(frozen=True)

    data: list[Shown]
    has_more: bool = Field(description="Whether the list goes on at next_cursor.")
    next_cursor: str | None = Field(description="Where the list goes on.")
    prev_cursor: str | None = Field(description="Where the list comes from.")


@dataclass(frozen=True)
class Cursor:
    """The place in a list right after, or right before, the row with this primary key."""

    side: Literal["after", "before"]
    pk: str

    def __str__(self) -> str:
        return base64.urlsafe_b64encode(f"{self.side}:{self.pk}".encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises Problem (400) when the text was never a cursor."""
        side, _, pk = _decoded(text).partition(":")
        if side not in ("after", "before") or not pk or not pk.isprintable():
            raise _no_cursor()
        return cls("after" if side == "after" else "before", pk)


def _no_cursor() -> Problem:
    flaw = Flaw(parameter="cursor", code="invalid_cursor", message="Take cursors from a page, unchanged.")
    return Problem(400, "invalid_cursor", "This is not a cursor of ours.", errors=[flaw])


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        return ""


def paged(
    rows: QuerySet[Row], asked: PageAsked, *, show: Callable[[Row], Shown], ascending: bool = False
) -> Page[Shown]:
    """One page of `rows`, in one query. Raises Problem (400) when the cursor is none of theirs."""
    cursor = _cursor_among(rows, asked.cursor) if asked.cursor is not None else None
    backwards = cursor is not None and cursor.side == "before"
    upwards = ascending != backwards
    if cursor:
        rows = rows.filter(pk__gt=cursor.pk) if upwards else rows.filter(pk__lt=cursor.pk)
    found = list(rows.order_by("pk" if upwards else "-pk")[: asked.limit + 1])
    here, ahead, behind = found[: asked.limit], len(found) > asked.limit, cursor is not None
    if backwards:
        here, ahead, behind = here[::-1], behind, ahead
    next_cursor = _beyond("after", here[-1:]) if ahead else None
    prev_cursor = _beyond("before", here[:1]) if behind else None
    data = [show(row) for row in here]
    return Page(data=data, has_more=next_cursor is not None, next_cursor=next_cursor, prev_cursor=prev_cursor)


def _cursor_among(rows: QuerySet[Row], text: str) -> Cursor:
    cursor = Cursor.parse(text)
    try:
        rows.model._meta.pk.to_python(cursor.pk)
    except ValidationError as error:
        raise _no_cursor() from error
    return cursor


def _beyond(side: Literal["after", "before"], edge: list[Row]) -> str | None:
    return str(Cursor(side, edge[0].pk)) if edge else None
