"""What is added to a program whose processes are tormented: a witness, a second version of the saga, a planted bug."""

import os
from copy import copy
from typing import Any

from django.apps import AppConfig

FULFIL = "orders.fulfil"
NEXT = 2
"""The version of that saga which is being deployed. Version 1 is the shop's own."""


class Program(AppConfig):
    """TEARLINE_SAGA_VERSION: what new runs begin with; programs of version 1 do not know any other one.

    TEARLINE_PLANTED: the name of a bug.
    """

    name = "tests.faults.chaos"
    label = "chaos"

    def ready(self) -> None:
        from tests.faults import witness

        witness.install()
        if os.environ.get("TEARLINE_SAGA_VERSION") == str(NEXT):
            _deploy_the_next_version()
        if os.environ.get("TEARLINE_PLANTED"):
            BUGS[os.environ["TEARLINE_PLANTED"]]()


def _deploy_the_next_version() -> None:
    """It weighs the parcel before an order is confirmed. Runs of version 1 are known still."""
    from tearline.sagas._saga import Step, sagas
    from tests.faults import witness

    def weigh(order: Any) -> None:
        witness.note("orders", "did", "weigh", order.id)

    fulfil = sagas[FULFIL, 1]
    sagas[FULFIL, 1] = copy(fulfil)
    *before, confirm = fulfil.steps
    fulfil.steps = [*before, Step("weigh", "local", weigh, needs_no_undo="it only looks"), confirm]
    fulfil.version = NEXT
    sagas[FULFIL, NEXT] = fulfil
    fulfil.validate()


def take_any_version_for_the_own() -> None:
    """A run of a version that is not known here is carried on as if it were one that is."""
    from tearline.sagas import _runner
    from tearline.sagas._saga import sagas

    right: Any = _runner._saga_of
    _runner._saga_of = lambda row: sagas[row.name, 1] if (row.name, row.version) not in sagas else right(row)


BUGS = {bug.__name__: bug for bug in (take_any_version_for_the_own,)}
