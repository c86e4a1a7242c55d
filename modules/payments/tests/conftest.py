"""Payments over a simulated provider, and the ledger checked after every test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db.models import Sum
from pytest_django import Settings

from modules.orders.contracts import OrderId
from modules.payments import facade, services
from modules.payments.adapters import Provider
from modules.payments.adapters.simulated import SimulatedProvider
from modules.payments.facade import Payments
from modules.payments.models import LedgerEntry, Payment
from modules.payments.tests.localstripe import KEY, Front, running
from modules.payments.tests.played import Forgetful


@pytest.fixture
def order_id() -> OrderId:
    return OrderId.new()


@pytest.fixture
def provider(settings: Settings, tmp_path: Path) -> SimulatedProvider:
    """The provider that is used, and what it has seen: its books are new in every test, as keys are not."""
    settings.VAR = tmp_path
    settings.PAYMENT_SIMULATED_SLOWNESS = 0.01
    return SimulatedProvider()


@pytest.fixture(scope="session")
def localstripe() -> Iterator[Front]:
    """Stripe, for all tests: each has orders of its own."""
    with running() as front:
        yield front


@pytest.fixture
def stripe(localstripe: Front, settings: Settings) -> Front:
    """Stripe, as we are set to ask it."""
    settings.PAYMENT_PROVIDER = "modules.payments.adapters.stripe.StripeProvider"
    settings.PAYMENT_STRIPE_KEY, settings.PAYMENT_STRIPE_URL = KEY, localstripe.url
    settings.PAYMENT_WEBHOOK_SECRET = "whsec_made_up"
    localstripe.lists, localstripe.down, localstripe.deaf = True, False, set()
    return localstripe


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Callable[[Provider], None]:
    """Changes the provider."""

    def change(other: Provider) -> None:
        monkeypatch.setattr(services, "provider", lambda: other)

    return change


@pytest.fixture(params=[SimulatedProvider, Forgetful])
def real(request: pytest.FixtureRequest, provider: SimulatedProvider) -> SimulatedProvider:
    """A provider that remembers what was undone too early, and one that does not."""
    made: SimulatedProvider = request.param()
    return made


@pytest.fixture
def books(db: None, provider: SimulatedProvider) -> Iterator[None]:
    """Whatever a test did, every payment is the sum of its ledger, and of its captures."""
    yield
    for payment in Payment.objects.all():
        for kind in LedgerEntry.Kind.values:
            entered = payment.entries.filter(kind=kind).aggregate(sum=Sum("amount"))["sum"] or 0
            assert entered == getattr(payment, kind), f"{payment}: {kind}"
        for kind in ("captured", "refunded"):
            summed = payment.captures.aggregate(sum=Sum(kind))["sum"] or 0
            assert summed == getattr(payment, kind), f"{payment}: {kind} by its captures"


@pytest.fixture
def payments(books: None) -> Payments:
    """The facade, as the whole suite binds it."""
    return facade.payments


@pytest.fixture(params=["direct", "wire"])
def bound_payments(request: pytest.FixtureRequest, settings: Settings, payments: Payments) -> Payments:
    """The facade, in every binding."""
    settings.TEARLINE_FACADES = request.param
    return payments
