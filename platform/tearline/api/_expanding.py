"""`?expand=payment,returns`: what else is told with what is read, by names that each route lists."""

from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, Field

Choice = TypeVar("Choice")


def _separated(asked: Any) -> Any:
    """`["a,b", "c"]` is a, b and c."""
    if not isinstance(asked, list):
        return asked
    return [name for each in asked for name in (each.split(",") if isinstance(each, str) else [each])]


Expand = Annotated[
    list[Choice] | None,
    BeforeValidator(_separated),
    Field(max_length=20, description="What else to tell, below `expanded`. Several: with commas between them."),
]
"""`expand: Expand[Literal["returns", "payment"]] = None` names what a route expands; another name is 400.

A list names only what is asked for all of its rows at once.
"""
