"""One answer out of several modules': all are asked at once, and one that does not answer is missed by name."""

import contextvars
import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.db import OperationalError, close_old_connections

from tearline.contracts import Refusal, Unavailable
from tearline.databases import give_back_idle
from tearline.resilience import deadline, remaining

SHARE = 0.85
"""Of the time that there is, what the parts may take. The rest is for putting the answer together and on its way."""

MISSING: Final = object()

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Part:
    """`ask`: a facade's query, say. Without a part that is `required` there is no answer at all."""

    ask: Callable[[], Any]
    required: bool = False


@dataclass(frozen=True)
class Gathered:
    """By name, what each part has answered: None for those that are `incomplete`."""

    answers: Mapping[str, Any]
    incomplete: list[str]


def gather(parts: Mapping[str, Part], *, within: float) -> Gathered:
    """Ask all parts, beside each other, for SHARE of so many seconds; of less, when a deadline comes before.

    Raises Unavailable when a required part does not answer in time, what else a required part raises, and what any part
    refuses. Of all requests together, as many parts are asked at once as there are threads to serve them.
    """
    left = remaining()
    seconds = SHARE * (within if left is None else min(within, left))
    ends = time.monotonic() + seconds
    give_back_idle()  # whoever is asked may need the connections of this thread
    with deadline(seconds):
        asked = {name: _pool().submit(contextvars.copy_context().run, _ask, part.ask) for name, part in parts.items()}
    try:
        found = {name: _answer(name, parts[name], asked[name], ends) for name in _required_first(parts)}
    finally:
        for question in asked.values():
            question.cancel()
    return Gathered(
        answers={name: None if found[name] is MISSING else found[name] for name in parts},
        incomplete=[name for name in parts if found[name] is MISSING],
    )


def _ask(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    finally:
        close_old_connections()  # as at the end of a request: this thread is kept, its connections are for others


def _required_first(parts: Mapping[str, Part]) -> list[str]:
    """Nobody waits for the rest of what there will be no answer to."""
    return sorted(parts, key=lambda name: not parts[name].required)


def _answer(name: str, part: Part, question: "Future[Any]", ends: float) -> Any:
    """MISSING when an optional part has none."""
    try:
        return question.result(max(ends - time.monotonic(), 0.0))
    except Refusal:
        raise
    except Exception as error:
        if part.required:
            raise Unavailable(f"{name} did not answer in time") if isinstance(error, TimeoutError) else error from None
        if isinstance(error, Unavailable | TimeoutError | OperationalError):
            logger.warning("%s is missing: %r", name, error)
        else:
            logger.exception("%s is missing, as it failed", name)
        return MISSING


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(settings.TEARLINE_SERVER_THREADS, thread_name_prefix="gather")
