"""What may cross a facade: frozen values, and the two ways to fail.

    Exception
    ├── Refusal        "no": it did not happen, and asking again will not help
    │   ├── KeyReused  the idempotency key was used for another request
    │   └── Undone     the command was undone under this key before it could be done
    └── Unavailable    no answer: nobody knows whether it happened; ask again under the same key
        └── KeyInFlight  a command with this key is being carried out right now

Nothing here knows Django, so that the files that use only this can be handed to any Python program.
"""

import dataclasses
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Self, dataclass_transform

import uuid_utils
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    TypeAdapter,
    ValidationError,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema

Version = Annotated[
    int | None,
    Field(ge=1, strict=True, description="As it was seen. Another version by now: 409. Null: any."),
]
"""Of what is to be changed."""

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u


class Contract(BaseModel):
    """A frozen value that crosses a facade, as JSON both ways.

    Unknown fields are ignored on reading, so that a newer peer may say more than an older one understands.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")


def flaw_at(*place: str | int, says: str) -> ValidationError:
    """What a validator raises of a rule that parts of its value keep together: it is told of the one at that place.

    >>> raise flaw_at("lines", 3, "sku", says="a SKU is there once")
    """
    flaw = InitErrorDetails(type=PydanticCustomError("value_error", says), loc=place, input=None)
    return ValidationError.from_exception_data("flaw", [flaw])


class Id(str):
    """An opaque, sortable identifier such as `ord_01jd…`: a prefix and a UUIDv7 in 26 characters of base 32.

    >>> class OrderId(Id, prefix="ord"): ...
    """

    prefix: ClassVar[str]
    _pattern: ClassVar[re.Pattern[str]]

    def __init_subclass__(cls, *, prefix: str) -> None:
        cls.prefix = prefix
        cls._pattern = re.compile(rf"{prefix}_[0-7][{_ALPHABET}]{{25}}")

    @classmethod
    def new(cls) -> Self:
        """A fresh id. Ids made later sort later, to the millisecond."""
        number = uuid_utils.uuid7().int
        return cls(f"{cls.prefix}_{''.join(_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueError when the text is not an id of this kind."""
        if not cls._pattern.fullmatch(text):
            raise ValueError(f"not an id of the form {cls.prefix}_…")
        return cls(text)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(cls.parse, core_schema.str_schema())

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {
            "type": "string",
            "pattern": f"^{cls._pattern.pattern}$",
            "example": f"{cls.prefix}_01jdc3k5v8e1xszq4b7m2n9htw",
        }


def _written_out(value: Any) -> Any:
    """A number would be taken for seconds since 1970, and nobody says that numbers are times."""
    if isinstance(value, int | float) or (isinstance(value, str) and not re.match(r"\d{4}-\d\d-\d\d", value)):
        raise ValueError("write it as RFC 3339 has it: 2026-11-23 or 2026-11-23T12:00:00Z")
    return value


def _in_utc(moment: datetime) -> datetime:
    """Not every database takes every zone: PostgreSQL knows none that is 16 hours away."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("there is no such time in UTC") from None


Moment = Annotated[AwareDatetime, BeforeValidator(_written_out), AfterValidator(_in_utc)]
"""A time that somebody tells us: RFC 3339, with a zone. Read, it is in UTC."""

Day = Annotated[date, BeforeValidator(_written_out)]
"""A day that somebody tells us: RFC 3339."""


class EventId(Id, prefix="evt"):
    """Names one announcement of one domain event."""


# ISO 4217: in these currencies the minor unit is the unit itself, or a thousandth of it; in all others a hundredth.
_WHOLE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND"


class Money(Contract):
    """An amount in the currency's minor unit (cents for EUR, yen for JPY), never a float."""

    amount: int = Field(
        strict=True, ge=-(10**15), le=10**15, description="In minor units: 1999 is EUR 19.99.", examples=[1999]
    )
    currency: str = Field(pattern=r"^[A-Z]{3}$", description="ISO 4217.", examples=["EUR"])

    def __add__(self, other: "Money") -> "Money":
        """Raises ValueError when the currencies differ."""
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Money(amount=self.amount + other.amount, currency=self.currency)

    def times(self, quantity: int) -> "Money":
        return Money(amount=self.amount * quantity, currency=self.currency)

    def __str__(self) -> str:
        """For a person: EUR 19.99, JPY 1999."""
        decimals = 0 if self.currency in _WHOLE else 3 if self.currency in _THOUSANDTHS else 2
        return f"{self.currency} {Decimal(self.amount).scaleb(-decimals):f}"


