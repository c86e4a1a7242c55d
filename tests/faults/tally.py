"""How much has been proven: counted where it happens, by each run, and added up when all have ended.

`python -m tests.faults.tally` ends with 1 unless both engines' runs have ended, nothing was wrong and every planted bug
was noticed.
"""

import json
import sys
from collections import Counter

from tests.processes import ROOT

FOLDER = ROOT / "var" / "proven"
RUNS = ("sqlite", "postgres")

counted: Counter[str] = Counter()
"""Of this run: kills, cuts, other faults, violations; bugs that were planted, and those of them that were noticed; how
many came at once, and for what."""


def count(what: str, times: int = 1) -> None:
    counted[what] += times


def write(run: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{run}.json").write_text(json.dumps(counted))


def added_up() -> Counter[str]:
    """Of all runs. A run that left nothing behind did not end, which is a violation."""
    total: Counter[str] = Counter()
    for run in RUNS:
        told = FOLDER / f"{run}.json"
        total.update(json.loads(told.read_text()) if told.exists() else {"violations": 1})
    return total


def line(total: Counter[str]) -> str:
    return ", ".join(f"{total[what]} {what}" for what in ("kills", "cuts", "faults", "violations"))


def crowds(total: Counter[str]) -> str:
    """What was seen of many at once."""
    return (
        f"{total['buyers']} buyers for {total['pieces']} pieces: {total['sold']} sold;"
        f" at once {total['carts']} carts, {total['repeats']} repeats, {total['refunds']} refunds,"
        f" {total['webhooks']} webhooks"
    )


def proven(total: Counter[str]) -> bool:
    """Nothing was wrong, it would have been noticed, and there was a crowd to go wrong with."""
    noticed = 0 < total["planted"] == total["noticed"]
    sold = 0 < total["pieces"] == total["sold"]
    return not total["violations"] and noticed and sold and total["kills"] > 0


def main() -> None:
    total = added_up()
    print(f"{total['noticed']} of {total['planted']} planted bugs noticed")  # noqa: T201 - it is what was asked for
    print(crowds(total))  # noqa: T201
    print(line(total))  # noqa: T201
    sys.exit(not proven(total))


if __name__ == "__main__":
    main()
