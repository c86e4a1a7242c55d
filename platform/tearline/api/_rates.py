"""How often somebody may ask, and how often by a key or a password that is none.

Callers are told as the IETF's draft on RateLimit headers says. The gateway alone counts: in Redis, if there is one, for
all of its processes together; else each process by itself. When Redis does not answer nobody is counted, as nobody
shall be sent away for that.
"""

import functools
import hashlib
import ipaddress
import logging
import math
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from tearline.observability import rate_rejections, uncounted
from tearline.problems import Problem

if TYPE_CHECKING:
    from limits import RateLimitItem
    from limits.storage import Storage

OFF = "off"

PATIENCE = 0.2
"""Seconds that Redis has to answer."""

PAUSE = 5.0
"""Seconds for which it is not asked any more when it has not."""

BUCKETS = 65_536
"""Addresses share that many counters: however many there are, they take no more room."""

logger = logging.getLogger("tearline.api")


@dataclass(frozen=True)
class Standing:
    """How a caller stands: `used` of the quota, in a window that has so many more seconds."""

    quota: int
    window: int
    used: int
    seconds: int

    @property
    def is_exceeded(self) -> bool:
        return self.used > self.quota

    @property
    def headers(self) -> dict[str, str]:
        left = max(0, self.quota - self.used)
        return {
            "RateLimit-Policy": f'"default";q={self.quota};w={self.window}',
            "RateLimit": f'"default";r={left};t={self.seconds}',
        }


class RateLimitMiddleware:
    """Tells callers how they stand, whoever has answered them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        standing: Standing | None = getattr(request, "rate", None)
        for name, value in standing.headers.items() if standing else ():
            response[name] = value
        return response


def count(request: HttpRequest, caller: str) -> None:
    """One more request of this caller. Raises Problem (429) when it is one too many."""
    standing = counter().count(settings.TEARLINE_RATE_LIMIT, f"caller:{caller}")
    request.rate = standing  # type: ignore[attr-defined]  # for RateLimitMiddleware
    if standing and standing.is_exceeded:
        rate_rejections.labels("quota").inc()
        detail = f"More than {standing.quota} requests within {standing.window} seconds. Ask again after that."
        raise _too_many("rate_limited", detail, standing, retryable=True)


def count_failure(request: HttpRequest) -> None:
    """One more wrong key from this address. Raises Problem (429) when it is one too many."""
    standing = counter().count(settings.TEARLINE_WRONG_KEYS, f"failures:{_bucket_of(address_of(request))}")
    if standing and standing.is_exceeded:
        rate_rejections.labels("wrong keys").inc()
        detail = "Too much that is wrong came from this address. What is right is still answered."
        raise _too_many("too_many_failures", detail, standing, retryable=False)


class Guesses:
    """Wrong passwords: those from one address, and those for one name from anywhere."""

    def __init__(self, request: HttpRequest, username: str) -> None:
        places = (address_of(request), f"name {username}")
        self._names = [f"guesses:{_bucket_of(place)}" for place in places]

    def add(self) -> None:
        """It was wrong."""
        for name in self._names:
            counter().count(settings.TEARLINE_WRONG_PASSWORDS, name)

    def seconds_to_wait(self) -> int:
        """Until another one may be tried; 0: at once."""
        found = [counter().look(settings.TEARLINE_WRONG_PASSWORDS, name) for name in self._names]
        return max((each.seconds for each in found if each and each.used >= each.quota), default=0)


def _too_many(code: str, detail: str, standing: Standing, *, retryable: bool) -> Problem:
    return Problem(429, code, detail, retryable=retryable, headers={"Retry-After": str(standing.seconds)})


def address_of(request: HttpRequest) -> str:
    """Where the request comes from: of IPv6 the network, which is one customer's.

    What proxies say is believed of as many as are known to stand before us: each has put an address last.
    """
    said = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    proxies: int = settings.TEARLINE_PROXIES
    address = said[-proxies] if 0 < proxies <= len(said) else str(request.META.get("REMOTE_ADDR", ""))
    with suppress(ValueError):
        if ipaddress.ip_address(address).version == 6:
            return str(ipaddress.ip_network(f"{address}/64", strict=False))
    return address


def _bucket_of(address: str) -> int:
    drawn = hashlib.sha256(address.encode(errors="surrogateescape")).digest()
    return int.from_bytes(drawn[:8]) % BUCKETS


class RateCounter:
    """Counts in windows of fixed length, atomically, in Redis or in this process."""

    def __init__(self, url: str) -> None:
        """`url`: of Redis; empty: in this process."""
        self._url = url
        self._asks_again_at = 0.0

    def count(self, rate: str, name: str) -> Standing | None:
        """One more under this name. None: such a rate is not counted, or Redis does not answer."""
        return self._asked(rate, lambda item: self._storage.incr(item.key_for(name), item.get_expiry()), name)

    def look(self, rate: str, name: str) -> Standing | None:
        """How it stands, with nothing added."""
        return self._asked(rate, lambda item: self._storage.get(item.key_for(name)), name)

    def _asked(self, rate: str, used: "Callable[[RateLimitItem], int]", name: str) -> Standing | None:
        if rate == OFF:
            return None
        if time.monotonic() < self._asks_again_at:
            uncounted.inc()
            return None
        from limits.errors import StorageError

        try:
            item = parsed(rate)
            return self._standing(item, used(item), name)
        except StorageError as error:
            logger.warning("nobody is counted for %s seconds, as Redis does not answer: %s", PAUSE, error)
            self._asks_again_at = time.monotonic() + PAUSE
            uncounted.inc()
            return None

    def _standing(self, item: "RateLimitItem", used: int, name: str) -> Standing:
        """Raises StorageError."""
        seconds = math.ceil(self._storage.get_expiry(item.key_for(name)) - time.time())
        return Standing(item.amount, item.get_expiry(), used, seconds=min(max(1, seconds), item.get_expiry()))

    @functools.cached_property
    def _storage(self) -> "Storage":
        from limits.storage import MemoryStorage, RedisStorage
        from redis import ConnectionPool
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        if not self._url:
            return MemoryStorage()
        once_more = Retry(NoBackoff(), 1)  # a connection that is found to be dead says nothing of Redis
        connections = ConnectionPool.from_url(
            self._url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=once_more
        )
        return RedisStorage(self._url, connections, key_prefix="tearline.rates", wrap_exceptions=True)


@functools.cache
def counter_at(url: str) -> RateCounter:
    return RateCounter(url)


def counter() -> RateCounter:
    return counter_at(settings.REDIS_URL)


@functools.cache
def parsed(rate: str) -> "RateLimitItem":
    """Raises ImproperlyConfigured for what is no rate."""
    from limits import parse

    try:
        return parse(rate)
    except ValueError as error:
        raise ImproperlyConfigured(f"{rate!r} is no rate such as 100/minute, nor {OFF!r}") from error


def refuse_nonsense() -> None:
    """Raises ImproperlyConfigured when a rate that is set is none."""
    for setting in ("TEARLINE_RATE_LIMIT", "TEARLINE_WRONG_KEYS", "TEARLINE_WRONG_PASSWORDS"):
        rate = getattr(settings, setting)
        if rate != OFF:
            try:
                parsed(rate)
            except ImproperlyConfigured as error:
                raise ImproperlyConfigured(f"{setting}: {error}") from error
