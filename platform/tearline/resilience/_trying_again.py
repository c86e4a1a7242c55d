"""Who tries again. There must be one who does: three layers with three tries each ask twenty-seven times."""

import contextlib
import contextvars
from collections.abc import Iterator

_later: contextvars.ContextVar[bool] = contextvars.ContextVar("tried_again_later", default=False)


@contextlib.contextmanager
def tried_again_later() -> Iterator[None]:
    """Whatever fails inside is tried again by somebody else, as durable work is by its row. So each call is made once.

    No thread is held up by waiting for the next try.
    """
    token = _later.set(True)
    try:
        yield
    finally:
        _later.reset(token)


def is_tried_again_later() -> bool:
    return _later.get()
