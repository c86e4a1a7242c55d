"""What speaks for and against having a module leave, from measurements: `manage.py readiness`.

`_measuring` gathers, and knows nobody's thresholds; `_deciding` judges, and measures nothing. What only people know
(`_people`) is said in a file, or is an open question. How often an order makes modules ask each other is counted while
the journeys run in tests, which keep the count in a file and fail when it is no longer so (`tearline.journeys`). What
it means for one module (`_crossing`) can be told without any database. What it came to when a module had left is kept,
too (`_departures`), and stands beside the forecast.
"""

from tearline.readiness._departures import keep_departures
from tearline.readiness._report import Departure, Longer, Report

__all__ = ["Departure", "Longer", "Report", "keep_departures"]
