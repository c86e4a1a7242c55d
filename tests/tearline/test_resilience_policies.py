"""Nothing outside of a process is asked without a policy, and no policy is let in that cannot work."""

from collections.abc import Iterator
from functools import partial
from typing import Any, Protocol

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from tearline.contracts import Unavailable
from tearline.resilience import Policy, needs_policy, outside, policy_for
from tearline.resilience._declared import needed
from tearline.resilience.checks import every_target_has_its_policy
from tearline.testing import written_in
from tearline.testing._connecting import WentPastPolicies


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """What a test says is needed."""
    before = dict(needed)
    yield
    needed.clear()
    needed.update(before)


def found() -> list[str | None]:
    return [each.id for each in every_target_has_its_policy()]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"total": 2, "attempt": 3}, "less time in total"),
        ({"window": 5, "attempt": 3}, "as long as two attempts"),
        ({"slow": 4, "attempt": 3}, "long enough to be slow"),
        ({"failure_rate": 1.5}, "failure_rate"),
        ({"first_wait": 0.5, "longest_wait": 0.1}, "longest wait"),
        ({"callers": 2, "connections": 3}, "more connections"),
        ({"tries": 0}, "tries must be more than 0"),
    ],
)
def test_a_policy_that_cannot_work_says_why(wrong: dict[str, Any], why: str) -> None:
    (fault,) = Policy(**wrong).faults()
    assert why in fault


def test_the_usual_policy_works() -> None:
    assert list(Policy().faults()) == []


def test_all_targets_of_the_shop_have_theirs() -> None:
    assert found() == []
    assert needed == {
        "notifications.mail": "notifications",
        "notifications.texts": "notifications",
        "notifications.webhook": "notifications",
        "notifications.webhooks": "notifications",
        "payments.provider": "payments",
        "shipping.carrier": "shipping",
    }


def test_no_process_starts_with_a_target_that_has_none() -> None:
    needs_policy("payments.vault", asked_by="payments")
    assert found() == ["tearline.E003"]


def test_no_process_starts_with_adapters_that_go_past_all_policies() -> None:
    del needed["shipping.carrier"]
    (error,) = every_target_has_its_policy()
    assert (error.id, "shipping" in error.msg) == ("tearline.E004", True)


@pytest.mark.parametrize("policy", [{"attempt": 60}, {"atempt": 3}])
def test_no_process_starts_with_a_policy_that_cannot_work(settings: Settings, policy: dict[str, float]) -> None:
    settings.TEARLINE_POLICIES = settings.TEARLINE_POLICIES | {"payments.provider": policy}
    assert set(found()) == {"tearline.E005"}


def test_the_check_runs_with_djangos_own(db: None) -> None:
    needs_policy("payments.vault", asked_by="payments")
    assert "tearline.E003" in [error.id for error in run_checks(tags=["compatibility"])]


def test_who_has_no_policy_is_not_asked(settings: Settings) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"payments\.vault"):
        policy_for("payments.vault")


def test_all_calls_on_a_target_go_through_one_guard() -> None:
    assert policy_for("payments.provider") is policy_for("payments.provider")


def test_what_holds_for_every_target_holds_over_its_own(settings: Settings) -> None:
    settings.TEARLINE_POLICY = {"attempt": 1.5, "slow": 1}
    assert policy_for("payments.provider").policy.attempt == 1.5


# Adapters


@written_in("payments.adapters")
class Vault(Protocol):
    """Keeps what is put in."""

    def open(self, *, code: int) -> str: ...


class DeafVault(Vault):
    """Never opens."""

    asked = 0

    def open(self, *, code: int) -> str:
        DeafVault.asked += code
        raise Unavailable("nothing is heard of it")


def test_an_adapter_is_the_one_that_the_settings_name_and_is_left_alone_when_it_fails(
    db: None, settings: Settings
) -> None:
    settings.VAULT = f"{__name__}.DeafVault"
    settings.TEARLINE_POLICIES = {"payments.vault": {"failures": 3, "open_for": 60}}
    settings.TEARLINE_POLICY = {}
    vault = outside("payments.vault", Vault, setting="VAULT", idempotent=False)
    for _ in range(10):
        with pytest.raises(Unavailable):
            vault().open(code=1)
    assert DeafVault.asked == 3


# Past them


CONNECTS = "import socket\ndef ask():\n    with socket.create_connection(('127.0.0.1', 1)): pass"
ASKS = "def serve():\n    ask()"


def code_of(place: str, code: str, **names: Any) -> dict[str, Any]:
    """What this defines as code of that Python module."""
    namespace = names | {"__name__": place}
    exec(compile(code, place, "exec"), namespace)
    return namespace


@pytest.mark.parametrize("place", ["modules.payments.adapters.vault", "tearline.resilience.http"])
def test_whoever_connects_is_refused_where_a_modules_code_asked_for_it_past_all_policies(place: str) -> None:
    ask = code_of(place, CONNECTS)["ask"]
    serve = code_of("modules.payments.services", ASKS, ask=ask)["serve"]
    with pytest.raises(WentPastPolicies, match=r"modules\.payments\.services connects to \('127\.0\.0\.1', 1\)"):
        serve()


@pytest.mark.parametrize("place", ["modules.payments.adapters", "modules.payments.tests.cases", "tearline.events"])
def test_adapters_the_platform_and_tests_connect_as_they_like(place: str) -> None:
    with pytest.raises(ConnectionRefusedError):
        code_of(place, CONNECTS)["ask"]()


def test_whoever_asks_by_a_policy_connects(db: None, settings: Settings) -> None:
    settings.TEARLINE_POLICIES = {"payments.vault": {}}
    ask = code_of("modules.payments.adapters.vault", CONNECTS)["ask"]
    guarded = partial(policy_for("payments.vault").call, ask, idempotent=False)
    with pytest.raises(Unavailable, match="Connection refused"):
        code_of("modules.payments.services", ASKS, ask=guarded)["serve"]()
