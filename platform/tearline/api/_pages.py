"""Lists come in pages that stay put: a cursor names a row, not a number of rows, so that inserts shift nothing.

Pages are ordered by the primary key, which is sortable and unique: newest first, unless asked otherwise. Of a list that
is sorted by something else, a cursor names the row's value of that, too, so that it stays put when the row changes.
"""

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Literal, Self, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Field as Column
from django.db.models import Model, Q, QuerySet
from pydantic import BaseModel, ConfigDict, Field

from tearline.api._filters import Sort, narrowed
from tearline.problems import Flaw, Problem

Row = TypeVar("Row", bound=Model)
Shown = TypeVar("Shown")


class PageAsked(BaseModel):
    """The query parameters of every list. Subclass it to add filters, and to say by what else it can be sorted.

    Ids begin with the time at which they were made: by id is by age.
    """

    model_config = ConfigDict(frozen=True)

    limit: int = Field(default=25, ge=1, le=100, description="How many to answer at most.")
    cursor: str | None = Field(default=None, description="`next_cursor` or `prev_cursor` of another page.")
    sort: Sort[Annotated[str, Field(pattern="^-?id$")]] = None


class Page(BaseModel, Generic[Shown]):
    """A part of a list."""

    model_config = ConfigDict(frozen=True)

    data: list[Shown]
    has_more: bool = Field(description="Whether the list goes on at next_cursor.")
    next_cursor: str | None = Field(description="Where the list goes on.")
    prev_cursor: str | None = Field(description="Where the list comes from.")


@dataclass(frozen=True)
class Cursor:
    """The place in a list right after, or right before, the row with this primary key.

    `sort`: by what the list is sorted, unless by the primary key; `value`: what the row had there.
    """

    side: Literal["after", "before"]
    pk: str
    sort: str = ""
    value: str = ""

    def __str__(self) -> str:
        said = f"{self.side} {self.sort}:{json.dumps([self.value, self.pk])}" if self.sort else f"{self.side}:{self.pk}"
        return base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises Problem (400) when the text was never a cursor."""
        head, _, place = _decoded(text).partition(":")
        side, _, sort = head.partition(" ")
        value, pk = _value_and_pk(place) if sort else ("", place)
        if side not in ("after", "before") or not pk or not f"{value}{pk}".isprintable():
            raise _no_cursor()
        return cls("after" if side == "after" else "before", pk, sort, value)


def _value_and_pk(place: str) -> tuple[str, str]:
    try:
        match json.loads(place):
            case [str(value), str(pk)]:
                return value, pk
    except (ValueError, RecursionError):
        pass
    raise _no_cursor()


def _no_cursor() -> Problem:
    flaw = Flaw(parameter="cursor", code="invalid_cursor", message="Take cursors from a page, unchanged.")
    return Problem(400, "invalid_cursor", "This is not a cursor of this list in this order.", errors=[flaw])


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        return ""


def paged(
    rows: QuerySet[Row], asked: PageAsked, *, show: Callable[[Row], Shown], ascending: bool = False
) -> Page[Shown]:
    """One page of those `rows` that fit the filters, in one query, by `asked.sort` and then by the primary key.

    `ascending`: the order of a list that is not sorted by anything. Raises Problem (400) when the cursor is none of
    theirs, or of another order.
    """
    order = _Order.asked(rows.model, asked.sort or "", ascending=ascending)
    cursor = Cursor.parse(asked.cursor) if asked.cursor is not None else None
    backwards = cursor is not None and cursor.side == "before"
    upwards = order.ascending != backwards
    rows = narrowed(rows, asked)
    if cursor:
        rows = rows.filter(order.beyond(cursor, upwards=upwards))
    found = list(rows.order_by(*order.by(upwards=upwards))[: asked.limit + 1])
    here, ahead, behind = found[: asked.limit], len(found) > asked.limit, cursor is not None
    if backwards:
        here, ahead, behind = here[::-1], behind, ahead
    next_cursor = order.cursor("after", here[-1:]) if ahead else None
    prev_cursor = order.cursor("before", here[:1]) if behind else None
    data = [show(row) for row in here]
    return Page(data=data, has_more=next_cursor is not None, next_cursor=next_cursor, prev_cursor=prev_cursor)


@dataclass(frozen=True)
class _Order:
    """Of a list. `sort`: as it was asked for; `column`: what comes before the primary key, if anything does."""

    sort: str
    pk: "Column[Any, Any]"
    column: "Column[Any, Any] | None"
    ascending: bool

    @classmethod
    def asked(cls, model: type[Model], sort: str, *, ascending: bool) -> Self:
        name = sort.removeprefix("-")
        column: Column[Any, Any] | None = None if name in ("", "id") else _columns(model)[name]
        return cls(sort, model._meta.pk, column, not sort.startswith("-") if sort else ascending)

    def by(self, *, upwards: bool) -> list[str]:
        names = [self.column.name, "pk"] if self.column else ["pk"]
        return names if upwards else [f"-{name}" for name in names]

    def beyond(self, cursor: Cursor, *, upwards: bool) -> Q:
        """Which rows come after the place, seen upwards or downwards. Raises Problem."""
        if cursor.sort != self.sort:
            raise _no_cursor()
        way = "gt" if upwards else "lt"
        further = Q(**{f"pk__{way}": _read(self.pk, cursor.pk)})
        if self.column is None:
            return further
        name, value = self.column.name, _read(self.column, cursor.value)
        return Q(**{f"{name}__{way}e": value}) & (Q(**{f"{name}__{way}": value}) | further)

    def cursor(self, side: Literal["after", "before"], edge: list[Row]) -> str | None:
        if not edge:
            return None
        value = self.column.value_to_string(edge[0]) if self.column else ""
        return str(Cursor(side, str(edge[0].pk), self.sort, value))


def _columns(model: type[Model]) -> "dict[str, Column[Any, Any]]":
    return {column.name: column for column in model._meta.concrete_fields}


def _read(column: "Column[Any, Any]", text: str) -> Any:
    try:
        return column.to_python(text)
    except ValidationError as error:
        raise _no_cursor() from error
