"""Who asks: the carrier of an API key, with the scopes of that key."""

from dataclasses import dataclass

from django.http import HttpRequest
from ninja.security import HttpBearer

from tearline.api._problems import Problem


@dataclass(frozen=True)
class Principal:
    """An authenticated caller of the REST API."""

    key_id: str
    scopes: frozenset[str]

    @property
    def caller(self) -> str:
        """The name under which idempotency keys are kept, so that two callers never meet in one key."""
        return f"api:{self.key_id}"

    def may(self, scope: str) -> bool:
        return scope in self.scopes or "*" in self.scopes


class KeyedRequest(HttpRequest):
    """A request that came in by `key_with`: annotate views with it."""

    auth: Principal


class ApiKeyAuth(HttpBearer):
    """Lets in who carries a key with one scope."""

    openapi_description = "An API key: `sk_test_…` or `sk_live_…`."

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Principal:  # noqa: ARG002 - ninja's signature
        from tearline.api.keys import principal_of  # needs the app registry

        principal = principal_of(token)
        if principal is None:
            raise _unauthenticated()
        if not principal.may(self.scope):
            raise _insufficient(self.scope)
        return principal


def key_with(scope: str) -> ApiKeyAuth:
    """`auth=key_with("orders:write")`: 401 without a valid key, 403 when the key lacks the scope."""
    return ApiKeyAuth(scope)


def _unauthenticated() -> Problem:
    challenge = {"WWW-Authenticate": 'Bearer realm="tearline", error="invalid_token"'}
    return Problem(401, "api_key_invalid", "This API key is unknown, expired or revoked.", headers=challenge)


def _insufficient(scope: str) -> Problem:
    challenge = {"WWW-Authenticate": f'Bearer realm="tearline", error="insufficient_scope", scope="{scope}"'}
    return Problem(403, "insufficient_scope", f"This API key lacks the scope {scope}.", headers=challenge)
