"""The simulated provider does what its payment methods say, once per key, whoever asks."""

import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from pytest_django import Settings

from modules.orders.contracts import OrderId
from modules.payments.adapters import Answer, Part
from modules.payments.adapters import provider as configured
from modules.payments.adapters.simulated import Charge, Hold, SimulatedProvider
from modules.payments.contracts import (
    CARD_DECLINED,
    CARD_EXPIRED,
    CARD_FLAKY,
    CARD_LOST_ANSWER,
    CARD_NO_CAPTURE,
    CARD_NO_FUNDS,
    CARD_OK,
    CARD_SLOW,
    CARD_UNKNOWN,
)
from modules.payments.tests.played import PRICE, at_once
from tearline.contracts import Money, Unavailable

PART = Money(amount=500, currency="EUR")
REST = Money(amount=1499, currency="EUR")
NOTHING = Money(amount=0, currency="EUR")


@pytest.fixture
def key(order_id: OrderId) -> str:
    return f"authorize-{order_id}"


@pytest.fixture
def held(provider: SimulatedProvider, order_id: OrderId, key: str) -> str:
    """The key of an authorization."""
    provider.authorize(key=key, order_id=order_id, amount=PRICE, method=CARD_OK)
    return key


def test_the_settings_choose_the_simulated_provider(db: None, held: str, provider: SimulatedProvider) -> None:
    assert configured().find(key=held) == provider.find(key=held)


def test_the_same_key_holds_once_and_is_answered_alike(
    provider: SimulatedProvider, order_id: OrderId, held: str
) -> None:
    again = provider.authorize(key=held, order_id=order_id, amount=PRICE, method=CARD_OK)

    assert again == provider.find(key=held)
    assert [(movement.kind, movement.amount) for movement in again.movements] == [("authorized", PRICE.amount)]
    assert provider.holds(order_id) == [Hold(order_id=order_id, amount=PRICE)]


def test_a_part_is_captured_once_and_refunded_once_and_the_rest_let_go_once(
    provider: SimulatedProvider, order_id: OrderId, held: str
) -> None:
    take = f"capture-{held}"
    for _ in range(2):
        provider.capture(key=take, authorization=held, amount=PART)
    assert provider.holds(order_id) == [Hold(order_id=order_id, amount=REST)]
    assert provider.charges(order_id) == [Charge(order_id=order_id, amount=PART, refunded=NOTHING)]

    for _ in range(2):
        refunded = provider.refund(key=take)
        voided = provider.void(key=held)
    assert [(movement.kind, movement.amount) for movement in refunded.movements] == [
        ("captured", PART.amount),
        ("refunded", PART.amount),
    ]
    assert [(movement.kind, movement.amount) for movement in voided.movements] == [
        ("authorized", PRICE.amount),
        ("voided", REST.amount),
    ]
    assert provider.charges(order_id) == [Charge(order_id=order_id, amount=PART, refunded=PART)]
    assert provider.holds(order_id) == []


def test_no_more_is_captured_than_is_held(provider: SimulatedProvider, order_id: OrderId, held: str) -> None:
    provider.void(key=held)

    assert provider.capture(key=f"capture-{held}", authorization=held, amount=PART).declined == "not_held"
    assert provider.capture(key="x", authorization="never", amount=PART).declined == "no_such_authorization"
    assert provider.charges(order_id) == []


def test_what_was_undone_too_early_is_declined_for_good(
    provider: SimulatedProvider, order_id: OrderId, key: str
) -> None:
    assert provider.find(key=key) is None
    assert provider.void(key=key).declined == "undone"
    assert provider.refund(key=f"capture-{key}").declined == "undone"

    late = provider.authorize(key=key, order_id=order_id, amount=PRICE, method=CARD_OK)
    assert (late.declined, late.movements) == ("undone", ())
    assert provider.holds(order_id) == []


@pytest.mark.parametrize(("method", "reason"), [(CARD_DECLINED, "card_declined"), ("pm_x", "no_such_method")])
def test_a_declined_method_holds_nothing(
    provider: SimulatedProvider, order_id: OrderId, key: str, method: str, reason: str
) -> None:
    answer = provider.authorize(key=key, order_id=order_id, amount=PRICE, method=method)

    assert (answer.declined, answer.movements) == (reason, ())
    assert provider.find(key=key) == answer
    assert provider.holds(order_id) == []


