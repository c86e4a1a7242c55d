"""Is the process running, and can it serve?

    GET /health/live   200 {"status": "alive"}: touches nothing
    GET /health/ready  200 {"status": "ready", "checks": {…}}
                       503 {"status": "not_ready", "checks": {…}}; "leaving" when it was told to end, and answers yet

| check | looks at | when it fails |
|---|---|---|
| each database | whether it answers, and after how many milliseconds | not ready |
| `migrations` | whether all that belong into these databases have been applied | not ready |
| `events`, `wake_ups` | whether what carries them answers, where there is one | a warning: what it carries waits |
| `circuits` | targets that are not asked now, by a circuit or an operator's word | a warning: the others are |

A check is `ok`, `warning` or `failed`. What not every request needs is a warning: else one process that is away would
take all others with it. Who knows a topology's fingerprint may ask by `?topology=…` whether the process goes by that
one, and is told "same" or "other" as "topology". Nothing secret is told: whoever may connect may ask. The middleware
stands first, so that no host check and no session can make a healthy process look dead.
"""

from tearline.health._leaving import leaving
from tearline.health._middleware import HealthMiddleware

__all__ = ["HealthMiddleware", "leaving"]
