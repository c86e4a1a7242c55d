"""What is seen of the system from outside: log lines, traces, metrics.

The core says what it is doing in one way, and that is all it says:

    with resuming(row.trace, task=row.name, attempt=row.attempts):     # lines and spans inside belong to this
        with watching("task", row.name):                               # a span, a count, a duration
            ...

`carried` is kept with every row that is worked on later, so that an order is one trace from the request to the last
letter, and every line on the way has the same `request_id` and `subject`. Nobody has to pass anything on by hand.

Names and ids are told; never a secret or personal data. What slips into the text of an error is taken out of it: see
`discreet`. What is counted, and how to look at it, is in docs/observability.md.
"""

from tearline.observability._context import about, carried, carrier, in_trace_of, known, resuming
from tearline.observability._discretion import discreet
from tearline.observability._exposition import MetricsMiddleware, count_together, listen, tell_of_rows
from tearline.observability._lines import let_structlog_use_logging, line_formatter
from tearline.observability._metrics import (
    leases_lost,
    parkings,
    rate_rejections,
    requests_refused,
    retries,
    target_calls,
    target_circuit,
    target_rejections,
    target_retries,
    uncounted,
)
from tearline.observability._requests import RequestsMiddleware
from tearline.observability._tracing import flush_traces, start_tracing
from tearline.observability._watching import Together, Watched, together, watching

__all__ = [
    "MetricsMiddleware",
    "RequestsMiddleware",
    "Together",
    "Watched",
    "about",
    "carried",
    "carrier",
    "count_together",
    "discreet",
    "flush_traces",
    "in_trace_of",
    "known",
    "leases_lost",
    "let_structlog_use_logging",
    "line_formatter",
    "listen",
    "parkings",
    "rate_rejections",
    "requests_refused",
    "resuming",
    "retries",
    "start_tracing",
    "target_calls",
    "target_circuit",
    "target_rejections",
    "target_retries",
    "tell_of_rows",
    "together",
    "uncounted",
    "watching",
]
