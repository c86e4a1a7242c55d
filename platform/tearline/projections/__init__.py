"""Read models that are kept from events, and can be made anew from them.

    class DailySales(ReadModel):                       # in models.py
        projection = "orders.daily_sales"
        ...

    daily_sales = Projection(                          # in projections.py
        "orders.daily_sales", tables=[DailySales], events=[OrderPlaced, OrderConfirmed]
    )

    @daily_sales.fold
    def count(events: Sequence[OrderPlaced | OrderConfirmed]) -> None: ...

    @daily_sales.check
    def differences(waiting: Sequence[OrderPlaced | OrderConfirmed]) -> Iterable[str]: ...

Events come by the inbox of the module, as to any handler: once in effect, and those of one publisher's aggregate in
order. All that come in one transaction are folded at once, before handlers of the same events, so that a row that every
event changes is changed once. In the same transaction they are put into the projection's log.

A rebuild folds the log once more into a new generation of rows, bit by bit, beside the one that is shown, and then has
that one shown: readers see the old rows or the new ones. So a fold makes its rows of events, of its own rows, and of
nothing else that changes.
"""

from tearline.projections._checking import check
from tearline.projections._projections import Projection, ProjectionError, projections
from tearline.projections._read_models import OutsideFold, ReadModel
from tearline.projections._rebuilding import LogIncomplete, Overtaken, rebuild
from tearline.projections._standing import Standing, standing

__all__ = [
    "LogIncomplete",
    "OutsideFold",
    "Overtaken",
    "Projection",
    "ProjectionError",
    "ReadModel",
    "Standing",
    "check",
    "projections",
    "rebuild",
    "standing",
]
