"""Doing things at the same time, for the tests here."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connections

from tearline.contracts import Refusal

Answer = TypeVar("Answer")


def at_once(deeds: Sequence[Callable[[], Answer]]) -> list[Answer | Refusal]:
    """Each in a thread of its own, all let go together: what it answered, or refused."""
    start = threading.Barrier(len(deeds))

    def run(deed: Callable[[], Answer]) -> Answer | Refusal:
        try:
            start.wait()
            return deed()
        except Refusal as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as threads:
        return list(threads.map(run, deeds))
