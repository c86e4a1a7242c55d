"""What the gateway needs in order to lead requests elsewhere, and is refused at start without."""

from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from tearline.gateway._reach import need_policies, refuse_out_of_reach
from tearline.resilience import _declared, checks
from tearline.topology import Shift
from tests.tearline import gateways

SHIFT = Shift(name="till-next", prefix="/payments", url="http://till-next", process="till-next")


@pytest.fixture(autouse=True)
def _needed(monkeypatch: pytest.MonkeyPatch) -> None:
    needed: dict[str, str] = {}
    for place in (_declared, checks):
        monkeypatch.setattr(place, "needed", needed)


def test_every_module_elsewhere_and_every_shift_needs_a_policy(settings: Settings) -> None:
    settings.TEARLINE_TOPOLOGY = gateways.of("http://till", SHIFT)
    need_policies()
    assert set(_declared.needed) == {"gateway.payments", "gateway.till-next"}
    settings.TEARLINE_POLICIES = {"gateway.payments": {}}
    assert [error.msg for error in run_checks() if error.id == "tearline.E003"] == [
        "the gateway asks gateway.till-next, which has no policy."
    ]


def test_who_is_not_the_gateway_needs_none(settings: Settings) -> None:
    settings.TEARLINE_TOPOLOGY = gateways.of(None, SHIFT, us="till")
    need_policies()
    refuse_out_of_reach()
    assert _declared.needed == {}


def test_who_hosts_a_module_elsewhere_needs_an_address(settings: Settings) -> None:
    settings.TEARLINE_TOPOLOGY = gateways.of(None)
    with pytest.raises(ImproperlyConfigured, match=r"leads requests to payments: \[processes.till\] needs a url"):
        refuse_out_of_reach()
    settings.TEARLINE_TOPOLOGY = gateways.of("http://till")
    refuse_out_of_reach()


def test_what_a_module_elsewhere_serves_must_be_known(settings: Settings, tmp_path: Path) -> None:
    settings.TEARLINE_TOPOLOGY = gateways.of("http://till")
    settings.TEARLINE_CONTRACTS = tmp_path
    with pytest.raises(ImproperlyConfigured, match=r"payments\.json cannot be read"):
        refuse_out_of_reach()


def test_the_settings_have_a_policy_for_each_of_them(settings: Settings) -> None:
    assert {f"gateway.{module}" for module in settings.TEARLINE_TOPOLOGY.modules} <= set(settings.TEARLINE_POLICIES)
