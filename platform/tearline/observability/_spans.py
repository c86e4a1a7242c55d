"""Spans of OpenTelemetry. Without its SDK they cost next to nothing; see `_tracing` for how one is set up."""

import traceback
from collections.abc import Callable

from opentelemetry import context, trace
from opentelemetry.trace import Span, SpanKind, StatusCode

from tearline.observability._context import known
from tearline.observability._discretion import discreet

KINDS = {"request": SpanKind.SERVER, "call": SpanKind.CLIENT, "question": SpanKind.CLIENT, "event": SpanKind.CONSUMER}

NAMES = {"call": "{} is called", "question": "{} asks"}

tracer = trace.get_tracer("tearline")


def begin(kind: str, name: str) -> tuple[Span, Callable[[], None]]:
    """A span with all that is known as its attributes, and how to leave it: what begins meanwhile is its child."""
    span = tracer.start_span(NAMES.get(kind, "{}").format(name), kind=KINDS.get(kind, SpanKind.INTERNAL))
    if span.is_recording():
        span.set_attributes({f"tearline.{fact}": value for fact, value in known().items()})
    if not span.get_span_context().is_valid:
        return span, _nothing
    token = context.attach(trace.set_span_in_context(span))
    return span, lambda: context.detach(token)


def end(span: Span, *, outcome: str, error: BaseException | None, at: int | None) -> None:
    """`outcome`: in one word. `error`: what went wrong, if it was neither an answer nor meant. `at`: nanoseconds."""
    if span.is_recording():
        span.set_attribute("tearline.outcome", outcome)
        if error is not None:
            _blame(span, error)
    span.end(at)


def end_request(span: Span, *, method: str, route: str, status: int) -> None:
    """By the names that OpenTelemetry has for it."""
    if span.is_recording():
        span.set_attributes({"http.request.method": method, "http.route": route, "http.response.status_code": status})
        if status >= 500:  # what the client did wrong is no error of ours
            span.set_status(StatusCode.ERROR)
    span.end()


def _blame(span: Span, error: BaseException) -> None:
    message = discreet(str(error))
    span.set_status(StatusCode.ERROR, f"{type(error).__name__}: {message}")
    told = {
        "exception.type": f"{type(error).__module__}.{type(error).__qualname__}",
        "exception.message": message,
        "exception.stacktrace": discreet("".join(traceback.format_exception(error))),
    }
    span.add_event("exception", told)


def _nothing() -> None:
    """No span was begun: nobody is watching."""
