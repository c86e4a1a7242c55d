"""What every provider promises, shown of each: the simulated one, and Stripe over HTTP."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from modules.orders.contracts import OrderId
from modules.payments.adapters import Answer, Part, Posting, Provider
from modules.payments.adapters import provider as configured
from modules.payments.adapters.simulated import SimulatedProvider
from modules.payments.contracts import CARD_DECLINED, CARD_OK
from modules.payments.tests import localstripe
from modules.payments.tests.localstripe import Front
from modules.payments.tests.played import PRICE
from tearline.contracts import Money

PART = Money(amount=500, currency="EUR")
REST = PRICE.amount - PART.amount


@dataclass(frozen=True)
class World:
    """A provider, and what its books say of an order."""

    provider: Provider
    ok: str
    declined: str
    held: Callable[[OrderId], int]
    kept: Callable[[OrderId], int]
    keeps_the_rest: bool
    """Whether what a capture leaves stays held."""


@pytest.fixture(params=["simulated", "stripe by its lists", "stripe by its search"])
def world(request: pytest.FixtureRequest, db: None) -> World:
    if request.param == "simulated":
        books: SimulatedProvider = request.getfixturevalue("provider")
        return World(
            provider=configured(),
            ok=CARD_OK,
            declined=CARD_DECLINED,
            held=lambda order_id: sum(hold.amount.amount for hold in books.holds(order_id)),
            kept=lambda order_id: sum(c.amount.amount - c.refunded.amount for c in books.charges(order_id)),
            keeps_the_rest=True,
        )
    front: Front = request.getfixturevalue("stripe")
    front.lists = request.param == "stripe by its lists"

    def held(order_id: OrderId) -> int:
        return sum(int(i["amount"]) for i in front.intents(order_id) if i["status"] == "requires_capture")

    def kept(order_id: OrderId) -> int:
        taken = sum(int(intent["amount_received"]) for intent in front.intents(order_id))
        return taken - sum(int(refund["amount"]) for refund in front.refunds(order_id))

    return World(configured(), localstripe.CARD_OK, localstripe.CARD_DECLINED, held, kept, keeps_the_rest=False)


@pytest.fixture
def key(order_id: OrderId) -> str:
    return f"payment-{order_id}"


@pytest.fixture
def take(order_id: OrderId) -> str:
    return f"capture-{order_id}"


@pytest.fixture
def held(world: World, order_id: OrderId, key: str) -> World:
    """A provider that holds money under the key."""
    world.provider.authorize(key=key, order_id=order_id, amount=PRICE, method=world.ok)
    return world


@pytest.fixture
def taken(held: World, key: str, take: str) -> World:
    held.provider.capture(key=take, authorization=key, amount=PRICE)
    return held


def told(answer: Answer) -> list[tuple[str, int]]:
    return [(movement.kind, movement.amount) for movement in answer.movements]


def test_the_same_key_holds_once_and_is_found(held: World, order_id: OrderId, key: str) -> None:
    again = held.provider.authorize(key=key, order_id=order_id, amount=PRICE, method=held.ok)

    assert told(again) == [("authorized", PRICE.amount)]
    assert held.provider.find(key=key) == again
    assert held.held(order_id) == PRICE.amount


def test_what_was_never_asked_is_not_found(world: World, key: str) -> None:
    assert world.provider.find(key=key) is None


def test_a_declined_card_holds_nothing_and_stays_declined(world: World, order_id: OrderId, key: str) -> None:
    answers = [
        world.provider.authorize(key=key, order_id=order_id, amount=PRICE, method=world.declined) for _ in range(2)
    ]

    assert [(answer.declined, answer.movements) for answer in answers] == [("card_declined", ())] * 2
    found = world.provider.find(key=key)
    assert (found or Answer()).declined == "card_declined"
    assert world.held(order_id) == 0


def test_a_method_that_nobody_knows_is_declined(world: World, order_id: OrderId, key: str) -> None:
    answer = world.provider.authorize(key=key, order_id=order_id, amount=PRICE, method="pm_of_another_world")

    assert answer.declined
    assert answer.movements == ()


def test_all_is_taken_once(taken: World, order_id: OrderId, key: str, take: str) -> None:
    again = taken.provider.capture(key=take, authorization=key, amount=PRICE)

    assert told(again) == [("captured", PRICE.amount)]
    assert taken.provider.find(key=take) == again
    assert (taken.held(order_id), taken.kept(order_id)) == (0, PRICE.amount)


def test_a_part_is_taken_and_the_rest_held_or_let_go(held: World, order_id: OrderId, key: str, take: str) -> None:
    answer = held.provider.capture(key=take, authorization=key, amount=PART)
    second = held.provider.capture(key=f"{take}-2", authorization=key, amount=Money(amount=REST, currency="EUR"))

    if held.keeps_the_rest:
        assert (told(answer), told(second)) == ([("captured", 500)], [("captured", REST)])
        assert held.kept(order_id) == PRICE.amount
    else:
        assert (told(answer), second.movements) == ([("captured", 500), ("voided", REST)], ())
        assert second.declined
        assert held.kept(order_id) == PART.amount
    assert held.held(order_id) == 0


def test_no_more_is_taken_than_is_held(held: World, order_id: OrderId, key: str, take: str) -> None:
    more = Money(amount=PRICE.amount + 1, currency="EUR")

    assert held.provider.capture(key=take, authorization=key, amount=more).declined
    assert held.kept(order_id) == 0


def test_what_was_let_go_is_not_taken(held: World, order_id: OrderId, key: str, take: str) -> None:
    for _ in range(2):
        assert told(held.provider.void(key=key)) == [("authorized", PRICE.amount), ("voided", PRICE.amount)]

    assert held.provider.capture(key=take, authorization=key, amount=PRICE).declined
    assert (held.held(order_id), held.kept(order_id)) == (0, 0)


def test_what_was_taken_is_not_let_go(taken: World, order_id: OrderId, key: str) -> None:
    assert told(taken.provider.void(key=key)) == [("authorized", PRICE.amount)]
    assert taken.kept(order_id) == PRICE.amount


def test_a_capture_is_given_back_once(taken: World, order_id: OrderId, take: str) -> None:
    for _ in range(2):
        assert told(taken.provider.refund(key=take)) == [("captured", PRICE.amount), ("refunded", PRICE.amount)]
    assert taken.kept(order_id) == 0


def test_parts_are_given_back_once_each_and_undoing_gives_back_what_is_left(
    taken: World, order_id: OrderId, key: str, take: str
) -> None:
    parts = [Part(capture=take, amount=PART.amount)]
    for refund in ("refund-1", "refund-1", "refund-2"):
        answer = taken.provider.refund_parts(key=f"{refund}-{order_id}", authorization=key, parts=parts)
        assert told(answer) == [("refunded", PART.amount)]
        assert taken.provider.find_refund(key=f"{refund}-{order_id}", authorization=key) == answer
    assert taken.kept(order_id) == PRICE.amount - 2 * PART.amount

    undone = told(taken.provider.refund(key=take))
    assert undone == [("captured", PRICE.amount), ("refunded", PRICE.amount - 2 * PART.amount)]
    assert taken.kept(order_id) == 0


def test_no_more_is_given_back_than_was_taken(taken: World, order_id: OrderId, key: str, take: str) -> None:
    parts = [Part(capture=take, amount=PRICE.amount)]
    taken.provider.refund_parts(key=f"refund-1-{order_id}", authorization=key, parts=parts)
    more = taken.provider.refund_parts(
        key=f"refund-2-{order_id}", authorization=key, parts=[Part(capture=take, amount=1)]
    )

    assert (bool(more.declined), more.movements) == (True, ())
    assert taken.provider.find_refund(key=f"refund-3-{order_id}", authorization=key) is None
    assert taken.kept(order_id) == 0


def test_what_was_undone_too_early_is_declined_for_good(world: World, order_id: OrderId, key: str, take: str) -> None:
    assert world.provider.void(key=key).declined == "undone"
    assert world.provider.refund(key=take).declined == "undone"

    late = world.provider.authorize(key=key, order_id=order_id, amount=PRICE, method=world.ok)
    assert (late.declined, late.movements) == ("undone", ())
    found = world.provider.find(key=key)
    assert (found or Answer()).declined == "undone"
    assert world.held(order_id) == 0


def test_a_late_capture_after_its_undoing_takes_nothing(held: World, order_id: OrderId, key: str, take: str) -> None:
    held.provider.refund(key=take)

    assert held.provider.capture(key=take, authorization=key, amount=PRICE).declined == "undone"
    assert held.kept(order_id) == 0


def test_the_statement_tells_of_everything_that_moved(taken: World, order_id: OrderId, key: str, take: str) -> None:
    part = [Part(capture=take, amount=PART.amount)]
    taken.provider.refund_parts(key=f"refund-{order_id}", authorization=key, parts=part)
    now = datetime.now(UTC)
    posted = _statement(taken.provider, now - timedelta(minutes=5), now + timedelta(minutes=5), order_id)

    moved = [(line.movement.kind, line.movement.amount, line.currency) for line in posted]
    assert moved == [("authorized", 1999, "EUR"), ("captured", 1999, "EUR"), ("refunded", 500, "EUR")]
    known = {*_references(taken.provider.find(key=key)), *_references(taken.provider.find(key=take))}
    known |= _references(taken.provider.find_refund(key=f"refund-{order_id}", authorization=key))
    assert {(line.movement.kind, line.movement.reference) for line in posted} == known
    earlier = now - timedelta(minutes=10)
    assert _statement(taken.provider, earlier, earlier + timedelta(minutes=5), order_id) == []


def _statement(provider: Provider, since: datetime, until: datetime, order_id: OrderId) -> list[Posting]:
    lines, more = [], ""
    while True:
        page = provider.statement(since=since, until=until, after=more)
        lines += [line for line in page.lines if line.order_id == order_id]
        more = page.more
        if not more:
            return lines


def _references(answer: Answer | None) -> set[tuple[str, str]]:
    return {(movement.kind, movement.reference) for movement in (answer or Answer()).movements}
