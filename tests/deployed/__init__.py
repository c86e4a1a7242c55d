"""Whole processes, started as a deployment starts them: what they do together, and how they end.

`make deployed` runs these on both engines, and .ci/run after everything else. They take minutes, so `make test` leaves
them out: what one process does by itself is tested where it belongs, without starting another.
"""
