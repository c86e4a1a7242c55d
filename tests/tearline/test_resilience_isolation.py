"""An operator takes a target out of service, for all processes."""

import io
import threading
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from tearline.resilience import NotAsked, policy_for
from tearline.resilience._isolation import KEPT_FOR, Isolated, isolate, restore
from tearline.resilience.models import Isolation
from tests.tearline.ticking import Ticking

pytestmark = pytest.mark.usefixtures("db")
PROVIDER = "payments.provider"


def told(*arguments: str) -> str:
    out = io.StringIO()
    call_command("circuits", *arguments, stdout=out)
    return out.getvalue()


def test_who_is_isolated_is_not_asked_until_restored() -> None:
    assert "asked no more" in told("isolate", PROVIDER, "--reason", "they have called", "--as", "ada")
    with pytest.raises(NotAsked, match="isolated"):
        policy_for(PROVIDER).call(lambda: 1, idempotent=False)
    assert policy_for("shipping.carrier").call(lambda: 1, idempotent=False) == 1


def test_operators_see_who_did_it_and_why() -> None:
    told("isolate", PROVIDER, "--reason", "they have called", "--as", "ada")
    provider, carrier, *_ = told().splitlines()
    assert provider.startswith(f"{PROVIDER} ")
    assert provider.endswith("by ada: they have called")
    assert carrier.split() == ["shipping.carrier", "asked"]


def test_every_verb_may_be_repeated() -> None:
    told("isolate", PROVIDER, "--reason", "first")
    assert "already" in told("isolate", PROVIDER, "--reason", "second")
    assert Isolation.objects.get().reason == "first"
    assert "asked again" in told("restore", PROVIDER)
    assert "was not isolated" in told("restore", PROVIDER)


@pytest.mark.parametrize("verb", [("isolate", "--reason", "why"), ("restore",)])
def test_a_target_that_is_none_is_told(verb: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match=f"there is no till: {PROVIDER}"):
        told(verb[0], "till", *verb[1:])


def test_a_process_hears_of_it_in_a_second(clock: Ticking) -> None:
    isolated = Isolated(clock=clock)
    assert not isolated("till")
    isolate("till", by="ada", reason="test")
    assert not isolated("till")
    clock.tick(KEPT_FOR)
    assert isolated("till")
    restore("till")
    clock.tick(KEPT_FOR)
    assert not isolated("till")


def test_a_database_that_does_not_answer_changes_nothing(clock: Ticking, monkeypatch: pytest.MonkeyPatch) -> None:
    isolated = Isolated(clock=clock)
    isolate("till", by="ada", reason="test")
    assert isolated("till")

    def down(*_: Any, **__: Any) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(Isolation.objects, "values_list", down)
    clock.tick(KEPT_FOR)
    assert isolated("till")
    assert not isolated("safe")


def test_one_looks_and_the_others_do_not_wait(clock: Ticking, monkeypatch: pytest.MonkeyPatch) -> None:
    isolated = Isolated(clock=clock)
    looking, go_on = threading.Event(), threading.Event()

    def slow(*_: Any, **__: Any) -> list[str]:
        looking.set()
        assert go_on.wait(10)
        return []

    monkeypatch.setattr(Isolation.objects, "values_list", slow)
    first = threading.Thread(target=isolated, args=["till"])
    first.start()
    assert looking.wait(10)
    assert not isolated("till")
    go_on.set()
    first.join(10)
