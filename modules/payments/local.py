"""The payments facade, kept by our own services.

Each command has three acts: commit what is wanted, ask the provider with no transaction open, commit what it says.
"""

from collections.abc import Callable, Generator
from datetime import datetime

from modules.orders.contracts import OrderId
from modules.payments import models, reconciliation, services
from modules.payments.adapters import Answer
from modules.payments.contracts import (
    AuthorizePayment,
    CapturePayment,
    Payment,
    PaymentDeclined,
    PaymentIntent,
    Reconciliation,
    Refund,
    RefundFailed,
    RefundPayment,
)
from modules.payments.facade import Payments
from modules.payments.states import State
from tearline.contracts import Unavailable
from tearline.facades import Acts, three_acts


class LocalPayments(Payments):
    """Contracts in, contracts out; the rows stay here."""

    @three_acts
    def authorize(self, request: AuthorizePayment, *, key: str) -> Acts[Payment]:
        payment = services.intend_to_hold(request, key=key)
        answer = yield from _ask(payment, lambda: services.hold(payment))
        services.book(payment, answer)
        if payment.state == State.FAILED:
            yield _nothing_more
            raise PaymentDeclined(order_id=request.order_id, reason=payment.failure)
        return payment.to_contract()

    @three_acts
    def void(self, *, key: str) -> Acts[None]:
        payment = services.intend_to_undo(models.Payment, key=key)
        if payment is not None:
            answer = yield lambda: services.give_back(payment)
            services.book_undoing(payment, answer)

    @three_acts
    def capture(self, request: CapturePayment, *, key: str) -> Acts[Payment]:
        capture = services.intend_to_capture(request, key=key)
        answer = yield from _ask(capture, lambda: services.take(capture))
        services.book(capture, answer)
        if capture.state == State.FAILED:
            yield _nothing_more
            raise PaymentDeclined(order_id=request.order_id, reason=capture.failure)
        if capture.is_undecided:
            raise Unavailable(f"the provider has not said whether it took {capture}")
        return capture.payment.to_contract()

    @three_acts
    def refund(self, *, key: str) -> Acts[None]:
        capture = services.intend_to_undo(models.Capture, key=key)
        if capture is not None:
            answer = yield lambda: services.give_back(capture)
            services.book_undoing(capture, answer)
            if capture.outstanding:
                raise Unavailable(f"the provider has not given back all of {capture}: {answer.declined or 'not yet'}")

    @three_acts
    def refund_part(self, request: RefundPayment, *, key: str) -> Acts[Refund]:
        refund = services.intend_to_refund(request, key=key)
        if refund.lacks_outcome:
            answer = yield from _ask(refund, lambda: services.give_back_parts(refund))
            services.book(refund, answer)
        if refund.state == State.FAILED:
            yield _nothing_more
            raise RefundFailed(order_id=request.order_id, reason=refund.failure)
        return refund.to_contract()

    def payment_of(self, order_id: OrderId) -> Payment | None:
        payment = services.payment_of(order_id)
        return payment.to_contract() if payment else None

    def intent_of(self, order_id: OrderId) -> PaymentIntent | None:
        return services.intent_of(order_id)

    def reconcile(self, since: datetime, until: datetime) -> Reconciliation:
        return reconciliation.reconcile(since, until)


def _ask(
    deed: models.Payment | models.Capture | models.Refund, question: Callable[[], Answer]
) -> Generator[Callable[[], Answer], Answer, Answer]:
    """Its answer. When there is none, it is written down that nobody knows."""
    try:
        return (yield question)
    except Unavailable as unknown:
        if unknown.maybe_done:
            deed.lose_sight()
        raise


def _nothing_more() -> None:
    """Asked so that the act before it commits: a refusal takes back what its own act has written, and no more."""
