"""The way from this process to the others: none, in one process; or by the broker to which EVENTS_URL leads."""

import functools

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from tearline.events._broker import Broker


def broker() -> Broker | None:
    """What carries events to and from other processes; None when there are none. Raises ImproperlyConfigured."""
    topology = settings.TEARLINE_TOPOLOGY
    if topology.all_here:
        return None
    broker = _at(settings.EVENTS_URL)
    if broker.transport != topology.transport:
        raise ImproperlyConfigured(
            f"topology.toml says that events travel by {topology.transport}, and EVENTS_URL leads to {broker.transport}"
        )
    return broker


@functools.cache
def _at(url: str) -> Broker:
    if url.startswith(("redis://", "rediss://", "unix://")):
        from tearline.events._redis_streams import RedisStreams

        return RedisStreams(url)
    if url.startswith("kafka://"):
        from tearline.events._kafka_topics import KafkaTopics

        return KafkaTopics(url.removeprefix("kafka://"))
    raise ImproperlyConfigured(
        "topology.toml has more than one process, and events have to get from one to the other:"
        " give EVENTS_URL or REDIS_URL, as in redis://127.0.0.1:6379/0 or kafka://127.0.0.1:9092"
    )
