"""Providers that misbehave on cue, and requests to send them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import NoReturn

from django.db import connections

from modules.orders.contracts import OrderId
from modules.payments.adapters import Answer
from modules.payments.adapters.simulated import SimulatedProvider
from modules.payments.contracts import CARD_OK, AuthorizePayment, CapturePayment
from tearline.contracts import Money, Refusal, Unavailable

PRICE = Money(amount=1999, currency="EUR")


def to_pay(order_id: OrderId, *, amount: Money = PRICE, method: str = CARD_OK) -> AuthorizePayment:
    return AuthorizePayment(order_id=order_id, amount=amount, method=method)


def to_take(order_id: OrderId, amount: Money = PRICE) -> CapturePayment:
    return CapturePayment(order_id=order_id, amount=amount)


class Forgetful(SimulatedProvider):
    """Does not keep in mind what was undone before it was done, as not every provider does."""

    def void(self, *, key: str) -> Answer:
        return super().void(key=key) if self.find(key=key) else Answer(declined="undone")

    def refund(self, *, key: str) -> Answer:
        return super().refund(key=key) if self.find(key=key) else Answer(declined="undone")


class Down(SimulatedProvider):
    """Answers no call that changes something."""

    def _answering(self, *_call: object, **_more: object) -> NoReturn:
        raise Unavailable("the line is dead")


class PulledPlug(BaseException):
    """Stands for the death of our process: nothing of ours runs after it."""


def until_answered(ask: Callable[[], object]) -> None:
    """Ask as a saga does: again, while there is no answer."""
    for _ in range(3):
        try:
            ask()
        except Unavailable:
            continue
        return
    raise AssertionError("three tries were not enough")


def at_once(*calls: Callable[[], object]) -> list[object]:
    """What each call answered, or the refusal or failure that it ended with, all begun at the same moment."""
    begin = Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        begin.wait(timeout=30)
        try:
            return call()
        except (Refusal, Unavailable) as failure:
            return failure
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))
