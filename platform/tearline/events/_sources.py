"""By which names a broker keeps events: for each source it has a stream, or a topic."""

from django.conf import settings


def publisher_of(topic: str) -> str:
    """The module that announces events of this topic."""
    return topic.partition(".")[0]


def source_of(topic: str) -> str:
    """The module that announces them, or the topic itself, as the topology says.

    Events of one source keep the order of each aggregate; those of several do not.
    """
    return topic if settings.TEARLINE_TOPOLOGY.streams == "type" else publisher_of(topic)
