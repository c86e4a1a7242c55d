"""HTTP that keeps to the deadline as a whole: httpx alone bounds each read, and a server may drip for ever.

Every connect, write and read on the socket is given what is left of the deadline, and no more. What remains outside of
it is the look-up of a name. Imported only by those who use it, as httpx takes its time to load.
"""

import contextlib
import email.utils
import socket
import ssl
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpcore
import httpx

from tearline.contracts import Unavailable
from tearline.resilience._deadlines import remaining
from tearline.resilience._unanswered import NotAsked, TimedOut, TooLarge

WRITTEN_AT_ONCE = 16_384
"""Bytes: a peer that reads slowly is waited for once for each of these."""

_KEEPS_NONE = DefaultCookiePolicy(allowed_domains=())
"""Cookies: what one answer would have us keep is told to nobody."""

_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout)


def anywhere(_address: str) -> bool:
    """To peers that we have chosen ourselves."""
    return True


def client(*, connections: int, admits: Callable[[str], bool] = anywhere) -> httpx.Client:
    """For one target and any number of threads. Made once, as connections are kept.

    `admits`: whether to connect to an IP address. It is asked of the very address that is connected to, so that no name
    can lead elsewhere than it did when it was looked at.
    """
    trusted = httpx.create_ssl_context()
    transport = httpx.HTTPTransport(verify=trusted)
    transport._pool = httpcore.ConnectionPool(
        ssl_context=trusted,
        max_connections=connections,
        max_keepalive_connections=connections,
        keepalive_expiry=5.0,
        network_backend=_WithinDeadline(admits),
    )
    return httpx.Client(transport=transport, cookies=CookieJar(_KEEPS_NONE))


def ask(client: httpx.Client, request: httpx.Request) -> httpx.Response:
    """The answer with its whole body, whatever its status. Raises Unavailable: when it did not come in time, too."""
    with _unavailable_without_answer(request):
        return client.send(request)


def fetch(client: httpx.Client, request: httpx.Request, *, largest: int) -> tuple[httpx.Response, bytes]:
    """The answer, and its body as it came: whoever passes it on need not understand it.

    Raises Unavailable as `ask` does, and TooLarge for a body of more bytes than `largest`.
    """
    with _unavailable_without_answer(request), contextlib.closing(client.send(request, stream=True)) as response:
        body = bytearray()
        for part in response.iter_raw():
            body += part
            if len(body) > largest:
                raise TooLarge(f"{request.url.host} answered with more than {largest} bytes")
        return response, bytes(body)


@contextlib.contextmanager
def _unavailable_without_answer(request: httpx.Request) -> Iterator[None]:
    left = remaining()
    if left is not None:
        request.extensions["timeout"] = httpx.Timeout(max(left, 0.0)).as_dict()  # for a connection to be free
    try:
        yield
    except httpx.PoolTimeout as error:
        raise NotAsked(request.url.host, "connections full", retry_after=1.0) from error
    except _NEVER_SENT as error:
        kind = TimedOut if isinstance(error, httpx.TimeoutException) else Unavailable
        raise kind(f"{request.url.host} could not be asked: {error!r}", maybe_done=False) from error
    except httpx.TimeoutException as error:
        raise TimedOut(f"{request.url.host} did not answer in time: {error!r}") from error
    except httpx.RequestError as error:
        raise Unavailable(f"{request.url.host} did not answer: {error!r}") from error


def hang_up(response: httpx.Response) -> None:
    """Nobody asks on this connection any more, as what comes on it answers something else."""
    response.extensions["network_stream"].close()


def retry_after(response: httpx.Response) -> float | None:
    """Seconds from now until the server wants to be asked again; None when it does not say, or not so that we can read.

    As in RFC 9110, section 10.2.3: seconds or a date.
    """
    told = response.headers.get("Retry-After", "")
    with contextlib.suppress(ValueError, TypeError):  # of a date without a zone
        if told.isascii() and told.isdigit():
            return float(told)
        return max((email.utils.parsedate_to_datetime(told) - datetime.now(UTC)).total_seconds(), 0.0)
    return None


def _left(timeout: float | None, too_late: type[httpcore.TimeoutException]) -> float | None:
    """What the next step may take: what is left, or without a deadline what httpx says."""
    left = remaining()
    if left is None:
        return timeout
    if left <= 0:
        raise too_late("the deadline has passed")
    return left


class _WithinDeadline(httpcore.NetworkBackend):
    """Connects to each address of a host in turn that is admitted, while there is time."""

    def __init__(self, admits: Callable[[str], bool]) -> None:
        self._admits = admits
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in _addresses(host, port):
            if not self._admits(address):
                failure = httpcore.ConnectError(f"{host} is at {address}, where we do not connect to")
                continue
            left = _left(timeout, httpcore.ConnectTimeout)
            try:
                return _Hurried(self._sockets.connect_tcp(address, port, left, local_address, socket_options))
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


def _addresses(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise httpcore.ConnectError(str(error)) from error
    return [str(address[0]) for *_, address in found]


class _Hurried(httpcore.NetworkStream):
    """A connection whose every step takes what is left at most."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), WRITTEN_AT_ONCE):
            part = buffer[start : start + WRITTEN_AT_ONCE]
            self._stream.write(part, _left(timeout, httpcore.WriteTimeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = _left(timeout, httpcore.ConnectTimeout)
        return _Hurried(self._stream.start_tls(ssl_context, server_hostname, left))

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
