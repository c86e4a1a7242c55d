"""How often a failing row is tried, and how long it waits in between."""

import random
from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True, kw_only=True)
class Retry:
    """Exponential, jittered, capped. Times in seconds; `tries` counts the first one too."""

    first: float = 0.5
    cap: float = 60.0
    tries: int = 12

    def wait(self, attempts: int) -> float:
        """Seconds to wait after that many failed attempts: between half and all of the doubled wait."""
        whole = min(self.cap, self.first * 2.0 ** min(attempts - 1, 30))
        return whole * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, hides nothing

    def exhausted(self, attempts: int) -> bool:
        return attempts >= self.tries


def default_retry() -> Retry:
    return Retry(**settings.TEARLINE_RETRY)
