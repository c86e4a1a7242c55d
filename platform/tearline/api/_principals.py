"""Who asks, and what they may."""

from dataclasses import dataclass
from typing import Literal

from tearline.problems import Problem

Kind = Literal["api", "staff"]


@dataclass(frozen=True)
class Principal:
    """An authenticated caller of the REST API. `customer`: who sees own things alone; None: the shop itself.

    `key_id`: of staff, their name.
    """

    key_id: str
    scopes: frozenset[str]
    customer: str | None = None
    kind: Kind = "api"

    @property
    def caller(self) -> str:
        """The name under which idempotency keys are kept, so that two callers never meet in one key."""
        return f"{self.kind}:{self.key_id}"

    @property
    def is_staff(self) -> bool:
        return self.kind == "staff"

    def may(self, scope: str) -> bool:
        return scope in self.scopes or "*" in self.scopes

    def require(self, scope: str) -> None:
        """Raises Problem (403) for whoever lacks the scope."""
        if not self.may(scope):
            raise _insufficient(scope)


def _insufficient(scope: str) -> Problem:
    challenge = {"WWW-Authenticate": f'Bearer realm="tearline", error="insufficient_scope", scope="{scope}"'}
    return Problem(403, "insufficient_scope", f"This needs the scope {scope}.", headers=challenge)
