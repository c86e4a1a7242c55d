"""How often a failing row is tried, and how long it waits in between."""

import random
from dataclasses import dataclass, fields

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from tearline.contracts import Unavailable


@dataclass(frozen=True, kw_only=True)
class Retry:
    """Exponential, jittered, capped. Times in seconds; `tries` counts the first one too."""

    first: float = 0.5
    cap: float = 60.0
    tries: int = 12

    def wait(self, attempts: int, error: BaseException | None = None) -> float:
        """Seconds to wait after that many failed attempts: between half and all of the doubled wait.

        Longer when the error says so; then all who heard the same do not come back at the same moment either.
        """
        whole = min(self.cap, self.first * 2.0 ** min(attempts - 1, 30))
        wanted = min(self.cap, _retry_after(error) or 0.0)
        return max(whole * random.uniform(0.5, 1.0), wanted * random.uniform(1.0, 1.5))  # noqa: S311 - spreads load

    def exhausted(self, attempts: int) -> bool:
        return attempts >= self.tries


def is_put_off(error: BaseException) -> bool:
    """Whether nothing was done, and it was said when to come back: as by an open circuit. That was no try."""
    return _retry_after(error) is not None and not getattr(error, "maybe_done", True)


def _retry_after(error: BaseException | None) -> float | None:
    return error.retry_after if isinstance(error, Unavailable) else None


def default_retry() -> Retry:
    """Raises ImproperlyConfigured."""
    try:
        return Retry(**settings.TEARLINE_RETRY)
    except TypeError as error:
        known = ", ".join(field.name for field in fields(Retry))
        raise ImproperlyConfigured(f"TEARLINE_RETRY knows {known}, and was given {settings.TEARLINE_RETRY}") from error
