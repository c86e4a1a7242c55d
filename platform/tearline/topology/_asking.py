"""What runs, compared with what the file says: every process is asked over HTTP what it hosts."""

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import IO, Any
from urllib.parse import urlencode

from tearline.topology._values import CHECKS, Process, Topology

TIMEOUT = 5.0
"""Seconds that a process may take to connect, and again to answer."""

LONGEST = 1_000_000
"""Bytes of an answer that are read."""

# Not through a proxy that the environment names: processes reach each other without.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class NoAnswer(Exception):
    """Nothing of ours answers there. The message says what happened instead."""


def differences(topology: Topology, process: Process, url: str) -> Iterator[str]:
    """In what the process that answers at this url differs from what the file says. Nothing: it is as the file says."""
    try:
        answer = _ask(url, topology.fingerprint)
    except NoAnswer as error:
        yield f"is not there: {error}"
        return
    if answer.get("status") == "leaving":
        yield "was told to end"
    elif answer.get("status") != "ready":
        yield f"is not ready: {', '.join(_failed(answer['checks']))}"
    hosted = answer["checks"].keys() - CHECKS
    if too_much := sorted(hosted - set(process.modules)):
        yield f"hosts {', '.join(too_much)}, which the file does not say"
    if missing := sorted(set(process.modules) - hosted):
        yield f"does not host {', '.join(missing)}"
    if answer.get("topology") != "same":
        yield "goes by another version of the file"


def _ask(url: str, fingerprint: str) -> dict[str, Any]:
    """What /health/ready says. Raises NoAnswer."""
    address = f"{url}/health/ready?{urlencode({'topology': fingerprint})}"
    try:
        with _open(address) as response:
            told = response.read(LONGEST)
    except urllib.error.URLError as error:
        raise NoAnswer(str(error.reason)) from error
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswer(str(error) or type(error).__name__) from error
    return _understood(told)


def _open(address: str) -> IO[bytes]:
    try:
        answer: IO[bytes] = _opener.open(address, timeout=TIMEOUT)
        return answer
    except urllib.error.HTTPError as error:  # as when it is not ready: an answer all the same
        return error


def _understood(told: bytes) -> dict[str, Any]:
    """Raises NoAnswer unless it is an answer of ours, of whatever version."""
    try:
        answer = json.loads(told)
    except ValueError as error:
        raise NoAnswer("something else answers") from error
    if not (isinstance(answer, dict) and isinstance(answer.get("checks"), dict)):
        raise NoAnswer("something else answers")
    return answer


def _failed(checks: dict[str, Any]) -> list[str]:
    return [name for name, check in checks.items() if not isinstance(check, dict) or check.get("status") == "failed"]
