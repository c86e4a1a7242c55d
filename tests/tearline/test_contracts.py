"""Values and refusals that cross facades."""

import copy
import pickle
import subprocess
import sys
from datetime import UTC, date, datetime
from typing import Self

import pytest
from pydantic import TypeAdapter, ValidationError, model_validator

from tearline.contracts import (
    Contract,
    Day,
    Id,
    KeyInFlight,
    KeyReused,
    Moment,
    Money,
    Refusal,
    Unavailable,
    Undone,
    UnknownRefusal,
    flaw_at,
)
from tests.tearline.specimen import Thing, TooMany


class CrateId(Id, prefix="crt"):
    """Names a crate."""


class Crate(Contract):
    """Carries its id."""

    id: CrateId


def test_a_contract_is_frozen_and_reads_what_a_newer_peer_says() -> None:
    thing = Thing.model_validate_json('{"name": "box", "colour": "newer peers know colours"}')
    assert thing == Thing(name="box")
    with pytest.raises(ValidationError):
        thing.name = "crate"  # type: ignore[misc]


class Stack(Contract):
    """Crates that must not be one crate."""

    crates: list[Crate]

    @model_validator(mode="after")
    def _differ(self) -> Self:
        raise flaw_at("crates", 1, "id", says="it lies below {already}")


def test_what_breaks_a_rule_of_several_parts_is_told_where_it_is_however_deep() -> None:
    crates = [{"id": CrateId.new()}]
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(dict[str, Stack]).validate_python({"left": {"crates": crates}})
    [flaw] = refused.value.errors(include_url=False)
    assert (flaw["loc"], flaw["type"], flaw["msg"]) == (
        ("left", "crates", 1, "id"), "value_error", "it lies below {already}",
    )  # fmt: skip


def test_ids_are_typed_sortable_and_survive_json() -> None:
    first, later = CrateId.new(), CrateId.new()
    assert len(first) == len("crt_") + 26
    assert first[:10] <= later[:10]
    assert Crate.model_validate_json(Crate(id=first).model_dump_json()).id == first
    assert type(Crate.model_validate({"id": str(first)}).id) is CrateId


@pytest.mark.parametrize(
    "text", ["", "crt_", "box_01jdc3k5v8e1xszq4b7m2n9htw", "crt_81jdc3k5v8e1xszq4b7m2n9htw", "crt_01JDC"]
)
def test_what_is_not_an_id_of_the_kind_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an id of the form crt_"):
        CrateId.parse(text)


def test_a_moment_is_read_in_utc_however_far_away_its_zone_is() -> None:
    read = TypeAdapter(Moment).validate_python("2026-11-23T12:00:00-20:05")
    assert (read, read.tzinfo) == (datetime(2026, 11, 24, 8, 5, tzinfo=UTC), UTC)
    assert TypeAdapter(Day).validate_python("2026-11-23") == date(2026, 11, 23)


@pytest.mark.parametrize("told", [0, 0.5, "0", "1e3", True, "2026-11-23T12:00:00", "0001-01-01T00:00:00+14:00"])
def test_what_is_not_a_time_with_a_zone_in_rfc_3339_is_no_moment(told: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Moment).validate_python(told)


@pytest.mark.parametrize("told", [0, "0", "20000", "23.11.2026"])
def test_what_is_not_written_as_in_rfc_3339_is_no_day(told: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Day).validate_python(told)


def test_money_is_whole_minor_units_of_one_currency() -> None:
    assert Money(amount=1999, currency="EUR").times(3) + Money(amount=1, currency="EUR") == Money(
        amount=5998, currency="EUR"
    )
    with pytest.raises(ValueError, match="cannot add JPY to EUR"):
        Money(amount=1, currency="EUR") + Money(amount=1, currency="JPY")
    with pytest.raises(ValidationError):
        Money.model_validate({"amount": 19.99, "currency": "EUR"})