@dataclass_transform(kw_only_default=True, eq_default=False)
class Refusal(Exception):
    """The answer "no": it did not happen, and asking again will not help.

    A subclass declares its fields like a dataclass, the sentence it says, and the HTTP status of its kind: 409 when the
    state of things forbids it, 422 when the request breaks a rule, 404 when there is no such thing.

    >>> class OutOfStock(Refusal, says="Only {available} of {sku} are left.", status=409):
    ...     sku: str
    ...     available: int
    """

    code: ClassVar[str]
    says: ClassVar[str]
    status: ClassVar[int]
    kinds: ClassVar[dict[str, type["Refusal"]]] = {}

    replayed = False
    """Whether it had been refused so before, under the same key. Does not cross the facade."""

    def __init_subclass__(cls, *, says: str, status: int = 422, code: str | None = None) -> None:
        """`code` is stable for ever; give it when the class is renamed. By default `<module>.<name_in_snake_case>`.

        Raises TypeError when a field has a name that refusals use themselves, or the code is another refusal's.
        """
        dataclasses.dataclass(eq=False, kw_only=True)(cls)
        cls.says, cls.status, cls.code = says, status, code or _code_of(cls)
        own = {*dir(Refusal), *Refusal.__annotations__}
        if taken := [field.name for field in dataclasses.fields(cls) if field.name in own]:  # type: ignore[arg-type]
            raise TypeError(f"{cls.__name__}: refusals have a {', '.join(taken)} of their own")
        known = Refusal.kinds.get(cls.code, cls)
        if (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
            raise TypeError(f"{cls.__name__}: the code {cls.code} is taken by {known.__module__}.{known.__qualname__}")
        Refusal.kinds[cls.code] = cls

    @property
    def detail(self) -> str:
        """One sentence for a person."""
        return self.says.format(**self.__dict__)

    @property
    def announcements(self) -> tuple[Contract, ...]:
        """The events that are published although nothing was done. They do not cross the facade."""
        events: tuple[Contract, ...] = getattr(self, "_announcements", ())
        return events

    def announcing(self, *events: Contract) -> Self:
        """Have these events published with the refusal, while everything else that was written is taken back."""
        object.__setattr__(self, "_announcements", events)
        return self

    def to_json(self) -> dict[str, Any]:
        """{"code": …, "detail": …, "fields": {…}}"""
        fields = TypeAdapter(type(self)).dump_python(self, mode="json")
        return {"code": self.code, "detail": self.detail, "fields": fields}

    @staticmethod
    def from_json(told: dict[str, Any]) -> "Refusal":
        """The same refusal again; an UnknownRefusal when a newer peer used a code or fields that we do not know."""
        unknown = UnknownRefusal(told_code=told["code"], told_detail=told["detail"])
        try:
            refusal: Refusal = TypeAdapter(Refusal.kinds[told["code"]]).validate_python(told["fields"])
        except (KeyError, ValidationError):
            return unknown
        return refusal

    def __str__(self) -> str:
        return self.detail

    def __reduce__(self) -> tuple[Any, ...]:
        return Refusal.from_json, (self.to_json(),)


def _code_of(kind: type) -> str:
    place = kind.__module__.split(".")
    owner = place[1] if place[0] == "modules" else place[0]
    return f"{owner}.{re.sub(r'(?<=[a-z0-9])(?=[A-Z])', '_', kind.__name__).lower()}"


class UnknownRefusal(Refusal, says="{told_detail}", status=409):
    """A refusal of a kind that this process has no class for."""

    told_code: str
    told_detail: str


class KeyReused(Refusal, says="The key {key} was used before, for another request.", status=422):
    """Same idempotency key, other request. Nothing was done."""

    key: str


class Undone(Refusal, says="What the key {key} stands for has been undone.", status=409):
    """The command comes too late: it was undone under this key, and stays undone."""

    key: str


class Unavailable(Exception):
    """No answer. Ask again under the same key, and be ready to undo.

    `maybe_done`: false only when it is certain that nothing happened. `retry_after`: seconds, when the peer said so.
    """

    def __init__(self, detail: str, *, maybe_done: bool = True, retry_after: float | None = None) -> None:
        super().__init__(detail, maybe_done, retry_after)
        self.detail = detail
        self.maybe_done = maybe_done
        self.retry_after = retry_after

    def __str__(self) -> str:
        return self.detail

    def __reduce__(self) -> tuple[Any, ...]:
        return _unavailable, (type(self), self.detail, self.maybe_done, self.retry_after)


def _unavailable(kind: type[Unavailable], detail: str, maybe_done: bool, retry_after: float | None) -> Unavailable:
    return kind(detail, maybe_done=maybe_done, retry_after=retry_after)


class KeyInFlight(Unavailable):
    """A command with this key is being carried out right now."""
