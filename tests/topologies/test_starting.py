"""What a process of several is told when it cannot start."""

import secrets
import sys

import pytest

from tests.processes import running


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"TEARLINE_SERVICE_KEYS": "", "DEBUG": "0"}, "TEARLINE_SERVICE_KEYS must be given"),
        ({"TEARLINE_SERVICE_KEYS": "too-short"}, "a key has 32 characters at least"),
        ({"TEARLINE_PROCESS": "shopp"}, "there is no [processes.shopp]; known are: shop, till"),
        ({"TEARLINE_TOPOLOGY_FILE": "nowhere.toml"}, "nowhere.toml: cannot be read"),
    ],
)
def test_a_process_that_cannot_be_one_of_several_does_not_start(
    two: dict[str, str], environ: dict[str, str], said: str
) -> None:
    usual = {"TEARLINE_PROCESS": "shop", "SECRET_KEY": secrets.token_urlsafe(50), "ALLOWED_HOSTS": "localhost"}
    with running([sys.executable, "manage.py", "worker"], two | usual | environ) as process:
        process.wait_for(said)
        assert process.end() == 1
