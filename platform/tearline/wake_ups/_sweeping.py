"""Beat: a ring for every module twice a second, so that work is found that nobody rang for."""

from typing import Any

from celery.beat import ScheduleEntry, Scheduler
from django.conf import settings

from tearline.wake_ups import bell_at


class Sweeper(Scheduler):
    """Rings as everybody else does, so it outlives Redis and fills no queue that nobody empties. Keeps no file."""

    producer: Any = None

    def __init__(self, *given: Any, **named: Any) -> None:
        if not settings.REDIS_URL:
            raise SystemExit("REDIS_URL must be given. Without Redis, run: python manage.py worker")
        self._bell = bell_at(settings.REDIS_URL)
        super().__init__(*given, **named)

    def apply_entry(self, entry: ScheduleEntry, producer: Any = None) -> None:  # noqa: ARG002 - Celery gives one
        """Whose turn it is, is said by the entry's arguments."""
        (module,) = entry.args or ()
        self._bell.ring(module)
