"""What an auditor finds wrong with an order whose process was killed: nothing, or sentences that say what.

Asks the public facades and reads the books of the provider and the carrier. What no facade tells, the ledgers and how
often one request was written down, an auditor looks up in the tables.
"""

from collections.abc import Iterator

from django.apps import apps
from django.conf import settings
from django.db.models import Sum

from modules.inventory.facade import inventory
from modules.notifications.facade import notifications
from modules.orders.contracts import Order, OrderId
from modules.orders.facade import orders
from modules.payments.adapters.simulated import SimulatedProvider
from modules.payments.facade import payments
from modules.shipping.adapters.simulated import SimulatedCarrier
from modules.shipping.facade import shipping
from tearline.models import CommandKey, SagaRow
from tearline.work._status import parked, standings
from tests.faults.scenarios import PIECES, Scenario

LETTERS = {"confirmed": ["confirmation", "shipment"], "inventory.out_of_stock": ["cancellation", "stock_ran_out"]}


def flaws(order_id: OrderId, scenario: Scenario) -> list[str]:
    """Everything that is not as the scenario says. No time may have been left for anything to be done later."""
    order = orders.find(order_id)
    return [
        *_of_the_outcome(order, scenario),
        *_of_the_money(order, confirmed=scenario.confirmed),
        *_of_the_stock(order, confirmed=scenario.confirmed),
        *_of_the_parcels(order, confirmed=scenario.confirmed),
        *_of_the_letters(order, scenario),
        *_of_the_ledgers(),
        *_of_the_work(),
    ]


def _of_the_outcome(order: Order, scenario: Scenario) -> Iterator[str]:
    outcome = order.failure.code if order.failure else order.status
    if outcome != scenario.outcome:
        yield f"the order ended as {outcome}"
    lines = apps.get_model("orders", "OrderLine").objects.filter(sku=order.lines[0].sku)
    if lines.count() > 1:
        yield f"one request has become {lines.count()} orders"


def _of_the_money(order: Order, *, confirmed: bool) -> Iterator[str]:
    """By the provider's books, and by ours."""
    provider = SimulatedProvider()
    charged = [charge.amount.amount for charge in provider.charges(order.id)]
    kept = [charge.amount.amount - charge.refunded.amount for charge in provider.charges(order.id)]
    if len(charged) > 1:
        yield f"the card was charged {charged}"
    if sum(kept) != (order.total.amount if confirmed else 0):
        yield f"the provider keeps {sum(kept)} for us"
    if held := provider.holds(order.id):
        yield f"the provider still holds {held}"
    payment = payments.payment_of(order.id)
    booked = payment.captured.amount - payment.refunded.amount if payment else 0
    if booked != sum(kept):
        yield f"our books say that {booked} is kept, the provider's {sum(kept)}"


def _of_the_stock(order: Order, *, confirmed: bool) -> Iterator[str]:
    line = order.lines[0]
    level = inventory.levels([line.sku])[0]
    wanted = (PIECES, line.quantity if confirmed else 0)
    if (level.on_hand, level.reserved) != wanted:
        yield f"of {line.sku}, {level.on_hand} are on hand and {level.reserved} reserved"
    reservation = inventory.reservation_of(order.id)
    state = reservation.state if reservation else "released"
    if state != ("committed" if confirmed else "released"):
        yield f"the reservation is {state}"


def _of_the_parcels(order: Order, *, confirmed: bool) -> Iterator[str]:
    shipments = shipping.shipments_of(order.id)
    if len(shipments) != (1 if confirmed else 0):
        yield f"there are {len(shipments)} shipments"
    labels = SimulatedCarrier().labels()
    for shipment in shipments:
        if shipment.state != "ready" or labels.get(shipment.id) != shipment.tracking_number:
            yield f"{shipment} has not the label that the carrier sold, {labels.get(shipment.id)}"


def _of_the_letters(order: Order, scenario: Scenario) -> Iterator[str]:
    letters = notifications.notifications_of(order.id)
    if sorted(letter.template for letter in letters) != LETTERS.get(scenario.outcome, ["cancellation"]):
        yield f"the letters are {[letter.template for letter in letters]}"
    if unsent := [letter.template for letter in letters if letter.state != "sent"]:
        yield f"not sent: {unsent}"


def _of_the_ledgers() -> Iterator[str]:
    """Each row is the sum of its ledger."""
    for level in apps.get_model("inventory", "StockLevel").objects.all():
        movements = apps.get_model("inventory", "StockMovement").objects.filter(sku=level.pk)
        summed = movements.aggregate(on_hand=Sum("on_hand_change"), reserved=Sum("reserved_change"))
        if summed != {"on_hand": level.on_hand, "reserved": level.reserved}:
            yield f"{level}, and its ledger {summed}"
    for payment in apps.get_model("payments", "Payment").objects.all():
        for kind in ("authorized", "voided", "captured", "refunded"):
            entered = payment.entries.filter(kind=kind).aggregate(sum=Sum("amount"))["sum"] or 0
            if entered != getattr(payment, kind):
                yield f"{payment}: {getattr(payment, kind)} {kind}, and {entered} by its ledger"


def _of_the_work() -> Iterator[str]:
    for module in settings.TEARLINE_TOPOLOGY.hosted:
        for standing in standings(module):
            if standing.due or standing.later or standing.parked:
                yield f"work is left: {standing}"
        for row in parked(module):
            yield f"parked: {row.what}: {row.error}"
        for key in CommandKey.objects.using(module).filter(answer="", undone=False):
            yield f"{key.operation} was never answered under the key {key.key}"
    for saga in SagaRow.objects.using("orders").exclude(state__in=("completed", "undone")):
        yield f"{saga.title} is {saga.state}"