def test_a_refusal_says_a_sentence_and_comes_back_from_json_as_itself() -> None:
    told = TooMany(name="box", count=12).to_json()
    again = Refusal.from_json(told)
    assert told == {
        "code": "specimen.too_many",
        "detail": "12 of box do not fit.",
        "fields": {"name": "box", "count": 12},
    }
    assert isinstance(again, TooMany)
    assert (again.name, again.count, again.status, str(again)) == ("box", 12, 409, "12 of box do not fit.")


@pytest.mark.parametrize(
    "told",
    [
        {"code": "newer.too_blue", "detail": "Azure is too blue.", "fields": {}},
        {"code": "specimen.too_many", "detail": "Azure is too blue.", "fields": {"renamed": "box"}},
    ],
)
def test_a_refusal_that_we_do_not_know_is_still_a_refusal(told: dict[str, object]) -> None:
    unknown = Refusal.from_json(told)
    assert isinstance(unknown, UnknownRefusal)
    assert (unknown.told_code, unknown.detail) == (told["code"], "Azure is too blue.")


@pytest.mark.parametrize("again", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])
@pytest.mark.parametrize(
    "error",
    [
        TooMany(name="box", count=12),
        KeyReused(key="k"),
        Undone(key="k"),
        UnknownRefusal(told_code="a.b", told_detail="c"),
    ],
)
def test_refusals_can_be_copied_and_pickled(error: Refusal, again: object) -> None:
    copied = again(error)  # type: ignore[operator]
    assert type(copied) is type(error)
    assert copied.to_json() == error.to_json()


def test_unavailable_can_be_pickled_with_all_that_it_knows() -> None:
    copied = pickle.loads(pickle.dumps(KeyInFlight("busy", maybe_done=False, retry_after=2.5)))
    assert type(copied) is KeyInFlight
    assert (str(copied), copied.maybe_done, copied.retry_after) == ("busy", False, 2.5)
    assert not issubclass(Unavailable, Refusal)


@pytest.mark.parametrize("name", ["code", "says", "status", "detail", "announcements", "replayed", "args"])
def test_a_refusal_cannot_have_a_field_that_refusals_use_themselves(name: str) -> None:
    with pytest.raises(TypeError, match=f"refusals have a {name} of their own"):
        type("Odd", (Refusal,), {"__annotations__": {name: str}}, says="Odd.", code="specimen.odd")
    assert "specimen.odd" not in Refusal.kinds


def test_two_refusals_cannot_have_one_code() -> None:
    with pytest.raises(TypeError, match=r"the code specimen.too_many is taken by tests.tearline.specimen.TooMany"):

        class Other(Refusal, says="Other.", code="specimen.too_many"):
            """Takes what is taken."""

    assert Refusal.kinds["specimen.too_many"] is TooMany


def test_contracts_events_and_facades_can_be_handed_to_a_program_without_django() -> None:
    program = """
import sys
import tearline.contracts, tearline.events, tearline.facades
assert not any(name.split(".")[0] in ("django", "ninja", "psycopg") for name in sys.modules)
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_an_id_tells_its_form_to_readers_of_the_api() -> None:
    assert TypeAdapter(CrateId).json_schema()["pattern"] == "^crt_[0-7][0123456789abcdefghjkmnpqrstvwxyz]{25}$"


@pytest.mark.parametrize(
    ("amount", "currency", "spelled"),
    [
        (1999, "EUR", "EUR 19.99"),
        (5, "USD", "USD 0.05"),
        (0, "EUR", "EUR 0.00"),
        (1999, "JPY", "JPY 1999"),
        (1999, "KWD", "KWD 1.999"),
        (10**15, "EUR", "EUR 10000000000000.00"),
    ],
)
def test_amounts_are_spelled_by_their_currency(amount: int, currency: str, spelled: str) -> None:
    assert str(Money(amount=amount, currency=currency)) == spelled