def test_a_lost_answer_comes_after_the_deed_at_the_first_try_of_each_call(
    provider: SimulatedProvider, order_id: OrderId, key: str
) -> None:
    calls: dict[str, Callable[[], Answer]] = {
        "authorize": lambda: provider.authorize(key=key, order_id=order_id, amount=PRICE, method=CARD_LOST_ANSWER),
        "capture": lambda: provider.capture(key=f"capture-{key}", authorization=key, amount=PART),
        "refund": lambda: provider.refund(key=f"capture-{key}"),
        "void": lambda: provider.void(key=key),
    }
    for call in calls.values():
        with pytest.raises(Unavailable) as lost:
            call()
        assert lost.value.maybe_done
    assert provider.charges(order_id) == [Charge(order_id=order_id, amount=PART, refunded=PART)]
    assert provider.holds(order_id) == []

    assert [len(call().movements) for call in calls.values()] == [2, 2, 2, 2]


def test_a_flaky_call_does_nothing_twice_and_then_works(
    provider: SimulatedProvider, order_id: OrderId, key: str
) -> None:
    for _ in range(2):
        with pytest.raises(Unavailable) as failed:
            provider.authorize(key=key, order_id=order_id, amount=PRICE, method=CARD_FLAKY)
        assert not failed.value.maybe_done
        assert provider.find(key=key) is None

    assert provider.authorize(key=key, order_id=order_id, amount=PRICE, method=CARD_FLAKY).movements


def test_a_slow_call_waits_as_long_as_the_settings_say(
    provider: SimulatedProvider, order_id: OrderId, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr("modules.payments.adapters.simulated.time.sleep", waited.append)
    provider.authorize(key=key, order_id=order_id, amount=PRICE, method=CARD_SLOW)

    assert waited == [0.01]


def test_many_threads_and_another_process_under_one_key_hold_once(
    provider: SimulatedProvider, order_id: OrderId, key: str, settings: Settings
) -> None:
    def ask_here() -> object:
        return provider.authorize(key=key, order_id=order_id, amount=PRICE, method=CARD_OK)

    def ask_elsewhere() -> object:
        told = f"key={key!r}, order_id={str(order_id)!r}, amount=Money(**{PRICE.model_dump()}), method={CARD_OK!r}"
        program = (
            "import django; django.setup()\n"
            "from modules.payments.adapters import provider\n"
            "from tearline.contracts import Money\n"
            f"print(provider().authorize({told}))"
        )
        ours = {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONPATH": os.pathsep.join(sys.path),
            "TEARLINE_VAR": str(settings.VAR),
        }
        asked = subprocess.run(
            [sys.executable, "-c", program], env=os.environ | ours, check=True, capture_output=True, text=True
        )
        return asked.stdout.strip()

    answers = at_once(*[ask_here] * 8, ask_elsewhere)

    assert len({str(answer) for answer in answers}) == 1
    assert provider.holds(order_id) == [Hold(order_id=order_id, amount=PRICE)]


@pytest.mark.parametrize(("method", "reason"), [(CARD_NO_FUNDS, "insufficient_funds"), (CARD_EXPIRED, "expired_card")])
def test_cards_are_declined_for_different_reasons(
    provider: SimulatedProvider, order_id: OrderId, key: str, method: str, reason: str
) -> None:
    assert provider.authorize(key=key, order_id=order_id, amount=PRICE, method=method).declined == reason


def test_a_card_may_hold_and_not_pay(provider: SimulatedProvider, order_id: OrderId, key: str) -> None:
    provider.authorize(key=key, order_id=order_id, amount=PRICE, method=CARD_NO_CAPTURE)

    assert provider.capture(key="take", authorization=key, amount=PRICE).declined == "capture_failed"
    assert provider.holds(order_id) == [Hold(order_id=order_id, amount=PRICE)]


def test_a_card_may_never_be_answered_and_is_found_by_asking(
    provider: SimulatedProvider, order_id: OrderId, key: str
) -> None:
    for _ in range(3):
        with pytest.raises(Unavailable):
            provider.authorize(key=key, order_id=order_id, amount=PRICE, method=CARD_UNKNOWN)

    found = provider.find(key=key)
    assert [movement.kind for movement in (found or Answer()).movements] == ["authorized"]
    assert provider.void(key=key).movements


def test_no_more_is_given_back_of_a_capture_than_it_took_though_another_took_enough(
    provider: SimulatedProvider, order_id: OrderId, held: str
) -> None:
    provider.capture(key="first", authorization=held, amount=PART)
    provider.capture(key="second", authorization=held, amount=REST)
    part = Part(capture="first", amount=PART.amount + 1)

    assert provider.refund_parts(key="part", authorization=held, parts=[part]).declined == "not_kept"
    assert [charge.refunded for charge in provider.charges(order_id)] == [NOTHING, NOTHING]
