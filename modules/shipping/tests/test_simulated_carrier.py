"""The carrier in the box keeps its word."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pytest_django import Settings

from modules.shipping.adapters import Parcel, carrier
from modules.shipping.adapters.simulated import FAST, LATE, LOST, REFUSED, RETURNED, SILENT, USED, SimulatedCarrier
from modules.shipping.contracts import LabelRefused, ShipmentId, ShipmentLine
from modules.shipping.tests.peers import ADA
from tearline.contracts import Unavailable


@pytest.fixture(autouse=True)
def fresh_books(settings: Settings, tmp_path: Path) -> None:
    settings.VAR = tmp_path


def parcel(to: str = "SW1Y 4JH") -> Parcel:
    there = ADA.model_copy(update={"postal_code": to})
    return Parcel(reference=ShipmentId.new(), ship_to=there, lines=(ShipmentLine(sku="MUG-BLUE", quantity=2),))


def test_one_parcel_gets_one_label_however_often_it_is_asked_for() -> None:
    one = parcel()
    with ThreadPoolExecutor(8) as buyers:
        labels = list(buyers.map(lambda _: SimulatedCarrier().buy_label(one), range(40)))

    assert len({label.tracking_number for label in labels}) == 1
    assert SimulatedCarrier().labels() == {one.reference: labels[0].tracking_number}


def test_every_parcel_gets_a_label_of_its_own() -> None:
    bought = {SimulatedCarrier().buy_label(parcel()).tracking_number for _ in range(5)}

    assert len(bought) == 5
    assert set(SimulatedCarrier().labels().values()) == bought


@pytest.mark.parametrize(
    ("place", "ends"),
    [
        ("SW1Y 4JH", "delivered"),
        (FAST, "delivered"),
        (LATE, "delivered"),
        (LOST, "exception"),
        (RETURNED, "returned"),
        (USED, "announced"),
    ],
)
def test_a_parcel_ends_as_its_postal_code_says_and_keeps_its_label(settings: Settings, place: str, ends: str) -> None:
    settings.SHIPPING_SIMULATED_SPEED = 1e12
    one = parcel(place)
    label = SimulatedCarrier().buy_label(one)
    scans = SimulatedCarrier().track(label.tracking_number)

    assert scans[-1].status == ends
    assert [scan.at for scan in scans] == sorted(scan.at for scan in scans)
    assert not SimulatedCarrier().void_label(one.reference)


def test_a_label_is_taken_back_until_the_parcel_moves(settings: Settings) -> None:
    one = parcel()
    label = SimulatedCarrier().buy_label(one)
    for _ in range(2):
        assert SimulatedCarrier().void_label(one.reference)

    settings.SHIPPING_SIMULATED_SPEED = 1e12
    assert SimulatedCarrier().track(label.tracking_number) == ()
    assert SimulatedCarrier().voided() == {one.reference}
    assert SimulatedCarrier().void_label("shp_never_sold")


def test_some_places_get_no_label() -> None:
    with pytest.raises(LabelRefused):
        SimulatedCarrier().buy_label(parcel(REFUSED))
    with pytest.raises(Unavailable):
        SimulatedCarrier().buy_label(parcel(SILENT))
    assert SimulatedCarrier().labels() == {}


def test_its_books_are_in_the_outside_world_and_name_nobody(tmp_path: Path) -> None:
    SimulatedCarrier().buy_label(parcel())

    assert b"Lovelace" not in (tmp_path / "outside" / "carrier.sqlite3").read_bytes()


def test_the_settings_name_the_carrier(db: None) -> None:
    label = carrier().buy_label(parcel())

    assert list(SimulatedCarrier().labels().values()) == [label.tracking_number]
