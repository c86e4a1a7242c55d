"""One slow target does not get hold of every thread."""

import pytest

from tearline.resilience import NotAsked, deadline
from tearline.resilience._bulkhead import Bulkhead


@pytest.fixture
def narrow() -> Bulkhead:
    return Bulkhead("till", 1, full="callers full")


def test_who_finds_no_place_is_turned_away_and_nothing_has_happened(narrow: Bulkhead) -> None:
    with narrow.place(patience=0), pytest.raises(NotAsked) as full, narrow.place(patience=0):
        pytest.fail("there was a place for two")
    assert (full.value.target, full.value.because, full.value.maybe_done) == ("till", "callers full", False)
    assert full.value.retry_after


def test_a_place_is_free_again_whatever_happened_there(narrow: Bulkhead) -> None:
    with pytest.raises(KeyError), narrow.place(patience=0):
        raise KeyError
    with narrow.place(patience=0):
        """There is room."""


def test_nobody_waits_for_a_place_beyond_their_deadline(narrow: Bulkhead) -> None:
    with narrow.place(patience=0), deadline(0.02), pytest.raises(NotAsked), narrow.place(patience=60):
        pytest.fail("there was a place for two")
