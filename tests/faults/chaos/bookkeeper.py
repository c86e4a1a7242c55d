"""A process that prepares the shop for a crowd, and audits all of its orders in the end.

python -m tests.faults.chaos.bookkeeper      # reads requests from its input and answers each, in lines of JSON
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

TOO_LATE = "tearline.deadline_passed"
"""What may become of any order, when what it needs was out of reach for too long."""

OUTCOMES = {
    "pm_card_ok": "confirmed",
    "pm_card_slow": "confirmed",
    "pm_card_flaky": "confirmed",
    "pm_card_lost_answer": "confirmed",
    "pm_card_declined": "payments.payment_declined",
}


def main() -> None:
    import django
    from django.db import connections

    django.setup()
    for line in sys.stdin:
        ((verb, given),) = json.loads(line).items()
        sys.stdout.write(f"{json.dumps(VERBS[verb](given))}\n")
        sys.stdout.flush()
        connections.close_all()  # the server may be another one by the next request


def open_the_shop(shelves: Sequence[str]) -> str:
    """Fill them. The key with which orders can be placed."""
    from tearline.api.keys import issue
    from tests.faults import scenarios, witness

    witness.open_ledgers()
    for sku in shelves:
        scenarios.fill_the_shelf(sku)
    _, token = issue(name="crowd", scopes=["orders:write", "orders:read"])
    return token


def left(_: None) -> list[str]:
    """What is still to be done by those who are at work."""
    from django.conf import settings

    from tearline.models import SagaRow
    from tearline.work._status import standings
    from tests.faults.scenarios import nothing_is_left

    if nothing_is_left() and nothing_is_left():
        return []
    standing = [each for module in settings.TEARLINE_TOPOLOGY.hosted for each in standings(module)]
    runs = SagaRow.objects.using("orders").filter(finished_at=None)
    told = [f"{run.title} of version {run.version}: {run.state}, {run.error[-300:]}" for run in runs]
    return [str(each) for each in standing if each.due or each.later] + told


def audited(placed: Sequence[Mapping[str, Any]]) -> list[str]:
    """The flaws of all orders, each told as a `customers.Wish`, once what was put off has had its time."""
    from tearline.testing import settle
    from tests.clock import let_pass
    from tests.faults import audit

    let_pass(timedelta(minutes=5))
    settle(timeout=60)
    return [
        *_of_the_number(len(placed)),
        *(f"{told['sku']}: {flaw}" for told in placed for flaw in _of_one(told)),
        *audit.of_the_ledgers(),
        *audit.of_the_work(),
    ]


def _of_the_number(placed: int) -> Iterator[str]:
    from django.apps import apps

    if (there := apps.get_model("orders", "Order").objects.count()) != placed:
        yield f"{placed} orders were accepted, and there are {there}"


def _of_one(told: Mapping[str, Any]) -> Iterator[str]:
    """However it ended, all of it must have ended so; and it must have been possible."""
    from modules.orders.facade import orders
    from tests.faults import audit
    from tests.faults.scenarios import PIECES, Scenario

    order = orders.find(told["order"])
    outcome = order.failure.code if order.failure else order.status
    expected = OUTCOMES[told["card"]] if told["quantity"] <= PIECES else "inventory.out_of_stock"
    possible = {expected, TOO_LATE} | ({"orders.cancelled_on_request"} if told["cancelled"] else set())
    if outcome not in possible:
        yield f"the order ended as {outcome}"
    yield from audit.of_one_order(order, Scenario("crowd", outcome))
    yield from _of_the_version(order.id)


def _of_the_version(order_id: str) -> Iterator[str]:
    from tearline.models import SagaRow
    from tests.faults import witness
    from tests.faults.chaos.program import NEXT

    run = SagaRow.objects.using("orders").get(subject_id=order_id)
    weighed = sum(effect.what == "weigh" for effect in witness.effects("orders", order_id))
    if weighed > (run.version == NEXT) or (run.state == "completed" and weighed != (run.version == NEXT)):
        yield f"a run of version {run.version} was weighed {weighed} times"


def versions(_: None) -> list[int]:
    """Of the saga, with which runs were begun."""
    from tearline.models import SagaRow

    return sorted(set(SagaRow.objects.using("orders").values_list("version", flat=True)))


VERBS: dict[str, Callable[[Any], Any]] = {
    "open": open_the_shop,
    "left": left,
    "audit": audited,
    "versions": versions,
}

if __name__ == "__main__":
    main()
