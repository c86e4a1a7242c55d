"""What is planted is found, each by the check that is there for it, and nothing where there is nothing."""

from typing import Any

import pytest

from tearline.api.keys import issue
from tests.fuzz.decided import DECISIONS
from tests.fuzz.fuzzing import Guise, described, fuzz
from tests.fuzz.planted import THEIRS

FOUND_AS = {
    "GET /api/v1/pots/crashes": "ServerError",
    "GET /api/v1/pots/lies": "JsonSchemaError",
    "GET /api/v1/pots/undescribed": "Undescribed",
    "POST /api/v1/pots/lax": "AcceptedNegativeData",
    "POST /api/v1/pots/keyless": "MissingHeaderNotRejected",
    "POST /api/v1/pots/picky": "RejectedPositiveData",
    "GET /api/v1/pots/open": "IgnoredAuth",
    "GET /api/v1/pots/theirs": "Leaked",
}


@pytest.mark.urls("tests.fuzz.planted")
def test_what_is_planted_is_found_and_nothing_else(live_server: Any, seed: int) -> None:
    _, token = issue(name="planted", scopes=["planted:read"])
    guise = Guise("somebody", token, kept=frozenset({THEIRS}))

    found = fuzz(described(live_server.url, guise, seed=seed, examples=40), guise)

    assert not found.left_out
    kinds = {(wrong.operation, wrong.kind) for wrong in found.failures}
    assert kinds >= set(FOUND_AS.items())
    assert {operation for operation, _ in kinds} == FOUND_AS.keys(), found.said()


def test_no_decision_hides_more_than_that_something_valid_was_refused() -> None:
    assert {decision.failure for decision in DECISIONS} == {"RejectedPositiveData"}
    assert all(decision.because for decision in DECISIONS)
