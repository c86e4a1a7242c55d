"""The carrier in the box keeps its word."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pytest_django import Settings

from modules.shipping.adapters import Parcel, carrier
from modules.shipping.adapters.simulated import SimulatedCarrier
from modules.shipping.contracts import ShipmentId, ShipmentLine
from modules.shipping.tests.peers import ADA


@pytest.fixture(autouse=True)
def fresh_books(settings: Settings, tmp_path: Path) -> None:
    settings.VAR = tmp_path


def parcel() -> Parcel:
    return Parcel(reference=ShipmentId.new(), ship_to=ADA, lines=(ShipmentLine(sku="MUG-BLUE", quantity=2),))


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


def test_its_books_are_in_the_outside_world_and_name_nobody(tmp_path: Path) -> None:
    SimulatedCarrier().buy_label(parcel())

    assert b"Ada" not in (tmp_path / "outside" / "carrier.sqlite3").read_bytes()


def test_the_settings_name_the_carrier(db: None) -> None:
    label = carrier().buy_label(parcel())

    assert list(SimulatedCarrier().labels().values()) == [label.tracking_number]
