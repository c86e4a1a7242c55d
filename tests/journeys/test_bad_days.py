"""What nobody heard of is undone all the same, and nobody gets what another has."""

from concurrent.futures import ThreadPoolExecutor

from django.db import connections

from tests.journeys.shop import Shop


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
