"""The codes that a problem may carry: what each means, and what to do about it. A code that is here has a page.

Those of refusals are declared by their classes, in the contracts of modules; all others below.
"""

import functools
import importlib
import inspect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from tearline.contracts import Refusal
from tearline.problems import details_of, title_of


@dataclass(frozen=True)
class Kind:
    """One kind of problem. `detail`: the sentence that a problem of it says, as far as it is the same for all."""

    code: str
    status: int
    detail: str
    meaning: str
    remedy: str

    @property
    def title(self) -> str:
        return title_of(self.code)

    @property
    def retryable(self) -> bool:
        """Whether the same request, with the same key, may succeed later."""
        if self.code in _ABOUT_WHO_ASKS:
            return False
        return self.status in {429, 502, 503, 504} or self.code == "idempotency_key_in_flight"

    def told(self, *, instance: str, request_id: str) -> dict[str, Any]:
        """A problem of this kind, as a client is told it."""
        details = details_of(
            self.code,
            status=self.status,
            detail=self.detail,
            instance=instance,
            request_id=request_id,
            retryable=self.retryable,
        )
        return details.model_dump(mode="json")


def kinds(modules: Sequence[str]) -> Mapping[str, Kind]:
    """By code, what the platform and these modules may answer. Needs the contracts of each of them."""
    return _kinds(tuple(modules))


@functools.cache
def _kinds(modules: tuple[str, ...]) -> Mapping[str, Kind]:
    for module in modules:
        importlib.import_module(f"modules.{module}.contracts")
    refused = [_refusal(kind) for code, kind in Refusal.kinds.items() if code.partition(".")[0] in modules]
    return MappingProxyType({kind.code: kind for kind in (*OURS, *sorted(refused, key=lambda kind: kind.code))})


def refusals(names: Iterable[str], *, of: str) -> list[Kind]:
    """Those of these names that are classes of refusals, of this module or of those whose contracts it knows."""
    known = sorted(Refusal.kinds.values(), key=lambda kind: kind.__module__ == f"modules.{of}.contracts")
    by_name = {kind.__name__: kind for kind in known if kind.__module__.startswith("modules.")}
    return [_refusal(by_name[name]) for name in names if name in by_name]


def _refusal(kind: type[Refusal]) -> Kind:
    return Kind(kind.code, kind.status, kind.says, inspect.getdoc(kind) or kind.says, _OF_REFUSALS[kind.status])


_SAME_ANSWER = "Repeating the request with its Idempotency-Key gets this answer again: use a new key for a new try."
_OF_REFUSALS = {
    404: "Check the id. Lists of the same resource name those that there are.",
    409: f"Read the resource again: what it says now decides what can be done. {_SAME_ANSWER}",
    422: f"Send what the rule allows. {_SAME_ANSWER}",
}

_ABOUT_WHO_ASKS = {"too_many_failures"}
_SEE_ERRORS = "`errors` names each place. Correct them all and send the request again."
_SEE_DOCUMENTATION = "See what the operation takes, in /api/v1/docs."

