"""What an auditor finds wrong with an order whose process was killed: nothing, or sentences that say what.

Asks the public facades, and reads the books of the provider and the carrier and the witness's ledger of effects. What
no facade tells, the shop's own ledgers and how often one request was written down, an auditor looks up in the tables.
"""

from collections.abc import Iterable, Iterator

from django.apps import apps
from django.conf import settings
from django.db.models import Sum

from modules.inventory.facade import inventory
from modules.notifications.facade import notifications
from modules.orders.contracts import Order, OrderId
from modules.orders.facade import orders
from modules.orders.sagas import fulfil
from modules.payments.adapters.simulated import SimulatedProvider
from modules.payments.facade import payments
from modules.shipping.adapters.simulated import SimulatedCarrier
from modules.shipping.facade import shipping
from tearline.events._listeners import by_name
from tearline.models import CommandKey, OutboxRow, SagaRow
from tearline.work._status import parked, standings
from tests.faults import witness
from tests.faults.scenarios import PIECES, Scenario

MODULES = settings.TEARLINE_TOPOLOGY.hosted
STEPS = [step.name for step in fulfil.steps]
OWN_STEPS = {step.name for step in fulfil.steps if step.kind == "local"}
(PIVOT,) = [step.name for step in fulfil.steps if step.pivot]
LETTERS = {"confirmed": ["confirmation", "shipment"], "inventory.out_of_stock": ["cancellation", "stock_ran_out"]}
ONCE_CONFIRMED = [["cancellation", "confirmation"], ["cancellation", "confirmation", "shipment"]]
"""The letters of an order that was given up after that, before or after its parcel had a label."""


def flaws(order_id: OrderId, scenario: Scenario) -> list[str]:
    """Everything that is not as the scenario says. No time may have been left for anything to be done later."""
    return [*of_one_order(orders.find(order_id), scenario), *of_the_ledgers(), *of_the_work()]


def of_one_order(order: Order, scenario: Scenario) -> list[str]:
    """What is not as the scenario says, whatever has become of others."""
    return [
        *_of_the_outcome(order, scenario),
        *_of_the_money(order, confirmed=scenario.confirmed),
        *_of_the_stock(order, confirmed=scenario.confirmed),
        *_of_the_parcels(order, confirmed=scenario.confirmed),
        *_of_the_letters(order, scenario),
        *of_what_was_heard(order.id),
        *of_the_course(order.id),
    ]


def flaws_while_parked(order_id: OrderId, scenario: Scenario) -> list[str]:
    """What is wrong while one listener cannot hear of an order: only that one waits, and all others do their part."""
    held_up = {row.what.split()[0] for module in MODULES for row in parked(module)}
    reservation = inventory.reservation_of(order_id)
    sent = [letter.template for letter in notifications.notifications_of(order_id)]
    return [
        *(["the event was not kept for those who mend it"] if held_up != {scenario.poisoned} else []),
        *(["the stock waits for somebody else"] if not reservation or reservation.state != "committed" else []),
        *(["the letter waits for somebody else"] if sent != ["confirmation"] else []),
    ]


# What holds of every order, however it ended


def of_what_was_heard(order_id: OrderId) -> Iterator[str]:
    """Each announced event by each listener, with one effect; and stamps in their order."""
    stamped = witness.stamps(witness.effects("orders", order_id))
    if stamped != list(range(1, len(stamped) + 1)):
        yield f"the stamps are {stamped}"
    for name, heard in _heard(order_id).items():
        announced = _announced_to(name, order_id)
        for event in sorted({event for event in heard if heard.count(event) > 1}):
            yield f"{name} heard {event} {heard.count(event)} times"
        if missed := sorted(set(announced) - set(heard)):
            yield f"{name} never heard {missed}"
        if name in witness.READERS and heard != [str(number) for number in stamped]:
            yield f"{name} heard the stamps {heard}"


def _heard(order_id: OrderId) -> dict[str, list[str]]:
    """By every listener, in order: the ids of events, or the numbers of stamps."""
    told = {module: witness.effects(module, order_id) for module in MODULES}
    return {
        name: [effect.detail for effect in told[listener.module] if effect.what == name and effect.kind == "heard"]
        for name, listener in by_name.items()
    }


def _announced_to(name: str, order_id: OrderId) -> list[str]:
    if name in witness.READERS:
        return [str(number) for number in witness.stamps(witness.effects("orders", order_id))]
    topic = by_name[name].event.topic
    rows = OutboxRow.objects.using(topic.split(".")[0]).filter(topic=topic, stream=order_id)
    return list(rows.values_list("event_id", flat=True))


def of_the_course(order_id: OrderId) -> Iterator[str]:
    """Its own steps once each; undone in reverse, and never past the pivot; all of it written in the journal."""
    told = [effect for effect in witness.effects("orders", order_id) if effect.kind in ("did", "undid")]
    for effect in sorted({(effect.kind, effect.what) for effect in told if effect.what in OWN_STEPS}):
        if (times := [(each.kind, each.what) for each in told].count(effect)) > 1:
            yield f"the order {' '.join(effect)} {times} times"
    undone = list(dict.fromkeys(effect.what for effect in told if effect.kind == "undid"))
    if undone != sorted(undone, key=STEPS.index, reverse=True):
        yield f"undone in the order {undone}"
    if undone and ("did", PIVOT) in [(effect.kind, effect.what) for effect in told]:
        yield f"undone past the pivot: {undone}"
    yield from _of_the_journal(order_id)


