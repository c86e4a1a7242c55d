"""What modules have added to journeys when they left, as it was measured and kept in a file."""

from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from tearline.journeys import NotKept
from tearline.readiness._report import Departure

Departures = dict[str, Departure]
"""By module."""

_DEPARTURES = TypeAdapter(Departures)


def keep_departures(measured: Departures, file: Path) -> None:
    """Beside those of other modules that are kept already. Raises NotKept."""
    found = (kept_departures(file) if file.exists() else {}) | measured
    file.write_bytes(_DEPARTURES.dump_json(dict(sorted(found.items())), indent=2) + b"\n")


def kept_departures(file: Path) -> Departures:
    """Raises NotKept."""
    try:
        return _DEPARTURES.validate_json(file.read_bytes())
    except OSError as error:
        raise NotKept(f"{file}: {error.strerror}") from error
    except ValidationError as error:
        raise NotKept(f"{file} is not one of departures: {error.errors()[0]['msg']}") from error
