"""Filters of lists, declared once: a parameter that is marked as a Filter narrows the rows by itself."""

from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from django.db.models import Model, QuerySet
from pydantic import BaseModel, Field, GetJsonSchemaHandler
from pydantic_core import CoreSchema

from tearline.contracts import Moment

Row = TypeVar("Row", bound=Model)
Choice = TypeVar("Choice")


@dataclass(frozen=True)
class Filter:
    """Marks a query parameter as a condition on rows. Of several values, any will do.

    `on`: the field and how it is compared, in Django's words; by default they are the parameter's own name. None: no
    field tells, and whoever gives the rows to `paged` has seen to it.
    """

    on: str | None = ""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Of what takes several values, one alone is described, too: those are clients that know of no others."""
        described = handler(schema)
        several = [choice["items"] for choice in described.get("anyOf", ()) if choice.get("type") == "array"]
        return {**described, "anyOf": [*several, *described["anyOf"]]} if several else described


AnyOf = Annotated[list[Choice] | None, Filter(), Field(max_length=20)]
"""`status: AnyOf[Status] = None` is filtered by `?status=a&status=b`. Without any, by nothing."""

Only = Annotated[Choice | None, Filter()]
"""`order_id: Only[OrderId] = None` is filtered by `?order_id=…`."""

Sort = Annotated[
    Choice | None,
    Field(description="In which order: by what, and with `-` in front of it, descending. By default as the list says."),
]
"""`sort: Sort[Literal["total", "-total"]] = None`: never null, with an index that ends in the pk."""


class CreatedAsked(BaseModel):
    """Filters by when it came about; times have a zone."""

    created_at__gt: Only[Moment] = Field(default=None, alias="created_at[gt]", description="Only after this time.")
    created_at__gte: Only[Moment] = Field(default=None, alias="created_at[gte]", description="Only from this time on.")
    created_at__lt: Only[Moment] = Field(default=None, alias="created_at[lt]", description="Only before this time.")
    created_at__lte: Only[Moment] = Field(default=None, alias="created_at[lte]", description="Only up to this time.")


def filters_of(asked: BaseModel) -> dict[str, Filter]:
    """Those of its parameters that are marked as filters."""
    fields = type(asked).model_fields.items()
    return {name: mark for name, field in fields for mark in field.metadata if isinstance(mark, Filter)}


def narrowed(rows: QuerySet[Row], asked: BaseModel) -> QuerySet[Row]:
    """Those of the rows that fit what is asked by filters."""
    for name, mark in filters_of(asked).items():
        value = getattr(asked, name)
        if mark.on is not None and value is not None:
            lookup = mark.on or name
            rows = rows.filter(**{f"{lookup}__in" if isinstance(value, list) else lookup: value})
    return rows
