"""Sagas: a process over several modules, told top to bottom, each step with its undo right under it.

    fulfil = Saga("orders.fulfil", subject=Order)

    @fulfil.local                                   # the first step runs in the transaction that starts the saga
    def place(order: Order) -> None: ...

    @place.undo
    def cancel(order: Order, why: Why) -> None: ...

    @fulfil.remote                                  # calls one facade, with no transaction open;
    def authorize_payment(order: Order) -> None: ...    # `beside=` another one: both at the same time

    @authorize_payment.undo
    def void_payment(order: Order) -> None: ...

    @fulfil.local(pivot=True)                       # from here on only forward
    def confirm(order: Order) -> None: ...

    @fulfil.wait(deadline=timedelta(days=1))        # rests until `wake` is called, in the transaction that changed it
    def parcel_is_ready(order: Order) -> bool: ...

Local steps commit with their line in the journal. Remote steps are journalled as started, then called, then journalled
again. A Refusal undoes what was done, in reverse; Unavailable is asked again under the same key until the step's
deadline, and then undone too, because it may have happened.
"""

from tearline.sagas._journal import Why
from tearline.sagas._saga import NoWayBack, Saga, SagaError, Standing, Step

__all__ = ["NoWayBack", "Saga", "SagaError", "Standing", "Step", "Why"]
