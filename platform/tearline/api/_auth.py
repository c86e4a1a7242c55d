"""Who asks: the carrier of an API key, with the scopes of that key, and the customer to whom it is bound; or staff.

Keys and sessions are known to the gateway alone. It tells the other processes who asks, by a token that it has signed
for each of them: see `tearline.tokens`. Whoever is the gateway believes those and nothing else, and whoever is not,
such tokens and nothing else.
"""

from collections.abc import Sequence

from django.conf import settings
from django.http import HttpRequest
from ninja.security.http import HttpAuthBase
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tearline import tokens
from tearline.api._principals import Kind, Principal
from tearline.api._rates import count, count_failure
from tearline.problems import Problem


class KeyedRequest(HttpRequest):
    """A request that came in by `key_with`: annotate views with it."""

    auth: Principal


class ApiKeyAuth(HttpAuthBase):
    """Lets in who carries a key with one scope, or is told by the gateway to carry one.

    Whoever is bound to a customer is let in only where that is declared: there, nothing of another customer is shown.
    """

    openapi_scheme = "bearer"
    openapi_description = "An API key: `sk_test_…` or `sk_live_…`."

    def __init__(self, scope: str, *, customers: bool = False) -> None:
        super().__init__()
        self.scope = scope
        self.customers = customers

    def __call__(self, request: HttpRequest) -> Principal:
        principal = principal_of(request)
        if principal.customer is not None and not self.customers:
            raise customer_not_allowed("Keys that are bound to a customer do not open this.")
        principal.require(self.scope)
        return principal


def key_with(scope: str, *, customers: bool = False) -> ApiKeyAuth:
    """`auth=key_with("orders:write")`: 401 without a valid key, 403 when the key lacks the scope.

    `customers`: keys that are bound to a customer are let in too. The view sees to it that they meet only their own.
    """
    return ApiKeyAuth(scope, customers=customers)


def customer_not_allowed(detail: str) -> Problem:
    """403, for whoever is bound to a customer and reaches beyond."""
    return Problem(403, "customer_not_allowed", detail)


def principal_of(request: HttpRequest) -> Principal:
    """Who asks. Found out, and counted, once for a request. Raises Problem (401, 429)."""
    known: Principal | None = getattr(request, "principal", None)
    if known is None:
        known = _recognised(request)
        request.principal = known  # type: ignore[attr-defined]  # for whoever asks again
    return known


def _recognised(request: HttpRequest) -> Principal:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    sent = token.strip() if kind.lower() == "bearer" else None
    if not settings.TEARLINE_TOPOLOGY.is_gateway:
        return _by_the_gateway(sent)
    principal = (_by_session(request) if sent is None else None) or _by_key(request, sent)
    count(request, principal.caller)
    return principal


def introduced(principal: Principal, *, to: str, keys: Sequence[str]) -> str:
    """A token by which the process of this name knows who asks. Of `keys` there must be one."""
    told = _Told(
        key_id=principal.key_id,
        scopes=sorted(principal.scopes),
        customer=principal.customer,
        kind=principal.kind,
    )
    use: tokens.Use = "principal" if principal.customer is None else "customer"
    return tokens.signed(told.model_dump(by_alias=True, exclude_none=True), use=use, audience=to, keys=keys)


class _Told(BaseModel):
    model_config = ConfigDict(strict=True, populate_by_name=True)

    key_id: str = Field(alias="sub", min_length=1)
    scopes: list[str]
    customer: str | None = Field(default=None, min_length=1)
    kind: Kind = "api"


def _by_session(request: HttpRequest) -> Principal | None:
    from tearline.api._sessions import scopes_of, staff_of  # needs the app registry

    user = staff_of(request)
    return Principal(key_id=user.get_username(), scopes=scopes_of(user), kind="staff") if user else None


def _by_key(request: HttpRequest, token: str | None) -> Principal:
    from tearline.api.keys import carrier_of  # needs the app registry

    if token is None:
        raise _unauthenticated("api_key_missing", "Send an API key: Authorization: Bearer sk_…")
    principal = carrier_of(token)
    if principal is None:
        count_failure(request)
        detail = "This API key is unknown, expired or revoked."
        raise _unauthenticated("api_key_invalid", detail, error="invalid_token")
    return principal


def _by_the_gateway(token: str | None) -> Principal:
    us, keys = settings.TEARLINE_TOPOLOGY.process.name, settings.TEARLINE_SERVICE_KEYS
    try:
        told = _believed(token or "", audience=us, keys=keys)
    except (tokens.NotBelieved, ValidationError) as error:
        detail = "This process is asked by the gateway alone. Send your request to the gateway, with an API key."
        raise _unauthenticated("principal_invalid", detail, error="invalid_token") from error
    return Principal(key_id=told.key_id, scopes=frozenset(told.scopes), customer=told.customer, kind=told.kind)


def _believed(token: str, *, audience: str, keys: Sequence[str]) -> _Told:
    """Who is a customer is told by the token's use and by its claims. Raises NotBelieved, ValidationError."""
    try:
        claims, is_customer = tokens.believed(token, use="principal", audience=audience, keys=keys), False
    except tokens.NotBelieved:
        claims, is_customer = tokens.believed(token, use="customer", audience=audience, keys=keys), True
    told = _Told.model_validate(claims)
    if is_customer != (told.customer is not None):
        raise tokens.NotBelieved("it does not say for which customer it is")
    return told


def _unauthenticated(code: str, detail: str, *, error: str = "") -> Problem:
    challenge = 'Bearer realm="tearline"' + (f', error="{error}"' if error else "")
    return Problem(401, code, detail, headers={"WWW-Authenticate": challenge})
