"""Who may ask and hear whom is read from where the linter reads it."""

from pathlib import Path

import pytest
from django.conf import settings

from tearline.boundaries import asked_by_modules, heard_by_modules

DECLARED = """
[importlinter:contract:doors]
ignore_imports =
    # orders asks
    modules.orders.** -> modules.payments.facade
    modules.orders.** -> modules.payments.contracts
    modules.orders.** -> modules.catalog.facade
    modules.orders.** -> modules.payments.events
    modules.payments.** -> modules.orders.contracts
    modules.shipping.** -> modules.orders.events
    # modules.shipping.** -> modules.catalog.facade
    config.landing.** -> modules.catalog.facade
    tests.** -> modules.*.facade
"""


@pytest.fixture
def declared(tmp_path: Path) -> Path:
    file = tmp_path / ".importlinter"
    file.write_text(DECLARED)
    return file


def test_who_goes_by_a_facade_asks_and_a_comment_declares_nothing(declared: Path) -> None:
    assert asked_by_modules(declared) == {"orders": ["catalog", "payments"]}


def test_who_goes_by_events_hears(declared: Path) -> None:
    assert heard_by_modules(declared) == {"orders": ["payments"], "shipping": ["orders"]}


def test_what_this_repository_declares_is_read() -> None:
    ours = settings.BASE_DIR / ".importlinter"
    assert {"catalog", "inventory", "payments"} <= {*asked_by_modules(ours)["orders"]}
    assert "orders" in heard_by_modules(ours)["notifications"]


def test_a_file_without_declared_doors_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".importlinter").write_text("[importlinter]\n")
    with pytest.raises(KeyError, match="importlinter:contract:doors"):
        asked_by_modules(tmp_path / ".importlinter")
