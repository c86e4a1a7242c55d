"""While tests run, no module's code connects to anybody outside but as a policy says.

Whose code connects is told by the stack, from within: adapters, and what they go by, only do as they are asked. Who
asked them is a guard that makes calls as a policy says, the platform on its own account, a test; or else code of a
module that went past all policies, and is refused. What a driver connects in C, as to databases, is not seen.
"""

import socket
import sys
from collections.abc import Callable, Iterator
from typing import Any

DOES_AS_ASKED = ("tearline.mail", "tearline.resilience.http", "tearline.resilience.clients")
"""Code of the platform that calls nobody on its own account."""

ADAPTERS = "adapters"


class WentPastPolicies(BaseException):
    """A module's code asked somebody outside without a deadline, a bulkhead and a circuit.

    No Exception, as `BoundaryCrossed` is none.
    """


def guard_connections() -> None:
    """On every socket that Python connects, from now on."""
    connect = socket.socket.connect
    if connect is not _guarded.get("connect"):
        _guarded["connect"] = socket.socket.connect = _refusing(connect)  # type: ignore[method-assign]


_guarded: dict[str, Callable[..., None]] = {}


def _refusing(connect: Callable[..., None]) -> Callable[..., None]:
    def guarded(self: socket.socket, address: Any, /) -> None:
        if place := _past_policies():
            self.close()  # whoever made it counts on an OSError
            raise WentPastPolicies(f"{place} connects to {address} without a policy: see tearline.resilience.outside")
        connect(self, address)

    return guarded


def _past_policies() -> str | None:
    """The module's code that asked for this connection; None when it was a guard, the platform, or a test."""
    for name in _places():
        parts = name.split(".")
        if parts[0] == "tests" or (parts[0] == "tearline" and not name.startswith(DOES_AS_ASKED)):
            return None
        if parts[0] == "modules":
            if "tests" in parts:
                return None
            if ADAPTERS not in parts:
                return name
    return None


def _places() -> Iterator[str]:
    """Whose code runs, from within."""
    frame = sys._getframe(3)
    while frame := frame.f_back:  # type: ignore[assignment]  # the outermost has none, and then it is over
        yield str(frame.f_globals.get("__name__", ""))
