"""An event on its way between processes: a CloudEvent in JSON.

Format: CloudEvents 1.0, structured JSON mode, with the extensions `partitionkey` (the aggregate, whose events keep
their order), `sequence` (the place in the publisher's outbox, a decimal number) and `traceparent`, `tracestate`
(Distributed Tracing). `tearlinetrace` is what `tearline.observability.carried` said, which may be more than these.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tearline.models import OutboxRow

TRACING = ("traceparent", "tracestate")


class NoEnvelope(ValueError):
    """What was read is no event that Tearline has sent."""


@dataclass(frozen=True)
class Envelope:
    """An event as its publisher's outbox has it. `payload` is JSON; `trace` see `tearline.observability.carried`."""

    event_id: str
    topic: str
    aggregate: str
    position: int
    payload: str
    trace: str | None


def enclosed(row: OutboxRow) -> Envelope:
    return Envelope(row.event_id, row.topic, row.stream, row.pk, row.payload, row.trace)


def sealed(envelope: Envelope) -> bytes:
    """As it travels."""
    payload = json.loads(envelope.payload)
    trace = json.loads(envelope.trace or "{}")
    told = {
        "specversion": "1.0",
        "id": envelope.event_id,
        "source": f"/modules/{envelope.topic.partition('.')[0]}",
        "type": envelope.topic,
        "subject": envelope.aggregate,
        "time": payload["occurred_at"],
        "datacontenttype": "application/json",
        "partitionkey": envelope.aggregate,
        "sequence": str(envelope.position),
        **{name: trace[name] for name in TRACING if name in trace},
        **({"tearlinetrace": envelope.trace} if envelope.trace else {}),
        "data": payload,
    }
    return json.dumps(told, separators=(",", ":")).encode()


def opened(told: bytes) -> Envelope:
    """Raises NoEnvelope. What is inside is for the listener to read, and may be of a version unknown here."""
    try:
        read: Mapping[str, Any] = json.loads(told)
        return Envelope(
            event_id=_text(read["id"]),
            topic=_text(read["type"]),
            aggregate=_text(read["subject"]),
            position=int(read["sequence"]),
            payload=json.dumps(read["data"]),
            trace=_text(read["tearlinetrace"]) if "tearlinetrace" in read else None,
        )
    except (ValueError, KeyError, TypeError) as error:
        raise NoEnvelope(f"{error!r} in {told[:200]!r}") from error


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(f"{value!r} is no text")
    return value