def _of_the_journal(order_id: OrderId) -> Iterator[str]:
    runs = SagaRow.objects.using("orders").filter(subject_id=order_id)
    if runs.count() != 1:
        yield f"{runs.count()} runs were begun"
    for run in runs:
        fates = {(step.direction, step.name): step.state for step in run.steps.all()}
        for name in STEPS:
            done, undone = fates.get(("do", name)), fates.get(("undo", name))
            if run.state == "completed" and (done, undone) != ("done", None):
                yield f"{name} is {done} and undone {undone} in a completed run"
            if run.state == "undone" and done not in (None, "refused", "failing") and undone != "done":
                yield f"{name} is {done} and undone {undone} in an undone run"


def _of_the_outcome(order: Order, scenario: Scenario) -> Iterator[str]:
    outcome = order.failure.code if order.failure else order.status
    if outcome != scenario.outcome:
        yield f"the order ended as {outcome}"
    lines = apps.get_model("orders", "OrderLine").objects.filter(sku=order.lines[0].sku)
    if lines.count() > 1:
        yield f"one request has become {lines.count()} orders"


def _of_the_money(order: Order, *, confirmed: bool, given_back: int = 0) -> Iterator[str]:
    """By the provider's books, and by ours. `given_back`: of what was charged, in cents."""
    provider = SimulatedProvider()
    charged = [charge.amount.amount for charge in provider.charges(order.id)]
    kept = [charge.amount.amount - charge.refunded.amount for charge in provider.charges(order.id)]
    if len(charged) > 1:
        yield f"the card was charged {charged}"
    if sum(kept) != (order.total.amount - given_back if confirmed else 0):
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
    shipments = [shipment for shipment in shipping.shipments_of(order.id) if shipment.state != "cancelled"]
    if len(shipments) != (1 if confirmed else 0):
        yield f"there are {len(shipments)} shipments"
    labels = SimulatedCarrier().labels()
    for shipment in shipments:
        if shipment.state != "ready" or labels.get(shipment.id) != shipment.tracking_number:
            yield f"{shipment} has not the label that the carrier sold, {labels.get(shipment.id)}"


def _of_the_letters(order: Order, scenario: Scenario) -> Iterator[str]:
    letters = notifications.notifications_of(order.id)
    usual = LETTERS.get(scenario.outcome, ["cancellation"])
    possible = ONCE_CONFIRMED if order.status == "cancelled" and _was_confirmed(order.id) else [usual]
    if sorted(letter.template for letter in letters) not in possible:
        yield f"the letters are {[letter.template for letter in letters]}"
    if unsent := [letter.template for letter in letters if letter.state != "sent"]:
        yield f"not sent: {unsent}"


def _was_confirmed(order_id: OrderId) -> bool:
    return SagaRow.objects.using("orders").filter(subject_id=order_id, state="completed").exists()


def of_the_ledgers() -> Iterator[str]:
    """Each row is the sum of its ledger."""
    for level in apps.get_model("inventory", "StockLevel").objects.all():
        movements = apps.get_model("inventory", "StockMovement").objects.filter(
            sku=level.item_id, location=level.location_id
        )
        summed = movements.aggregate(on_hand=Sum("on_hand_change"), reserved=Sum("reserved_change"))
        if summed != {"on_hand": level.on_hand, "reserved": level.reserved}:
            yield f"{level}, and its ledger {summed}"
    for payment in apps.get_model("payments", "Payment").objects.all():
        for kind in ("authorized", "voided", "captured", "refunded"):
            entered = payment.entries.filter(kind=kind).aggregate(sum=Sum("amount"))["sum"] or 0
            if entered != getattr(payment, kind):
                yield f"{payment}: {getattr(payment, kind)} {kind}, and {entered} by its ledger"


def of_the_work() -> Iterator[str]:
    """All is done, but that the carrier is to be asked where a parcel is: one look ahead for each.

    One whose label was given back may be looked for once more.
    """
    for module in MODULES:
        for standing in standings(module):
            looks = (module, standing.kind) == ("shipping", "tasks")
            least, most = (_parcels_on_their_way(), _parcels_with_a_label()) if looks else (0, 0)
            if standing.due or not least <= standing.later <= most or standing.parked:
                yield f"work is left: {standing}"
        for row in parked(module):
            yield f"parked: {row.what}: {row.error}"
        for key in CommandKey.objects.using(module).filter(answer="", undone=False):
            yield f"{key.operation} was never answered under the key {key.key}"
    for saga in SagaRow.objects.using("orders").exclude(state__in=("completed", "undone")):
        yield f"{saga.title} is {saga.state}"


def _parcels_on_their_way() -> int:
    labelled = apps.get_model("shipping", "Shipment").objects.filter(label="bought")
    return labelled.exclude(state__in=["delivered", "returned"]).count()


def _parcels_with_a_label() -> int:
    """Or that had one."""
    labelled = apps.get_model("shipping", "Shipment").objects.filter(label__in=["bought", "voiding", "voided"])
    return labelled.exclude(state__in=["delivered", "returned"]).count()


# What holds of many orders together


def of_many(placed: Iterable[Order], *, given_back: int = 0) -> Iterator[str]:
    """Each is paid once, or not at all; each row is the sum of its ledger; and nothing is left to do.

    `given_back`: of each that was paid, in cents.
    """
    for order in placed:
        if order.status == "pending":
            yield f"{order.id} is pending"
        confirmed = order.status == "confirmed"
        yield from (f"{order.id}: {flaw}" for flaw in _of_the_money(order, confirmed=confirmed, given_back=given_back))
    yield from of_the_ledgers()
    yield from of_the_work()
