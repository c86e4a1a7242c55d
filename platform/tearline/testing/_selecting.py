"""Which tests a session runs: what the other engine alone can show is left to it, and so is what shows nothing new.

A test that uses no database shows the same on every engine, so that one of them is enough. It uses one when it, or a
fixture that it asks for, asks for one of USING, or when it is marked `django_db` or as one engine's own. A test that
would use a database without saying so fails, as pytest-django refuses it: nothing can be left out unseen.

A test that is there twice, for facades called `direct` and through JSON (`wire`), shows nothing more when both engines
run both: one way on each is enough.
"""

import unittest
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from tearline.testing._places import ENGINES

MARKS = {engine: f"{engine}_only" for engine in ENGINES}
USING = frozenset({"_django_db_helper", "django_db_setup", "live_server", "engine"})
"""What all fixtures with a database come down to, `live_server` which asks for one unseen, and the engine's name."""

BINDINGS = ("direct", "wire")

_NO_PARAMETERS = SimpleNamespace(params={})

left_key = pytest.StashKey[int]()
"""How many tests show nothing here that they do not show in another run, and were left to that."""


def select(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what another engine alone can show, and what the options leave to other runs."""
    mine = MARKS[config.getoption("--database")]
    others = [mark for mark in MARKS.values() if mark != mine]
    _keep(config, items, lambda item: not any(item.get_closest_marker(mark) for mark in others))
    left = 0
    if config.getoption("--using-databases"):
        left += _keep(config, items, uses_a_database)
    if config.getoption("--using-none"):
        left += _keep(config, items, lambda item: not uses_a_database(item))
    if binding := config.getoption("--binding"):
        there = {item.nodeid for item in items}
        left += _keep(config, items, lambda item: there.isdisjoint(twins(item, binding)))
    config.stash[left_key] = left


def uses_a_database(item: pytest.Item) -> bool:
    """Whether the test may show something else on another engine."""
    marked = any(item.get_closest_marker(mark) for mark in ("django_db", *MARKS.values()))
    return marked or not isinstance(item, pytest.Function) or _asks(item)


def twins(item: pytest.Item, binding: str) -> set[str]:
    """What the same test is called in this binding, if it is one of a pair and in another binding itself."""
    parameters = getattr(item, "callspec", _NO_PARAMETERS).params.values()
    others = {other for other in BINDINGS if other != binding and other in parameters}
    test, bracket, case = item.nodeid.partition("[")
    return {test + bracket + case.replace(other, binding) for other in others}


def _asks(item: pytest.Function) -> bool:
    case = item.cls is not None and issubclass(item.cls, unittest.TestCase)  # Django's ask without a fixture
    return case or not USING.isdisjoint(item.fixturenames)


def _keep(config: pytest.Config, items: list[pytest.Item], wanted: Callable[[pytest.Item], bool]) -> int:
    """Deselect all others, and say how many those are."""
    left = [item for item in items if not wanted(item)]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if wanted(item)]
    return len(left)
