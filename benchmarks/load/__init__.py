"""What a shop still answers in time when once, twice and four times as much is asked of it as it can answer."""

from typing import Final

KEY: Final = "BENCHMARK_KEY"
"""The variable that holds the crowd's API key."""
