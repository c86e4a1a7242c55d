"""What modules announce, as an AsyncAPI 3.0.0 document: channels as the transports name them, CloudEvents in them."""

import json
from typing import Any

from tearline.documentation._model import Model
from tearline.events._events import topics
from tearline.events._sources import source_of

Document = dict[str, Any]

ADDRESSES = {"redis": "tearline:events:{source}", "kafka": "tearline.events.{source}"}
"""A stream, or a topic, of each source: see `tearline.events._redis_streams` and `_kafka_topics`."""

_HOSTS = {"redis": ("127.0.0.1:6379", "redis"), "kafka": ("127.0.0.1:9092", "kafka")}
_ENVELOPE = {
    "description": "A CloudEvent 1.0 in structured JSON mode.",
    "type": "object",
    "required": ["specversion", "id", "source", "type", "subject", "time", "partitionkey", "sequence", "data"],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "description": "The event's own, the same however often it arrives."},
        "source": {"type": "string", "description": "Of the module that announces it."},
        "type": {"type": "string", "description": "The topic."},
        "subject": {"type": "string", "description": "The aggregate's id."},
        "time": {"type": "string", "format": "date-time"},
        "datacontenttype": {"const": "application/json"},
        "partitionkey": {"type": "string", "description": "The aggregate's id: its events keep their order."},
        "sequence": {"type": "string", "pattern": "^[0-9]+$", "description": "The place in the publisher's outbox."},
        "traceparent": {"type": "string"},
        "tracestate": {"type": "string"},
        "tearlinetrace": {"type": "string"},
        "data": {"type": "object"},
    },
}


def asyncapi(model: Model) -> Document:
    messages, schemas = _messages(model)
    sources = _sources(model)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "What modules announce",
            "version": "1",
            "description": "Facts, told at least once, each aggregate's in order. Add fields at will; anything else "
            "is a new version under a topic of its own.",
        },
        "defaultContentType": "application/cloudevents+json",
        "servers": {name: {"host": host, "protocol": protocol} for name, (host, protocol) in _HOSTS.items()},
        "channels": {
            f"{source}.{transport}": _channel(source, transport, sources[source])
            for source in sources
            for transport in ADDRESSES
        },
        "operations": {**_sendings(sources), **_hearings(model)},
        "components": {"messages": messages, "schemas": schemas},
    }


def _sources(model: Model) -> dict[str, list[str]]:
    """By source, the topics that are found there."""
    found: dict[str, list[str]] = {}
    for module in model.modules:
        for event in module.announces:
            found.setdefault(source_of(event.topic), []).append(event.topic)
    return {source: found[source] for source in sorted(found)}


def _channel(source: str, transport: str, announced: list[str]) -> Document:
    return {
        "address": ADDRESSES[transport].format(source=source),
        "servers": [{"$ref": f"#/servers/{transport}"}],
        "messages": {topic: {"$ref": f"#/components/messages/{topic}"} for topic in announced},
    }


def _sendings(sources: dict[str, list[str]]) -> Document:
    return {
        f"{source}.announces.{transport}": _operation("send", f"{source}.{transport}", announced)
        for source, announced in sources.items()
        for transport in ADDRESSES
    }


def _hearings(model: Model) -> Document:
    found = {}
    for module in model.modules:
        heard: dict[str, list[str]] = {}
        for each in module.hears:
            heard.setdefault(source_of(each.topic), []).append(each.topic)
        for source, heard_of in heard.items():
            for transport in ADDRESSES:
                operation = _operation("receive", f"{source}.{transport}", heard_of)
                found[f"{module.name}.hears.{source}.{transport}"] = operation
    return found


def _operation(action: str, channel: str, topics_of_it: list[str]) -> Document:
    at = f"#/channels/{channel}"
    return {
        "action": action,
        "channel": {"$ref": at},
        "messages": [{"$ref": f"{at}/messages/{topic}"} for topic in topics_of_it],
    }


def _messages(model: Model) -> tuple[Document, Document]:
    """The messages, and the schemas that they refer to."""
    messages: Document = {}
    schemas: Document = {"CloudEvent": _ENVELOPE}
    for module in model.modules:
        for event in module.announces:
            data = _below_components(topics[event.topic].model_json_schema(mode="serialization"), module.name)
            schemas |= {f"{module.name}.{name}": schema for name, schema in data.pop("$defs", {}).items()}
            schemas[event.topic] = data
            messages[event.topic] = _message(event.topic, event.sense)
    return dict(sorted(messages.items())), dict(sorted(schemas.items()))


def _message(topic: str, sense: str) -> Document:
    parts = {"type": {"const": topic}, "data": {"$ref": f"#/components/schemas/{topic}"}}
    return {
        "name": topic,
        "summary": sense,
        "contentType": "application/cloudevents+json",
        "correlationId": {"location": "$message.payload#/id"},
        "payload": {"allOf": [{"$ref": "#/components/schemas/CloudEvent"}, {"properties": parts}]},
    }


def _below_components(schema: Document, module: str) -> Document:
    """The same, with what it refers to found among the components of a document."""
    text = json.dumps(schema).replace('"#/$defs/', f'"#/components/schemas/{module}.')
    read: Document = json.loads(text)
    return read
