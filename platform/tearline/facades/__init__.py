"""A module's typed interface, and the ready object that stands for it.

A facade is a `Protocol` of commands and queries. `facade_for` turns it into an object whose methods go wherever the
topology says: to our own services, or over HTTP. The caller cannot tell, but for `Unavailable`.

    class Payments(Protocol):
        @command
        def authorize(self, request: AuthorizePayment, *, key: str) -> Authorization: ...

        @command(undoes=authorize)
        def void(self, *, key: str) -> None: ...

    payments: Payments = facade_for(Payments)

The module keeps its facade in `local.py`, in a class that inherits from the Protocol. A command there runs in one
transaction of the module's database, together with its key. One that asks the outside world is written in three acts:

    class LocalPayments(Payments):
        @three_acts
        def authorize(self, request: AuthorizePayment, *, key: str) -> Acts[Authorization]:
            payment = services.intend(request, key=key)             # commits, with the key
            answer = yield lambda: provider.authorize(payment)      # no transaction is open
            return services.settle(payment, answer)                 # commits, with the answer

Nothing in this file or in `_operations` knows Django; `tearline.apps` hands in the machinery that does.
"""

from tearline.acting import acting_as, asked_by, caller
from tearline.facades._acts import Acts, three_acts
from tearline.facades._calls import CalledInsideTransaction, ChainTooLong, NotInstalled, Outcome, perform
from tearline.facades._operations import FacadeError, Operation, command, operations_of, query
from tearline.facades._proxy import facade_for

__all__ = [
    "Acts",
    "CalledInsideTransaction",
    "ChainTooLong",
    "FacadeError",
    "NotInstalled",
    "Operation",
    "Outcome",
    "acting_as",
    "asked_by",
    "caller",
    "command",
    "facade_for",
    "operations_of",
    "perform",
    "query",
    "three_acts",
]
