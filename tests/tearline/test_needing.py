"""Commands that need what is only installed for tests say so where it is not."""

import sys

import pytest
from django.core.management import CommandError, call_command


@pytest.mark.parametrize(
    ("command", "package"),
    [
        (("startmodule", "loyalty"), "tomlkit"),
        (("extract", "payments", "--to", "nowhere"), "hatchling"),
        (("boundaries", "check"), "grimp"),
    ],
)
def test_what_is_not_installed_is_named_with_what_installs_it(
    monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], package: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(CommandError, match=rf"^{package} is needed to .* Run: make \.venv/\.tests$"):
        call_command(*command)
