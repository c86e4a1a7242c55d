"""What happens to an order, from the customer's request to the parcel: the system on two screens."""

import pytest

from tests.journeys.shop import ADA, Shop


def test_an_order_goes_through(shop: Shop) -> None:
    order = shop.order("MUG-BLUE", 2)
    assert shop.outcome(order) == "pending"
    shop.settle()
    assert shop.outcome(order) == "confirmed"
    assert shop.timeline(order) == [
        "placed",
        "reserve stock done",
        "authorize payment done",
        "capture payment done",
        "confirmed",
    ]
    assert shop.stock("MUG-BLUE").available == 8
    assert shop.charged(order) == [2900]
    assert shop.labelled(order) == [{"MUG-BLUE": 2}]
    assert shop.mail_to(ADA) == [f"Your order {order.id} is confirmed", f"Your order {order.id} is ready to go"]


def test_a_declined_card_gives_the_stock_back(shop: Shop) -> None:
    order = shop.order("MUG-BLUE", 2, card="pm_card_declined")
    shop.settle()
    assert shop.outcome(order) == "payments.payment_declined"
    assert shop.timeline(order) == [
        "placed",
        "reserve stock done",
        "authorize payment refused",
        "release stock done",
        "cancelled",
    ]
    assert shop.stock("MUG-BLUE").available == 10
    assert (shop.charged(order), shop.labelled(order)) == ([], [])
    assert shop.mail_to(ADA) == [f"Your order {order.id} is cancelled"]


def test_stock_that_runs_out_undoes_the_order_and_tells_both_sides(shop: Shop) -> None:
    order = shop.order("MUG-BLUE", 2, also={"MUG-GOLD": 4})
    shop.settle()
    assert shop.outcome(order) == "inventory.out_of_stock"
    assert (shop.stock("MUG-BLUE").available, shop.stock("MUG-GOLD").available) == (10, 3)
    assert (shop.charged(order), shop.held(order)) == ([], 0)
    assert shop.mail_to(ADA) == [f"Your order {order.id} is cancelled"]
    assert shop.mail_to("staff@shop.example") == ["MUG-GOLD ran out"]


@pytest.mark.parametrize("card", ["pm_card_slow", "pm_card_lost_answer", "pm_card_flaky"])
def test_a_card_that_is_slow_or_hard_to_reach_is_charged_once(shop: Shop, card: str) -> None:
    order = shop.order("MUG-BLUE", 2, card=card)
    shop.settle()
    assert (shop.outcome(order), shop.charged(order), shop.held(order)) == ("confirmed", [2900], 0)


def test_a_provider_that_stays_down_past_the_deadline_undoes_the_order(shop: Shop) -> None:
    order = shop.order("MUG-BLUE", 2)
    with shop.provider_down():
        shop.work()
        assert (shop.outcome(order), shop.stock("MUG-BLUE").available) == ("pending", 8)
        shop.let_pass(minutes=2)
        shop.work()
        assert (shop.outcome(order), shop.stock("MUG-BLUE").available) == ("tearline.deadline_passed", 10)
    shop.settle()
    assert (shop.charged(order), shop.held(order)) == ([], 0)


def test_a_pending_order_can_be_cancelled_and_is_undone(shop: Shop) -> None:
    with shop.provider_down():
        order = shop.order("MUG-BLUE", 2)
        shop.work()
        assert shop.cancel(order).status_code == 200
    shop.settle()
    assert shop.outcome(order) == "orders.cancelled_on_request"
    assert (shop.stock("MUG-BLUE").available, shop.charged(order), shop.held(order)) == (10, [], 0)


def test_a_confirmed_order_is_given_up_and_the_money_given_back_once(shop: Shop) -> None:
    order = shop.order("MUG-BLUE", 2)
    shop.settle()
    assert (shop.cancel(order).status_code, shop.cancel(order).status_code) == (200, 200)
    shop.settle()
    assert shop.outcome(order) == "orders.cancelled_on_request"
    assert (shop.stock("MUG-BLUE").available, shop.charged(order), shop.held(order)) == (10, [0], 0)
    assert shop.mail_to(ADA)[-1] == f"Your order {order.id} is cancelled"


def test_asking_twice_under_one_key_is_one_order(shop: Shop) -> None:
    order = shop.order("MUG-BLUE", 2, key="once")
    shop.settle()
    again = shop.ask("MUG-BLUE", 2, key="once")
    assert (again.status_code, again["Idempotent-Replayed"], again.json()["id"]) == (201, "true", order.id)
    shop.settle()
    assert (shop.stock("MUG-BLUE").available, shop.charged(order)) == (8, [2900])
    other = shop.ask("MUG-BLUE", 3, key="once")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize(("card", "outcome"), [("pm_card_ok", "confirmed"), ("pm_card_declined", "cancelled")])
def test_whoever_waits_is_told_the_outcome(shop: Shop, card: str, outcome: str) -> None:
    with shop.at_work():
        answer = shop.ask("MUG-BLUE", 2, card=card, wait=10)
    assert (answer.status_code, answer["Preference-Applied"], answer.json()["status"]) == (201, "wait=10", outcome)


def test_the_price_is_the_catalogs_on_the_day_of_the_order(shop: Shop) -> None:
    order = shop.order("MUG-BLUE", 2)
    shop.offer("MUG-BLUE", cents=9900)
    shop.settle()
    assert (shop.total(order), shop.charged(order)) == (2900, [2900])
    assert shop.total(shop.order("MUG-BLUE", 2)) == 19800


def test_who_names_a_price_of_their_own_is_told_that_there_is_no_such_thing(shop: Shop) -> None:
    answer = shop.ask("MUG-BLUE", 2, unit_price={"amount": 1, "currency": "EUR"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/lines/0/unit_price")
