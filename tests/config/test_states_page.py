"""docs/states.md is drawn from the tables that the code goes by."""

from pathlib import Path

from tearline.states import page

ROOT = Path(__file__).parents[2]


def test_the_page_shows_the_tables_as_they_are() -> None:
    assert (ROOT / "docs/states.md").read_text() == page(), "python manage.py states > docs/states.md"
