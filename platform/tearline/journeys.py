"""What journeys make modules do to each other, as counted while the tests ran them and kept in a file."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError


class Counted(BaseModel):
    model_config = ConfigDict(frozen=True)


class Announced(Counted):
    """How often an event was announced, and by how many of these each other module heard of it."""

    times: int
    heard: dict[str, int]


class Writes(Counted):
    """Transactions in which a module's own rows are written. `widest`: the tables that one of them writes."""

    times: int
    widest: list[str]


class Journey(Counted):
    """`waited_for`: somebody waits for its answer, so that what it takes is felt. `of_an_order`: part of every order.

    `calls`: by caller and operation.
    """

    name: str
    waited_for: bool
    of_an_order: bool
    calls: dict[str, dict[str, int]]
    events: dict[str, Announced]
    transactions: dict[str, Writes]


class NotKept(Exception):
    """There is no such file, or it is not one of journeys."""


_JOURNEYS = TypeAdapter(list[Journey])


def keep(journeys: list[Journey], file: Path) -> None:
    file.write_bytes(_JOURNEYS.dump_json(journeys, indent=2) + b"\n")


def kept(file: Path) -> list[Journey]:
    """Raises NotKept."""
    try:
        return _JOURNEYS.validate_json(file.read_bytes())
    except OSError as error:
        raise NotKept(f"{file}: {error.strerror}") from error
    except ValidationError as error:
        raise NotKept(f"{file} is not one of journeys: {error.errors()[0]['msg']}") from error
