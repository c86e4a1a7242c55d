"""Undoing what is being done at this moment: whatever the provider says late, nothing stays held or kept."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from modules.orders.contracts import OrderId
from modules.payments import services
from modules.payments.adapters import Answer, Provider
from modules.payments.adapters.simulated import SimulatedProvider
from modules.payments.contracts import PaymentDeclined
from modules.payments.facade import Payments
from modules.payments.models import Capture, Payment
from modules.payments.tests.played import PRICE, Forgetful, PulledPlug, to_pay, to_take
from tearline.contracts import Money, Undone
from tearline.facades import acting_as
from tearline.testing import settle


@dataclass
class Interrupted(SimulatedProvider):
    """Another provider, during whose authorizing or capturing something else happens."""

    real: SimulatedProvider
    before: Callable[[], None] = lambda: None
    after: Callable[[], None] = lambda: None

    def authorize(self, *, key: str, order_id: OrderId, amount: Money, method: str) -> Answer:
        self._caller_does(self.before)
        answer = self.real.authorize(key=key, order_id=order_id, amount=amount, method=method)
        self._caller_does(self.after)
        return answer

    def capture(self, *, key: str, authorization: str, amount: Money) -> Answer:
        self._caller_does(self.before)
        answer = self.real.capture(key=key, authorization=authorization, amount=amount)
        self._caller_does(self.after)
        return answer

    def void(self, *, key: str) -> Answer:
        return self.real.void(key=key)

    def refund(self, *, key: str) -> Answer:
        return self.real.refund(key=key)

    def find(self, *, key: str) -> Answer | None:
        return self.real.find(key=key)

    def _caller_does(self, something: Callable[[], None]) -> None:
        with acting_as("outside"):
            something()


def plug_pulled() -> None:
    raise PulledPlug


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_payment_voided_while_it_is_being_authorized_holds_nothing(
    payments: Payments, order_id: OrderId, real: SimulatedProvider, use: Callable[[Provider], None], moment: str
) -> None:
    use(Interrupted(real, **{moment: lambda: payments.void(key="pay")}))
    with pytest.raises(Undone):
        payments.authorize(to_pay(order_id), key="pay")
    settle()

    assert real.holds(order_id) == []
    payment = Payment.objects.get(order_id=order_id)
    assert (payment.state, payment.held) == ("cancelled", 0)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_capture_refunded_while_it_is_under_way_keeps_nothing(
    payments: Payments, order_id: OrderId, real: SimulatedProvider, use: Callable[[Provider], None], moment: str
) -> None:
    payments.authorize(to_pay(order_id), key="pay")
    use(Interrupted(real, **{moment: lambda: payments.refund(key="take")}))
    with pytest.raises(Undone):
        payments.capture(to_take(order_id), key="take")
    settle()

    assert all(charge.amount == charge.refunded for charge in real.charges(order_id))
    payments.void(key="pay")
    assert real.holds(order_id) == []
    assert Payment.objects.get(order_id=order_id).state == "cancelled"


@dataclass
class Unwilling(Interrupted):
    """So often it gives nothing back."""

    declines: int = 3

    def refund(self, *, key: str) -> Answer:
        self.declines -= 1
        return Answer(declined="not_now") if self.declines >= 0 else super().refund(key=key)


def test_a_late_capture_that_the_provider_will_not_give_back_at_once_is_given_back_later(
    payments: Payments, order_id: OrderId, real: SimulatedProvider, use: Callable[[Provider], None]
) -> None:
    payments.authorize(to_pay(order_id), key="pay")
    use(Unwilling(real, after=lambda: payments.refund(key="take")))
    with pytest.raises(Undone):
        payments.capture(to_take(order_id), key="take")
    assert [charge.refunded.amount for charge in real.charges(order_id)] == [0]
    settle()

    assert all(charge.amount == charge.refunded for charge in real.charges(order_id))


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_payment_voided_while_it_is_being_captured_is_captured_or_held_no_more(
    payments: Payments, order_id: OrderId, real: SimulatedProvider, use: Callable[[Provider], None], moment: str
) -> None:
    payments.authorize(to_pay(order_id), key="pay")
    use(Interrupted(real, **{moment: lambda: payments.void(key="pay")}))
    taken = {"before": [], "after": [PRICE]}[moment]
    if taken:
        payments.capture(to_take(order_id), key="take")
    else:
        with pytest.raises(PaymentDeclined):
            payments.capture(to_take(order_id), key="take")
        assert Capture.objects.get().state == "failed"
    settle()

    assert [charge.amount for charge in real.charges(order_id)] == taken
    assert real.holds(order_id) == []
    payments.refund(key="take")
    assert Payment.objects.get(order_id=order_id).state == "cancelled"


def test_a_hold_that_nobody_lived_to_see_is_found_and_let_go(
    payments: Payments, order_id: OrderId, real: SimulatedProvider, use: Callable[[Provider], None]
) -> None:
    use(Interrupted(real, before=lambda: payments.void(key="pay"), after=plug_pulled))
    with pytest.raises(PulledPlug):
        payments.authorize(to_pay(order_id), key="pay")
    services.settle(Payment.objects.get(order_id=order_id).id)
    settle()

    assert real.holds(order_id) == []


def test_a_late_hold_does_not_get_in_the_way_of_the_next_payment(
    payments: Payments, order_id: OrderId, provider: SimulatedProvider, use: Callable[[Provider], None]
) -> None:
    def void_and_pay_anew() -> None:
        payments.void(key="first")
        use(provider)
        payments.authorize(to_pay(order_id), key="second")

    use(Interrupted(Forgetful(), before=void_and_pay_anew))
    with pytest.raises(Undone):
        payments.authorize(to_pay(order_id), key="first")
    settle()

    assert [hold.amount for hold in provider.holds(order_id)] == [PRICE]
    assert [payment.state for payment in Payment.objects.order_by("id")] == ["cancelled", "authorized"]
