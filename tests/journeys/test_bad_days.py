"""What nobody heard of is undone all the same, and nobody gets what another has."""

from concurrent.futures import ThreadPoolExecutor

from django.db import connections

from modules.orders.contracts import Order
from tests.journeys.shop import Shop
from tests.processes import eventually


def test_money_that_was_held_unheard_is_let_go(shop: Shop) -> None:
    order = shop.order("MUG-BLUE", 2)
    with shop.answers_lost("authorize"):
        shop.work()
        assert (shop.outcome(order), shop.held(order)) == ("pending", 2900)
        shop.let_pass(minutes=2)
        shop.settle()
    assert (shop.outcome(order), shop.held(order), shop.charged(order)) == ("tearline.deadline_passed", 0, [])
    assert shop.stock("MUG-BLUE").available == 10


def test_money_that_was_taken_unheard_is_given_back(shop: Shop) -> None:
    order = shop.order("MUG-BLUE", 2)
    with shop.answers_lost("capture"):
        shop.work()
        assert (shop.outcome(order), shop.charged(order)) == ("pending", [2900])
        shop.let_pass(minutes=2)
        shop.settle()
    assert (shop.outcome(order), shop.held(order), shop.charged(order)) == ("tearline.deadline_passed", 0, [0])
    assert shop.stock("MUG-BLUE").available == 10


def test_an_answer_that_comes_before_the_deadline_is_in_time(shop: Shop) -> None:
    order = shop.order("MUG-BLUE", 2)
    with shop.answers_lost("capture"):
        shop.work()
    shop.settle()
    assert (shop.outcome(order), shop.charged(order)) == ("confirmed", [2900])


def test_an_open_circuit_delays_orders_and_changes_nothing_else(shop: Shop) -> None:
    cards = ("pm_card_ok", "pm_card_ok", "pm_card_declined")
    cancelled, paid, declined = (shop.order("MUG-BLUE", 1, card=card) for card in cards)
    with shop.answers_lost("authorize"):
        shop.work()
    with shop.provider_given_up():
        assert shop.cancel(cancelled).status_code == 200
        shop.settle_for(seconds=1)
        assert [shop.outcome(order) for order in (paid, declined)] == ["pending"] * 2
        assert (shop.outcome(cancelled), shop.held(cancelled)) == ("orders.cancelled_on_request", 1450)
    shop.settle()
    assert (shop.outcome(paid), shop.charged(paid)) == ("confirmed", [1450])
    assert (shop.outcome(declined), shop.held(declined)) == ("payments.payment_declined", 0)
    assert (shop.outcome(cancelled), shop.held(cancelled)) == ("orders.cancelled_on_request", 0)
    assert shop.stock("MUG-BLUE").available == 9


def test_of_many_who_want_the_last_three_at_once_three_get_one(shop: Shop) -> None:
    def buy(customer: int) -> str:
        try:
            answer = shop.ask("MUG-GOLD", 1, key=f"customer-{customer}", wait=10)
            return str(answer.json()["status"])
        finally:
            connections.close_all()

    with shop.at_work(), ThreadPoolExecutor(4) as customers:
        answers = sorted(customers.map(buy, range(8)))
    assert answers == ["cancelled"] * 5 + ["confirmed"] * 3
    assert (shop.stock("MUG-GOLD").available, shop.stock("MUG-GOLD").reserved) == (0, 3)


def test_who_cancels_at_the_last_moment_is_told_what_then_holds(shop: Shop) -> None:
    def change_their_mind(customer: int) -> tuple[Order, int]:
        try:
            order = shop.order("MUG-BLUE", 1, key=f"customer-{customer}")
            eventually(lambda: len(shop.timeline(order)) > customer % 5, "it has got so far")
            return order, shop.cancel(order).status_code
        finally:
            connections.close_all()

    with shop.at_work(), ThreadPoolExecutor(4) as customers:
        answered = list(customers.map(change_their_mind, range(10)))
    shop.settle()
    for order, status in answered:
        ended = (status, shop.outcome(order), sum(shop.charged(order)), shop.held(order))
        assert ended in [(200, "orders.cancelled_on_request", 0, 0), (409, "confirmed", 1450, 0)]
    confirmed = [status for _, status in answered].count(409)
    assert shop.stock("MUG-BLUE").reserved == confirmed
