"""Whatever is ordered, by whichever terms: the parts add up, and to what the customer was told."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.orders.pricing import PricedLine, Terms, half_up, part, price, spread

AMOUNTS = st.lists(st.integers(0, 10**7), min_size=1, max_size=20)
RATES = st.integers(0, 4000).map(lambda hundredths: Fraction(hundredths, 10_000))
SHARE = st.fractions(0, 1)


@given(AMOUNTS, RATES, st.booleans(), st.integers(0, 10**5), SHARE)
def test_the_parts_add_up_and_none_is_negative(
    amounts: list[int], rate: Fraction, gross: bool, shipping: int, share: Fraction
) -> None:
    discount = int(sum(amounts) * share)
    priced = price(amounts, Terms(rate, gross, shipping), discount=discount)

    assert priced.total == priced.net + priced.shipping + priced.tax - priced.discount
    shipping_due = priced.total - sum(line.due for line in priced.lines)
    assert shipping_due - priced.shipping == priced.tax - sum(line.tax for line in priced.lines)
    for line in priced.lines:
        assert 0 <= line.discount <= line.net
        assert line.tax >= 0
    if gross:
        assert priced.total == sum(amounts) + shipping - discount
    else:
        assert (priced.net, priced.discount, priced.shipping) == (sum(amounts), discount, shipping)


@given(AMOUNTS, SHARE)
def test_a_discount_is_spread_in_proportion_and_in_full(weights: list[int], share: Fraction) -> None:
    whole, total = int(sum(weights) * share), sum(weights)
    parts = spread(whole, weights)
    assert sum(parts) == whole
    for each, weight in zip(parts, weights, strict=True):
        assert 0 <= each <= weight
        assert total == 0 or abs(each - Fraction(whole * weight, total)) < 1


@given(st.integers(0, 10**7), st.lists(st.integers(1, 50), min_size=1, max_size=10))
def test_what_is_given_back_piece_by_piece_is_what_was_paid(due: int, returns: list[int]) -> None:
    quantity, start, back = sum(returns), 0, []
    for count in returns:
        back.append(part(due, quantity, start=start, count=count))
        start += count
    assert sum(back) == due
    assert min(back) >= 0


@pytest.mark.parametrize(
    ("amount", "rounded"), [("0.49", 0), ("0.5", 1), ("1.5", 2), ("2.5", 3), ("2.51", 3), ("2.499999", 2)]
)
def test_a_half_is_rounded_up(amount: str, rounded: int) -> None:
    assert half_up(Fraction(amount)) == rounded


def test_the_largest_remainders_get_what_is_left_and_earlier_lines_win() -> None:
    assert spread(100, [1, 1, 1]) == [34, 33, 33]
    assert spread(10, [15, 70, 15]) == [2, 7, 1]
    assert spread(0, [5, 5]) == [0, 0]
    assert spread(0, [0, 0]) == [0, 0]


def test_an_invoice_by_hand() -> None:
    """Two at 9.99 and one, 5.00 off, 4.90 for shipping, 19 %."""
    net = price([1998, 999], Terms(Fraction(19, 100), prices_include_tax=False, shipping=490), discount=500)
    # 500 is 333.33 and 166.67; of 1665, 832 and 490, 19 % is 316.35, 158.08 and 93.1.
    assert net.lines == (PricedLine(1998, 333, 316), PricedLine(999, 167, 158))
    assert (net.net, net.shipping, net.tax, net.discount, net.total) == (2997, 490, 316 + 158 + 93, 500, 3554)

    gross = price([1998, 999], Terms(Fraction(19, 100), prices_include_tax=True, shipping=490), discount=500)
    # 1998 and 999 contain 319.01 and 159.50 tax, 1665 and 832 265.84 and 132.84, and 490 contains 78.24.
    assert gross.lines == (PricedLine(1679, 280, 266), PricedLine(839, 140, 133))
    assert (gross.net, gross.shipping, gross.tax, gross.discount) == (2518, 412, 266 + 133 + 78, 420)
    assert gross.total == 2997 + 490 - 500
