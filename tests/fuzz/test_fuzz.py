"""Whatever anybody asks the API: no 5xx, nothing but what its description says, and nothing that is not theirs."""

import os

import pytest

from tests.fuzz.conftest import Tell
from tests.fuzz.fuzzing import described, fuzz
from tests.fuzz.stage import GUISES, Stage

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES") or 10)
"""How many requests are made up at random for each operation, besides those that its limits suggest."""


@pytest.mark.timeout(900)
@pytest.mark.parametrize("who", GUISES)
def test_nothing_is_wrong_whatever_is_asked(who: str, stage: Stage, server: str, seed: int, tell: Tell) -> None:
    guise = GUISES[who](stage)
    found = fuzz(described(server, guise, seed=seed, examples=EXAMPLES), guise)
    tell(who, found)
    assert not found.left_out, "not asked at all"
    assert not found.failures, found.said()
