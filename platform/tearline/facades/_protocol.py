"""The one protocol for all facades: an exchange over HTTP.

    POST <url of the process>/facades/payments/authorize

| header | says |
|---|---|
| `Authorization` | `Bearer` and who calls: see `_tokens` and `tearline.tokens` |
| `Tearline-Call` | which exchange this is, see `tearline.exchanges` |
| `Idempotency-Key` | the key of a command, percent-encoded |
| `Tearline-Deadline-Ms` | for how many milliseconds from now on somebody waits for the answer |
| `Tearline-Waiting` | the modules that wait for each other, by commas, this one as the last: see `_chains` |
| `Tearline-Subject`, `X-Request-Id`, `traceparent`, `tracestate` | what lines and spans on the other side belong to |

The body is `Operation.asked`: the arguments by name, in JSON. The answer is 200 with `Operation.answered`, or
`application/problem+json` with one of two members more: `refusal` (it did not happen) or `unavailable` (with
`maybe_done`: whether it may have). Whatever else comes back, and whatever does not repeat the name of the exchange, was
said by somebody in between, and tells nothing of what happened.
"""

from urllib.parse import quote, unquote

from tearline.facades._operations import Operation

KEY = "Idempotency-Key"
SUBJECT = "Tearline-Subject"
WAITING = "Tearline-Waiting"


def path_of(operation: Operation) -> str:
    """`/facades/payments/authorize`"""
    return f"/facades/{operation.module}/{operation.name}"


def as_header(text: str) -> str:
    """Any text in printable ASCII. Raises ValueError for half a character."""
    return quote(text, safe="!#$&'()*+,/:;=?@[]")


def from_header(value: str) -> str:
    """Raises ValueError for what `as_header` has not written."""
    return unquote(value, errors="strict")
