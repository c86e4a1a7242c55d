"""Log lines: of our own code and of every library's, each saying what it belongs to.

Readable in development, one JSON object a line elsewhere: time, level, logger, message, then whatever is known of
request_id, subject (the order's id), module, caller, operation, saga, step, listener, event_id, topic, task, attempt,
trace_id, span_id, and what the line gives as `extra`.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from opentelemetry import trace
from structlog.typing import Processor

from tearline.observability._context import known
from tearline.observability._discretion import discreet

Line = MutableMapping[str, Any]

_PLAIN = frozenset({*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"})


def line_formatter(*, readable: bool) -> structlog.stdlib.ProcessorFormatter:
    """For settings.LOGGING: `{"()": "tearline.observability.line_formatter", "readable": DEBUG}`."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_TOLD,
        processors=[
            _only_plain_values,
            structlog.processors.format_exc_info,
            _discreet,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            *(_FOR_PEOPLE if readable else _FOR_MACHINES),
        ],
    )


def let_structlog_use_logging() -> None:
    """What is logged by `structlog.get_logger()` goes the same way as everything else."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *_TOLD,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _with_what_is_known(_logger: Any, _method: str, line: Line) -> Line:
    """Whoever logs may say it better."""
    facts = {**known()}
    span = trace.get_current_span().get_span_context()
    if span.is_valid:
        facts |= {"trace_id": trace.format_trace_id(span.trace_id), "span_id": trace.format_span_id(span.span_id)}
    for name, value in facts.items():
        line.setdefault(name, value)
    return line


def _with_the_request(_logger: Any, _method: str, line: Line) -> Line:
    """Django tells of some requests when they are over: it is the record that knows which."""
    record = line.get("_record")
    request_id = getattr(getattr(record, "request", None), "request_id", None)
    if request_id is not None:
        line["request_id"] = request_id
    return line


def _with_extras(_logger: Any, _method: str, line: Line) -> Line:
    record = line.get("_record")
    if record is not None:
        line.update({name: value for name, value in vars(record).items() if name not in _PLAIN})
    return line


def _only_plain_values(_logger: Any, _method: str, line: Line) -> Line:
    """An object's repr may tell anything."""
    kept = {"exc_info", "_record", "_from_structlog"}
    return {
        name: value
        for name, value in line.items()
        if name in kept or value is None or isinstance(value, str | int | float | bool)
    }


def _discreet(_logger: Any, _method: str, line: Line) -> Line:
    for name, value in line.items():
        if isinstance(value, str):
            line[name] = discreet(value)
    return line


_TOLD: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    _with_extras,
    _with_what_is_known,
    _with_the_request,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
]

_FOR_MACHINES: list[Processor] = [structlog.processors.EventRenamer("message"), structlog.processors.JSONRenderer()]

_FOR_PEOPLE: list[Processor] = [
    # Never rich's tracebacks: they show local variables.
    structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(),
        exception_formatter=structlog.dev.plain_traceback,
        timestamp_key="time",
        pad_event_to=0,
    ),
]
