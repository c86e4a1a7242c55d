"""Wake-ups between processes: Redis carries them, Celery's workers answer them.

    celery -A config worker -Q orders,payments     # the work of these modules; of all, without -Q
    celery -A config beat                          # rings for every module twice a second

A wake-up says that a module may have due work, and nothing else. The work itself is in the module's database, where
it is claimed. So a wake-up that is lost costs half a second, one that comes twice costs a look, and Redis may be
emptied or switched off at any time. `manage.py worker` does the same work and needs no Redis.

With settings.REDIS_URL, what rings the doorbell of one process is heard by the others too.
"""

from typing import TYPE_CHECKING

from tearline.wake_ups._bell import Bell

if TYPE_CHECKING:
    from celery import Celery

__all__ = ["Bell", "bell_at", "celery_app", "ping"]

# Celery is imported only where it is used: it takes its time, and most processes never ring.


def bell_at(url: str) -> Bell:
    """A bell that is heard by all who work for this Redis."""
    from tearline.wake_ups._messages import Messenger

    return Bell(Messenger(url))


def ping(url: str) -> None:
    """Raises whatever keeps this Redis from answering, within seconds."""
    import redis

    from tearline.wake_ups._messages import IN_TIME

    with redis.Redis.from_url(url, **IN_TIME) as carrier:
        carrier.ping()


def celery_app() -> "Celery":
    """What `celery -A` runs. Needs the settings, and loads the apps itself once a worker or beat starts."""
    from tearline.wake_ups import _messages, _working  # noqa: F401 - the task that answers

    return _messages.app
