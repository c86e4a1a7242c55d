"""A call on a facade that another process keeps: derived from the Protocol, the same for all modules."""

import json
import secrets
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from django.conf import settings

from tearline import idempotency
from tearline.acting import asked_by
from tearline.contracts import Refusal, Unavailable
from tearline.databases import give_back_idle
from tearline.exchanges import CALL
from tearline.facades._chains import chain_so_far
from tearline.facades._operations import FacadeError, Operation
from tearline.facades._protocol import KEY, SUBJECT, WAITING, as_header, path_of
from tearline.facades._telling import heard
from tearline.facades._tokens import Identity, signed
from tearline.observability import carrier, watching
from tearline.resilience import DEADLINE_MS, TurnedAway, policy_for, remaining_ms
from tearline.resilience.clients import clients
from tearline.topology import Process

if TYPE_CHECKING:
    import httpx


def over_http(host: Process, operation: Operation, arguments: Mapping[str, Any], key: str | None, caller: str) -> Any:
    """Its answer. Raises Refusal, Unavailable; ValueError, before anybody is asked, for what cannot cross."""
    asked = operation.asked(arguments)
    if key is not None:
        idempotency.refuse_unfit(key)
    give_back_idle()  # it may take long
    with watching("call", operation.full_name):
        attempt = partial(_exchange, host, operation, asked, key, caller)
        return policy_for(operation.module).call(attempt, idempotent=True)  # by its key, or as it only asks


def _exchange(host: Process, operation: Operation, asked: bytes, key: str | None, caller: str) -> Any:
    from tearline.resilience import http  # takes its time to load

    if host.url is None:
        raise FacadeError(f"{operation.full_name}: the topology has no url for {host.name}")
    headers = _headers(host, key, caller)
    client = clients.for_calls_on(operation.module)
    try:
        response = http.ask(
            client, client.build_request("POST", f"{host.url}{path_of(operation)}", content=asked, headers=headers)
        )
        if response.headers.get(CALL) != headers[CALL]:
            http.hang_up(response)  # else the answer to this call would be taken for that to the next
        return _understood(operation, response, headers[CALL])
    except Unavailable as unknown:
        if operation.kind == "query" and unknown.maybe_done:  # asking has done nothing
            unknown.maybe_done = False
        raise


def _headers(host: Process, key: str | None, caller: str) -> dict[str, str]:
    """What travels along."""
    if not settings.TEARLINE_SERVICE_KEYS:
        raise FacadeError("a facade of another process is called, and TEARLINE_SERVICE_KEYS is not given")
    identity = Identity(process=settings.TEARLINE_TOPOLOGY.process.name, caller=caller, asked_by=asked_by())
    token = signed(identity, audience=host.name, keys=settings.TEARLINE_SERVICE_KEYS)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", CALL: secrets.token_hex(8)}
    headers[WAITING] = ",".join(chain_so_far())
    if key is not None:
        headers[KEY] = as_header(key)
    left = remaining_ms()
    if left is not None:
        headers[DEADLINE_MS] = str(left)
    return headers | _belonging()


def _belonging() -> dict[str, str]:
    carried = carrier()
    names = {"request_id": "X-Request-Id", "subject": SUBJECT}
    return {names.get(name, name): as_header(value) if name == "subject" else value for name, value in carried.items()}


def _understood(operation: Operation, response: "httpx.Response", call: str) -> Any:
    """Raises Unavailable for whatever does not come from the facade's server, or cannot be read."""
    if response.headers.get(CALL) != call:
        raise _not_understood(operation, response, "the answer is not one to our call")
    try:
        if response.status_code == 200:
            return operation.answer.validate_json(response.content)
        failure = _failure(response)
    except (ValueError, RecursionError) as error:
        raise _not_understood(operation, response, "the answer cannot be read") from error
    raise failure or _not_understood(operation, response, "the answer says nothing")


def _failure(response: "httpx.Response") -> Refusal | Unavailable | None:
    """What went wrong, as the other side says. Raises ValueError for what is no problem."""
    problem = json.loads(response.content)
    if not isinstance(problem, dict):
        raise ValueError("a problem is an object")
    failure = heard(problem)
    if isinstance(failure, Unavailable) and response.status_code < 500 and not failure.maybe_done:
        return TurnedAway(failure.detail)
    return failure


def _not_understood(operation: Operation, response: "httpx.Response", why: str) -> Unavailable:
    return Unavailable(f"{operation.full_name} got status {response.status_code}: {why}")
