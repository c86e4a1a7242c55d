"""How fast Tearline is, always beside its limit measured in the same run; docs/benchmarks.md says how to read it.

    make bench                                  # everything but the peers
    make bench-peers                            # the bare workflow beside DBOS and a Celery chain
    python -m benchmarks orders --quick         # one of them, short

A contest runs in children: each contestant is a process (or several) that lives for the whole run and works only when
it is told to, so that repetitions can take turns.
"""

from pathlib import Path

ROOT = Path(__file__).parents[1]
"""Of the repository."""
