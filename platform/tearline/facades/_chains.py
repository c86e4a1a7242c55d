"""Who waits for whom: a module that another one waits for asks nobody in turn.

In a chain A > B > C the answer takes as long as all of them, and is there as seldom as all of them are. So whoever is
asked answers by own rows; what a third knows comes by events beforehand, or is handed in by who asks. Who waits is told
to other processes, too, so that it is the same rule in every topology.
"""

import contextlib
import contextvars
from collections.abc import Iterator, Sequence

from django.conf import settings

from tearline.facades._calls import ChainTooLong

LONGEST = 2
"""Modules, who asked first included. A page or a command that asks is none, as it is at the edge."""

_waiting: contextvars.ContextVar[tuple[str, ...]] = contextvars.ContextVar("waiting", default=())


@contextlib.contextmanager
def waiting(caller: str, module: str, operation: str) -> Iterator[None]:
    """The caller waits meanwhile. Raises ChainTooLong, in development and tests, when somebody waits for the caller."""
    chain = _chain(caller, module)
    if settings.TEARLINE_STRICT and len(chain) > LONGEST:
        raise ChainTooLong(f"{operation} is asked while others wait for the answer: {' > '.join(chain)}")
    with chained(chain):
        yield


def chain_so_far() -> tuple[str, ...]:
    """The modules that wait for each other just now: first who asked first, last who was asked last."""
    return _waiting.get()


@contextlib.contextmanager
def chained(modules: Sequence[str]) -> Iterator[None]:
    """These wait for each other inside, in this process or in the one that asks it."""
    token = _waiting.set(tuple(modules))
    try:
        yield
    finally:
        _waiting.reset(token)


def _chain(caller: str, module: str) -> tuple[str, ...]:
    first = (caller,) if caller in settings.TEARLINE_TOPOLOGY.modules else ()
    before = _waiting.get() or first
    return before if before[-1:] == (module,) else (*before, module)
