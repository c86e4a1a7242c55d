"""Who may ask and hear whom is read from where the linter reads it."""

from pathlib import Path

import pytest
from django.conf import settings

from tearline.boundaries import asked_by_modules, heard_by_modules

DECLARED = settings.BASE_DIR / ".importlinter"


def test_who_asks_whom() -> None:
    assert asked_by_modules(DECLARED) == {
        "notifications": ["orders"],
        "orders": ["catalog", "inventory", "payments", "shipping"],
        "shipping": ["orders"],
    }


def test_who_hears_whom() -> None:
    assert heard_by_modules(DECLARED) == {
        "inventory": ["orders", "shipping"],
        "notifications": ["inventory", "orders", "payments", "shipping"],
        "orders": ["payments", "shipping"],
        "shipping": ["orders"],
    }


def test_a_new_line_is_a_new_dependency_and_a_comment_is_none(tmp_path: Path) -> None:
    file = tmp_path / ".importlinter"
    file.write_text(
        DECLARED.read_text().replace(
            "ignore_imports =",
            "ignore_imports =\n    modules.payments.** -> modules.catalog.facade\n"
            "    # modules.payments.** -> modules.shipping.facade",
            1,
        )
    )
    assert asked_by_modules(file)["payments"] == ["catalog"]


def test_a_file_without_declared_doors_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".importlinter").write_text("[importlinter]\n")
    with pytest.raises(KeyError, match="importlinter:contract:doors"):
        asked_by_modules(tmp_path / ".importlinter")
