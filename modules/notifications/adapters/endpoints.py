"""Whoever is told by webhooks: hosts that strangers have named, so that we look twice before we connect.

All endpoints together tie up no more than some threads, and each has its own circuit: who hangs or is dead holds up
neither letters nor the other endpoints. A name is looked up once, and what it is connected to is the very address that
was checked. No redirect is followed, and nothing is kept of what an endpoint would have us keep.
"""

import ipaddress
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings

from tearline.contracts import Unavailable
from tearline.resilience import NotAsked, TimedOut, TooLarge, needs_policy, policy_for
from tearline.resilience.clients import clients

TOGETHER = "notifications.webhooks"
EACH = "notifications.webhook"
for target in (TOGETHER, EACH):
    needs_policy(target, asked_by="notifications")

PORTS = frozenset({443, 8443})
NAME = re.compile(rb"(?=.{1,253}\Z)((?!-)[a-z0-9_-]{1,63}(?<!-)\.)*(?!-)[a-z0-9_-]{1,63}(?<!-)")
"""Of a host, as it is looked up."""

LARGEST_ANSWER = 65_536
EXCERPT = 500
"""Bytes of an answer that are read, and characters that are kept."""

SERVER_ERROR = 500


class NotAllowed(ValueError):
    """A URL to which nothing is sent."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came of one try. status: None when there was no answer; then error says why."""

    status: int | None = None
    error: str = ""
    excerpt: str = ""
    retry_after: float | None = None
    took: timedelta = timedelta(0)

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class _Failing(Exception):
    """The endpoint answered, and is not well."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def check(url: str) -> None:
    """Raises NotAllowed. Where a name leads is looked at when it is connected to."""
    from httpx import URL, InvalidURL  # takes its time to load

    try:
        parts = urlsplit(url)
        asked, port = URL(url), parts.port  # as whoever will ask it understands it
    except (ValueError, InvalidURL) as error:
        raise NotAllowed("it is no URL") from error
    host = asked.host
    is_local = settings.NOTIFICATIONS_LOCAL_ENDPOINTS and host in ("localhost", "127.0.0.1", "::1")
    if parts.scheme != "https" and not (is_local and parts.scheme == "http"):
        raise NotAllowed("it must begin with https://")
    if not host or parts.username is not None or parts.password is not None or parts.fragment:
        raise NotAllowed("it must have a host, and neither a user nor a fragment")
    if not _is_address(host) and not NAME.fullmatch(asked.raw_host.removesuffix(b".")):
        raise NotAllowed("its host is no name that can be looked up")
    if not is_local and port is not None and port not in PORTS:
        raise NotAllowed("its port must be 443 or 8443")
    if _is_address(host) and not admits(host):
        raise NotAllowed("its address is not a public one")


def admits(address: str) -> bool:
    """Whether it is an address of the internet, whichever way it is written. Our own network is nobody else's."""
    known = ipaddress.ip_address(address.partition("%")[0])
    if known.is_loopback:
        return bool(settings.NOTIFICATIONS_LOCAL_ENDPOINTS)
    return _is_public(known)


def post(endpoint_id: str, url: str, *, headers: Mapping[str, str], body: bytes) -> Answer:
    """Raises NotAsked when it is not the moment: too many are being told, or this one has not answered for a while."""
    return policy_for(TOGETHER).call(
        lambda: _one_of_them(endpoint_id, url, headers=headers, body=body), idempotent=True
    )


def _one_of_them(endpoint_id: str, url: str, *, headers: Mapping[str, str], body: bytes) -> Answer:
    """What one of them does says nothing about all: so a failure of it is an answer here."""
    began = time.monotonic()
    try:
        return policy_for(EACH, endpoint_id).call(lambda: _asked(url, headers, body, began), idempotent=True)
    except _Failing as failing:
        return failing.answer
    except NotAsked:
        raise
    except (TimedOut, TooLarge) as error:
        told = "no answer in time" if isinstance(error, TimedOut) else "the answer was too long"
        return Answer(error=told, took=_since(began))
    except Unavailable as error:
        told = "no answer" if error.maybe_done else "no connection"
        return Answer(error=told, took=_since(began))
    except UnicodeError:  # of a name that cannot be looked up
        return Answer(error="no connection", took=_since(began))


def _asked(url: str, headers: Mapping[str, str], body: bytes, began: float) -> Answer:
    from tearline.resilience import http

    client = clients.for_calls_on(TOGETHER, admits=admits)
    asked = client.build_request("POST", url, headers=headers, content=body)
    response, told = http.fetch(client, asked, largest=LARGEST_ANSWER)
    answer = Answer(
        status=response.status_code,
        excerpt=told[: 4 * EXCERPT].decode(errors="replace").replace("\0", "")[:EXCERPT],
        retry_after=http.retry_after(response),
        took=_since(began),
    )
    if response.status_code >= SERVER_ERROR:
        raise _Failing(answer)
    return answer


def _since(began: float) -> timedelta:
    return timedelta(seconds=time.monotonic() - began)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return _is_public(address.ipv4_mapped)
        if address.is_site_local or address.sixtofour or address.teredo:  # the latter lead to whatever they embed
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved)
