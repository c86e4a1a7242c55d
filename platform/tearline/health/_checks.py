"""What was found, by what was looked at."""

from typing import Any

Checks = dict[str, dict[str, Any]]
"""By name: a `status` of "ok", "warning" or "failed", and what more there is to say."""
