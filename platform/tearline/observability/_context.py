"""What is known of the work at hand, and how it is handed on to work that is done later."""

import contextlib
import json
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from types import MappingProxyType

from opentelemetry import context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from tearline.acting import asked_by, caller

Fact = str | int
Facts = Mapping[str, Fact]

HANDED_ON = ("request_id", "subject")
"""What stays true of all the work that comes of this one."""

OUTSIDE = "outside"
"""Nobody in particular."""

_known: ContextVar[Facts] = ContextVar("known", default=MappingProxyType({}))
_w3c = TraceContextTextMapPropagator()


def known() -> Facts:
    """The facts of the work that is done in this thread; who does it (`module`) and who asked (`caller`) with them."""
    acting, asked = caller(), asked_by()
    facts = dict(_known.get())
    if acting != OUTSIDE:
        facts["module"] = acting
    if asked != OUTSIDE:
        facts["caller"] = asked
    return facts


@contextlib.contextmanager
def about(**facts: Fact) -> Iterator[None]:
    """Log lines and spans inside are of this, too. Names and ids only: never a secret or personal data."""
    token = _known.set({**_known.get(), **facts})
    try:
        yield
    finally:
        _known.reset(token)


def carrier() -> dict[str, str]:
    """What work elsewhere needs to know in order to go on from here; empty when nothing is known.

    `traceparent` and `tracestate` as in W3C Trace Context; `request_id` and `subject` as in log lines.
    """
    facts = _known.get()
    carrier = {name: str(facts[name]) for name in HANDED_ON if name in facts}
    _w3c.inject(carrier)
    return carrier


def carried() -> str | None:
    """The same as JSON, for later work; None when nothing is known."""
    known = carrier()
    return json.dumps(known) if known else None


@contextlib.contextmanager
def resuming(trace: str | None, **facts: Fact) -> Iterator[None]:
    """Go on from where `carried` was asked: in the same trace, about the same subject, and about these facts."""
    carrier = _read(trace)
    kept = {name: carrier[name] for name in HANDED_ON if name in carrier}
    with in_trace_of(carrier):
        token = _known.set(kept | facts)
        try:
            yield
        finally:
            _known.reset(token)


@contextlib.contextmanager
def in_trace_of(carrier: Mapping[str, str]) -> Iterator[None]:
    """Go on in the trace that its `traceparent` names; in none when it has none."""
    token = context.attach(_w3c.extract(carrier, context=context.Context()))
    try:
        yield
    finally:
        context.detach(token)


def _read(trace: str | None) -> dict[str, str]:
    """Nothing is known of what cannot be read: no work fails because of how it is watched."""
    try:
        carrier = json.loads(trace or "{}")
    except ValueError:
        return {}
    return {str(name): str(value) for name, value in carrier.items()} if isinstance(carrier, dict) else {}
