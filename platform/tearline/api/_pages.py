"""Lists come in pages that stay put: a cursor names a row, not a number of rows, so that inserts shift nothing.

Pages are ordered by the primary key, which is sortable and unique: newest first, unless asked otherwise. Of a list that
is sorted by something else, a cursor names the row's value of that, too, so that it stays put when the row changes.

A cursor is signed for its list, order and filters: in another list it would name a place that is not there, and be
answered by an end that is none.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Literal, Self, TypeVar

from django.core.signing import BadSignature, Signer
from django.db.models import Field as Column
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from pydantic import BaseModel, ConfigDict, Field

from tearline.api._filters import Sort, filters_of, narrowed
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
class _Cursor:
    """The place in a list right after, or right before, the row with this primary key.

    `value`: what the row had there by which the list is sorted, unless by the primary key.
    """

    side: Literal["after", "before"]
    pk: str
    value: str = ""

    def signed(self, by: Signer) -> str:
        return by.sign_object([self.side, self.pk, self.value])

    @classmethod
    def read(cls, text: str, by: Signer) -> Self:
        """Raises Problem (400) when the text is not what was signed so."""
        try:
            return cls(*by.unsign_object(text))
        except BadSignature as error:
            flaw = Flaw(parameter="cursor", code="invalid_cursor", message="Take cursors from a page, unchanged.")
            detail = "This is not a cursor of this list in this order, with these filters."
            raise Problem(400, "invalid_cursor", detail, errors=[flaw]) from error


def _signer(request: HttpRequest, asked: PageAsked) -> Signer:
    """Of the cursors of one list, by its address, in one order and with the same filters."""
    which = asked.model_dump(mode="json", include={"sort", *filters_of(asked)}, exclude_none=True)
    return Signer(salt=f"tearline.api.cursor {json.dumps([request.path, which])}", sep=".")


def paged(
    request: HttpRequest,
    rows: QuerySet[Row],
    asked: PageAsked,
    *,
    show: Callable[[Row], Shown],
    ascending: bool = False,
) -> Page[Shown]:
    """One page of those `rows` that fit the filters, in one query, by `asked.sort` and then by the primary key.

    `ascending`: the order of a list that is not sorted by anything. Raises Problem (400) when the cursor is none of
    this list, or of another order, or of other filters.
    """
    order = _Order.asked(rows.model, asked.sort or "", ascending=ascending)
    signer = _signer(request, asked)
    cursor = _Cursor.read(asked.cursor, signer) if asked.cursor is not None else None
    backwards = cursor is not None and cursor.side == "before"
    upwards = order.ascending != backwards
    rows = narrowed(rows, asked)
    if cursor:
        rows = rows.filter(order.beyond(cursor, upwards=upwards))
    found = list(rows.order_by(*order.by(upwards=upwards))[: asked.limit + 1])
    here, ahead, behind = found[: asked.limit], len(found) > asked.limit, cursor is not None
    if backwards:
        here, ahead, behind = here[::-1], behind, ahead
    next_cursor = order.cursor("after", here[-1:], signer) if ahead else None
    prev_cursor = order.cursor("before", here[:1], signer) if behind else None
    data = [show(row) for row in here]
    return Page(data=data, has_more=next_cursor is not None, next_cursor=next_cursor, prev_cursor=prev_cursor)


@dataclass(frozen=True)
class _Order:
    """Of a list. `column`: what comes before the primary key, if anything does."""

    pk: "Column[Any, Any]"
    column: "Column[Any, Any] | None"
    ascending: bool

    @classmethod
    def asked(cls, model: type[Model], sort: str, *, ascending: bool) -> Self:
        name = sort.removeprefix("-")
        column: Column[Any, Any] | None = None if name in ("", "id") else _columns(model)[name]
        return cls(model._meta.pk, column, not sort.startswith("-") if sort else ascending)

    def by(self, *, upwards: bool) -> list[str]:
        names = [self.column.name, "pk"] if self.column else ["pk"]
        return names if upwards else [f"-{name}" for name in names]

    def beyond(self, cursor: _Cursor, *, upwards: bool) -> Q:
        """Which rows come after the place, seen upwards or downwards."""
        way = "gt" if upwards else "lt"
        further = Q(**{f"pk__{way}": self.pk.to_python(cursor.pk)})
        if self.column is None:
            return further
        name, value = self.column.name, self.column.to_python(cursor.value)
        return Q(**{f"{name}__{way}e": value}) & (Q(**{f"{name}__{way}": value}) | further)

    def cursor(self, side: Literal["after", "before"], edge: list[Row], signer: Signer) -> str | None:
        if not edge:
            return None
        value = self.column.value_to_string(edge[0]) if self.column else ""
        return _Cursor(side, str(edge[0].pk), value).signed(signer)


def _columns(model: type[Model]) -> "dict[str, Column[Any, Any]]":
    return {column.name: column for column in model._meta.concrete_fields}
