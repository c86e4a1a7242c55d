"""What carries events and wake-ups between processes. Work waits for it in databases, so no request needs it."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from django.conf import settings

from tearline.events._way import broker
from tearline.health._checks import Checks

PATIENCE = 1.0
"""Seconds. Longer nobody who asks for the process's health waits for somebody else's."""


class Looks:
    """Looks at what may hang, in a thread each; one that hangs is not looked at twice."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="health")
        self._looking: dict[str, Future[None]] = {}

    def carriers(self) -> Checks:
        """Nothing for what this process has no use of."""
        started = {name: self._start(name, ask) for name, ask in _carriers().items()}
        until = time.monotonic() + PATIENCE
        return {name: self._found(look, until) for name, look in started.items()}

    def _start(self, name: str, ask: Callable[[], None]) -> "Future[None]":
        look = self._looking.get(name)
        if look is None or look.done():
            look = self._looking[name] = self._threads.submit(ask)
        return look

    def _found(self, look: "Future[None]", until: float) -> dict[str, Any]:
        try:
            look.result(max(until - time.monotonic(), 0.0))
        except Exception as error:  # noqa: BLE001 - whatever keeps it from answering, it does not answer
            return {"status": "warning", "error": type(error).__name__}
        return {"status": "ok"}


def _carriers() -> dict[str, Callable[[], None]]:
    asked: dict[str, Callable[[], None]] = {}
    if carries_events := broker():
        asked["events"] = carries_events.ping
    if settings.REDIS_URL:
        from tearline.wake_ups import ping

        asked["wake_ups"] = lambda: ping(settings.REDIS_URL)
    return asked
