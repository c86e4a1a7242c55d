"""What a process needs in order to be one of several, and is refused at start without."""

import dataclasses

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from tearline.facades._reach import need_policies, refuse_out_of_reach
from tearline.resilience import _declared
from tearline.topology import Process, Topology, TopologyError

SHOP = Process(name="shop", modules=("orders", "catalog", "inventory", "shipping", "notifications"))
TILL = Process(name="till", modules=("payments",), url="http://till.internal:8000")


@pytest.fixture(autouse=True)
def _apart(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The till is a process of its own."""
    be(settings, SHOP, TILL)
    settings.DEBUG = False
    monkeypatch.setattr(_declared, "needed", dict(_declared.needed))


def be(settings: Settings, *processes: Process) -> None:
    """Have these processes, and be the first one."""
    settings.TEARLINE_TOPOLOGY = Topology(processes=processes, process=processes[0])


def test_two_processes_with_keys_and_an_address_for_who_is_called_are_fit() -> None:
    refuse_out_of_reach()


def test_who_is_called_elsewhere_needs_a_policy_and_who_is_here_needs_none(settings: Settings) -> None:
    need_policies()
    outside = {name for name in _declared.needed if "." in name}
    assert _declared.needed.keys() - outside == {"payments"}
    be(settings, TILL)
    settings.TEARLINE_ALLOWED_CALLS = {"orders": ["payments"]}
    _declared.needed.clear()
    need_policies()
    assert _declared.needed == {}


def test_several_processes_without_keys_are_refused(settings: Settings) -> None:
    settings.TEARLINE_SERVICE_KEYS = []
    with pytest.raises(ImproperlyConfigured, match="TEARLINE_SERVICE_KEYS must be given"):
        refuse_out_of_reach()


def test_in_development_they_may_start_without(settings: Settings) -> None:
    settings.TEARLINE_SERVICE_KEYS = []
    settings.DEBUG = True
    refuse_out_of_reach()


def test_a_single_process_needs_none(settings: Settings) -> None:
    settings.TEARLINE_SERVICE_KEYS = []
    be(settings, dataclasses.replace(SHOP, modules=(*SHOP.modules, *TILL.modules)))
    refuse_out_of_reach()


def test_a_key_that_could_be_guessed_is_refused(settings: Settings) -> None:
    settings.TEARLINE_SERVICE_KEYS = ["k" * 32, "k" * 31]
    with pytest.raises(ImproperlyConfigured, match="32 characters at least"):
        refuse_out_of_reach()


def test_who_is_called_needs_an_address(settings: Settings) -> None:
    be(settings, SHOP, dataclasses.replace(TILL, url=None))
    with pytest.raises(ImproperlyConfigured, match=r"orders calls payments: \[processes.till\] needs a url"):
        refuse_out_of_reach()


def test_who_is_called_by_nobody_here_needs_none(settings: Settings) -> None:
    be(settings, SHOP, dataclasses.replace(TILL, url=None))
    settings.TEARLINE_ALLOWED_CALLS = {"orders": ["catalog"], "nobody who runs here": ["payments"]}
    refuse_out_of_reach()


def test_who_is_called_must_be_somewhere(settings: Settings) -> None:
    be(settings, SHOP)
    with pytest.raises(TopologyError, match="no process hosts payments"):
        refuse_out_of_reach()
