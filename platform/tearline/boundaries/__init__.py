"""Who may go to whom, and by which ways modules go to each other all the same.

What modules have declared of each other stands in .importlinter (`_declared`). Imports are only one of the ways in
which one Django module reaches another, so `manage.py boundaries check` looks at all that can be seen without running
the code: `_checking` lists them, each a function in a file named after what it reads. What only shows at run time (a
name that is put together, a model that slipped through) is caught in tests by the guard on SQL in `tearline.testing`.
"""

from tearline.boundaries._declared import (
    DOORS,
    ELSEWHERE,
    Declared,
    allowed_calls,
    asked_by_modules,
    heard_by_modules,
)
from tearline.boundaries._finding import ANY, Finding

__all__ = ["ANY", "DOORS", "ELSEWHERE", "Declared", "Finding", "allowed_calls", "asked_by_modules", "heard_by_modules"]
