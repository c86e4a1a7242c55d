"""Celery's workers with the listener of the benchmark: `celery -A benchmarks.waking worker`."""

from typing import Any

from celery import signals

from config.celery import app

__all__ = ["app"]


@signals.import_modules.connect
def declare_the_listener(**_: Any) -> None:
    """After config.celery's own receiver, which sets Django up."""
    from benchmarks import noticing  # noqa: F401 - declares the event and who listens
