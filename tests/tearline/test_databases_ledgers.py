from collections.abc import Callable
from typing import Any

import pytest

from modules.inventory.contracts import ReceiveStock
from modules.inventory.facade import inventory
from tearline.databases.ledgers import Ledger, Rewritten

pytestmark = pytest.mark.usefixtures("db")


def ledger() -> Any:
    """Any ledger will do: the one that stock is written into."""
    (found,) = [model for model in Ledger.__subclasses__() if model._meta.label == "inventory.StockMovement"]
    return found


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda line: line.save(),
        lambda line: line.delete(),
        lambda line: type(line).objects.update(reference="another"),
        lambda line: type(line).objects.filter(pk=line.pk).delete(),
    ],
    ids=["save", "delete", "update many", "delete many"],
)
def test_a_line_is_never_changed_or_removed(rewrite: Callable[[Ledger], object]) -> None:
    inventory.receive(ReceiveStock(sku="MUG", quantity=1, reference="delivery"), key="k")
    line = ledger().objects.get()
    with pytest.raises(Rewritten):
        rewrite(line)
    assert ledger().objects.filter(reference="delivery").count() == 1