OURS = (
    # Who asks
    Kind(
        "api_key_missing",
        401,
        "Send an API key: Authorization: Bearer sk_…",
        "The request carries no API key.",
        "Send the header `Authorization: Bearer sk_…`.",
    ),
    Kind(
        "api_key_invalid",
        401,
        "This API key is unknown, expired or revoked.",
        "The API key is none that lets anybody in.",
        "Check for a copying mistake, and whether the key was rotated or has expired. Have another one issued.",
    ),
    Kind(
        "principal_invalid",
        401,
        "This process is asked by the gateway alone. Send your request to the gateway, with an API key.",
        "The request went around the gateway, to a process that hosts a module.",
        "Send it to the address of the gateway.",
    ),
    Kind(
        "insufficient_scope",
        403,
        "This API key lacks a scope.",
        "The API key is good, and does not allow this.",
        "Use a key with the scope that the WWW-Authenticate header names.",
    ),
    Kind(
        "customer_not_allowed",
        403,
        "This is not for keys that are bound to a customer.",
        "The API key is bound to one customer, and the operation is none that customers may ask for.",
        "Use a key of the shop, which is bound to nobody.",
    ),
    Kind(
        "csrf_failed",
        403,
        "The CSRF token is missing or does not fit.",
        "Somebody who is signed in by session asked for a change, without the token that shows that they meant it.",
        "Send the token of the session, or an API key instead of the session.",
    ),
    Kind("forbidden", 403, "This is not allowed.", "The server does not allow this.", "Do not repeat it."),
    # What was sent
    Kind(
        "bad_request",
        400,
        "The request is not one that this server understands.",
        "The request breaks a rule of HTTP, or came to a host that is not served here.",
        "Check the URL, its host and the headers.",
    ),
    Kind(
        "malformed",
        400,
        "The body is not what is asked for here.",
        "The body cannot be read: it is not JSON in UTF-8, names a member twice, is nested too deeply, is no object, or"
        " is missing.",
        "Send one JSON object as the operation describes it, `{}` at least; `detail` says what is in the way.",
    ),
    Kind(
        "unknown_parameter",
        400,
        "A parameter is not known here.",
        "The URL has a query parameter that the operation does not take. It is refused so that a misspelt filter does"
        " not answer more than was asked for.",
        "Leave it out or spell it as documented.",
    ),
    Kind(
        "invalid_parameter",
        400,
        "Some parameters break a rule; see errors.",
        "A query parameter or header is not of the form that is asked for.",
        _SEE_ERRORS,
    ),
    Kind(
        "invalid_cursor",
        400,
        "This is not a cursor of ours.",
        "The cursor was not taken from a page of this list, or the page had another order or other filters.",
        "Take `next_cursor` or `prev_cursor` unchanged, with the same `sort` and filters, or begin again without one.",
    ),
    Kind(
        "unknown_version",
        400,
        "There is no such version of the API.",
        "The API-Version header names a version that is not served, or not any more.",
        "`detail` names those that are. Without the header the newest one answers.",
    ),
    Kind(
        "invalid_precondition",
        400,
        "More than one version is expected.",
        "If-Match and the body name different versions, or If-Match names several.",
        "Send the ETag of what you have read, and nothing else.",
    ),
    Kind(
        "precondition_not_supported",
        400,
        "If-Match is not checked here, so nothing was done.",
        "The request is to happen only if nothing has changed, and this route has no way to check that.",
        "Send it without If-Match, if it may happen whatever has changed.",
    ),
    Kind(
        "deadline_invalid",
        400,
        "A deadline is a whole number.",
        "A process of the system sent a deadline that is none. Clients do not send it.",
        "Leave the header out.",
    ),
    Kind(
        "webhook_signature_invalid",
        400,
        "The signature does not fit.",
        "A webhook is not signed by the provider that it is said to come from, or too long ago.",
        "Check the signing secret on both sides, and the clock.",
    ),
    Kind(
        "not_found",
        404,
        "There is nothing at this address.",
        "No route has this address, or what stands in it for an id is none; `errors` names that.",
        _OF_REFUSALS[404],
    ),
    Kind(
        "method_not_allowed",
        405,
        "This address does not know this method; the Allow header names those that it knows.",
        "The address is there, and takes other methods.",
        "Use a method that the Allow header names.",
    ),
    Kind(
        "precondition_failed",
        412,
        "It is not any more as you have read it.",
        "Somebody changed it since you read it, so If-Match does not hold. Nothing was done.",
        "Read it again, decide anew, and send the ETag that it has now.",
    ),
    Kind(
        "precondition_required",
        428,
        "Send the ETag that was read as If-Match, or expected_version.",
        "The change could undo what somebody else did meanwhile, and nothing says what you have read.",
        "Read it and send its ETag as If-Match.",
    ),
    Kind(
        "length_required",
        411,
        "Send the body with a Content-Length.",
        "The body came in chunks, without its length.",
        "Send the Content-Length header.",
    ),
    Kind(
        "payload_too_large",
        413,
        "The body is too large.",
        "The body is larger than any that is taken here; `detail` says how large it may be.",
        "Send it in parts.",
    ),
    Kind(
        "unsupported_media_type",
        415,
        "Send another Content-Type.",
        "The body is of a type that the operation does not take.",
        _SEE_DOCUMENTATION,
    ),
    Kind(
        "validation_failed",
        422,
        "Some fields break a rule; see errors.",
        "The body can be read, and some of its fields break a rule, or are none that the operation knows.",
        _SEE_ERRORS,
    ),
    # Doing it once
    Kind(
        "idempotency_key_missing",
        400,
        "This request needs an Idempotency-Key header.",
        "The operation changes something, and the request has no Idempotency-Key.",
        "Make one up for what you want done, a UUID for example, and send it with every repeat.",
    ),
    Kind(
        "idempotency_key_invalid",
        400,
        "One Idempotency-Key is 1 to 255 printable ASCII characters, none of them a comma.",
        "The Idempotency-Key is empty, too long or holds other characters. Or there are several: servers join them by"
        " commas.",
        "A UUID will do.",
    ),
    Kind(
        "idempotency_key_in_flight",
        409,
        "A request with this Idempotency-Key is being carried out right now.",
        "The same request came before, and is not done yet.",
        "Wait as long as Retry-After says and send it again with the same key: you get its answer.",
    ),
    Kind(
        "idempotency_key_reused",
        422,
        "This Idempotency-Key was used before, for another request.",
        "Under this key the same operation was asked for before, with other contents. Nothing was done.",
        "Use a new key for a new request, and the same one for repeats alone.",
    ),
    Kind(
        "idempotency_key_undone",
        409,
        "What this Idempotency-Key stands for has been undone.",
        "The request was taken back before it could be done.",
        "Use a new key if you want it done after all.",
    ),
    # Who does not answer
    Kind(
        "rate_limited",
        429,
        "More was asked than this key may ask.",
        "The key has asked as often as it may for now. The RateLimit headers of every answer tell what is left.",
        "Wait as long as Retry-After says, and ask more slowly.",
    ),
    Kind(
        "too_many_failures",
        429,
        "Too much that is wrong came from this address. What is right is still answered.",
        "Wrong API keys came from this address again and again.",
        "Check the key. Wait as long as Retry-After says before you try another one.",
    ),
    Kind(
        "overloaded",
        503,
        "More is asked for than can be answered in time. Nothing was done; ask again later.",
        "The server has more to do than it can do in time, and refuses what it cannot.",
        "Wait as long as Retry-After says and send it again with the same Idempotency-Key.",
    ),
    Kind(
        "internal_error",
        500,
        "Something broke on our side. It has been recorded under the request_id.",
        "A fault of the server.",
        "Send it again with the same Idempotency-Key. If it fails again, ask for help and give the request_id.",
    ),
    Kind(
        "unavailable",
        503,
        "A part of the system did not answer. Ask again, under the same Idempotency-Key if there was one.",
        "A part of the system did not answer in time. Nobody knows whether the request was carried out.",
        "Wait as long as Retry-After says and send it again with the same Idempotency-Key: it is done once at most.",
    ),
    Kind(
        "upstream_invalid",
        502,
        "The part that was asked gave no answer that can be understood.",
        "A process that hosts a module answered something that is no answer.",
        "Send it again with the same Idempotency-Key. If it fails again, ask for help and give the request_id.",
    ),
    Kind(
        "upstream_too_large",
        502,
        "The answer of the part that was asked is too large to pass on.",
        "A process that hosts a module answered more than the gateway passes on.",
        "Ask for less: a smaller `limit`, or a narrower filter.",
    ),
    Kind(
        "deadline_exceeded",
        504,
        "Too little time was left to begin.",
        "The time that the caller allows was nearly over when the request came in. Nothing was done.",
        "Send it again with the same Idempotency-Key.",
    ),
)
"""In the order in which a request meets them. Another code belongs here before it is answered: a test sees to it."""

BY_CODE = {kind.code: kind for kind in OURS}
