"""Variables of the environment, each read as what it should be. Whoever gets one wrong is told which, by its name."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Generic, Literal, TypeVar

from django.core.exceptions import ImproperlyConfigured
from pydantic import Field, StringConstraints, TypeAdapter, ValidationError

T = TypeVar("T")


@dataclass(frozen=True)
class Kind(Generic[T]):
    """What a variable may hold: `accepts` tells pydantic, `means` tells people. A secret is not shown."""

    accepts: Any
    means: str
    is_json: bool = False
    is_secret: bool = False

    def parsed(self, held: str) -> T:
        """Raises ValidationError."""
        adapter: TypeAdapter[T] = TypeAdapter(self.accepts)
        return adapter.validate_json(held) if self.is_json else adapter.validate_strings(held)


def read(variable: str, kind: Kind[T], default: T) -> T:
    """What it holds, or the default when that is nothing. Raises ImproperlyConfigured."""
    held = text(variable)
    if not held:
        return default
    try:
        return kind.parsed(held)
    except ValidationError:
        shown = "" if kind.is_secret else f"is {held!r}, and "
        raise ImproperlyConfigured(f"{variable} {shown}should be {kind.means}") from None


def text(variable: str, default: str = "") -> str:
    """What it holds, whatever that is; or the default."""
    return os.environ.get(variable) or default


def _matching(pattern: str) -> Any:
    return Annotated[str, StringConstraints(pattern=pattern)]


def _url(*schemes: str, means: str, is_secret: bool = False) -> Kind[str]:
    return Kind(_matching(rf"^({'|'.join(schemes)})://[^\s]+$"), means, is_secret=is_secret)


# Words and numbers

FLAG = Kind[bool](bool, "1 or 0")
HOW_MANY = Kind[int](Annotated[int, Field(ge=0, le=1_000_000)], "a whole number from 0 to 1000000")
AT_LEAST_ONE = Kind[int](Annotated[int, Field(ge=1, le=1_000_000)], "a whole number from 1 to 1000000")
PORT = Kind[int](Annotated[int, Field(ge=1, le=65_535)], "a port from 1 to 65535")
SECONDS = Kind[float](Annotated[float, Field(ge=0, allow_inf_nan=False)], "a number of seconds from 0 on")
FACTOR = Kind[float](Annotated[float, Field(ge=0.001, le=1e12)], "a number from 0.001 to 1e12, as 86400")
BINDING = Kind[str](Literal["direct", "wire", "http"], "direct, wire or http")

# Addresses

URL = _url("https?", means="a URL, as in https://shop.example")
REDIS = _url("rediss?", "unix", means="the URL of a Redis, as in redis://127.0.0.1:6379/0", is_secret=True)
BROKER = _url(
    *("rediss?", "unix", "kafka"),
    means="the URL of a broker, as in redis://127.0.0.1:6379/0 or kafka://127.0.0.1:9092",
    is_secret=True,
)
LISTEN = Kind[str](_matching(r"^\S+:\d{1,5}$"), "<host>:<port>, as in 127.0.0.1:9000")
ADDRESS = Kind[str](_matching(r"^[^<>@\s]+@[^<>@\s]+$"), "an e-mail address")
SENDER = Kind[str](
    _matching(r"^([^<>@\s]+@[^<>@\s]+|[^<>]*<[^<>@\s]+@[^<>@\s]+>)$"),
    "an e-mail address, as in shop@shop.example or Shop <shop@shop.example>",
)
PHONE = Kind[str](_matching(r"^\+[1-9]\d{6,14}$"), "a phone number as in +4930123456")

# JSON

_Country = Annotated[str, StringConstraints(pattern=r"^([A-Z]{2}|\*)$")]
_Currency = Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")]
_NotNegative = Annotated[int, Field(ge=0)] | Annotated[float, Field(ge=0, allow_inf_nan=False)]
NUMBERS = Kind[dict[str, Any]](dict[str, _NotNegative], 'numbers by their names, as JSON: {"tries": 3}', is_json=True)
KEYS = Kind[dict[str, Any]](dict[str, Any], 'JSON, as in {"POSTMARK_SERVER_TOKEN": "…"}', is_json=True, is_secret=True)
PERCENT = Kind[Mapping[str, Decimal]](
    dict[_Country, Annotated[Decimal, Field(ge=0, le=100)]],
    'percents by country, or *, as JSON: {"DE": "19", "*": "0"}',
    is_json=True,
)
CHARGES = Kind[Mapping[str, int]](
    dict[_Currency, Annotated[int, Field(ge=0)]],
    'whole minor units by currency, as JSON: {"EUR": 490} is 4.90',
    is_json=True,
)
