"""Commands that ask the outside world, told as one generator."""

from collections.abc import Callable, Generator
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

S = TypeVar("S")
P = ParamSpec("P")
R = TypeVar("R")

Question = Callable[[], Any]

Acts = Generator[Question, Any, R]
"""Yields a question for the outside world; is sent its answer or thrown its error; returns the command's answer."""

_MARK = "__three_acts__"


def three_acts(method: Callable[Concatenate[S, P], Acts[R]]) -> Callable[Concatenate[S, P], R]:
    """What stands between two yields commits as one transaction; what is yielded is called with none open.

    The first act commits with the key, the last one with the answer. Every act must be fit to run again under the
    same key: whoever dies between two acts is followed by another try.
    An act that raises Refusal is taken back; one that raises Unavailable is kept, and leaves the command unanswered.
    """
    setattr(method, _MARK, True)
    return cast(Callable[Concatenate[S, P], R], method)


def in_acts(method: Callable[..., Any]) -> bool:
    return getattr(method, _MARK, False)
