"""What an order costs: total = lines + shipping + tax - discount, all in minor units.

Rounding. Amounts are rounded half up, line by line, and the sums are sums of what was rounded: so an invoice adds up
as its reader adds it. How to round is left to each country, as long as it is done in proportion (Court of Justice of
the EU, C-484/06, Koninklijke Ahold); half up is what commerce is used to (DIN 1333). Bankers' rounding evens out over
many sums, but surprises whoever checks one.

Discount. What the whole order is reduced by is spread over its lines in proportion, by largest remainder (Hamilton's
method): each line gets its share rounded down, and the units that are left go to the largest remainders, earlier lines
first. So the shares add up to the discount, and none exceeds its line.

Tax. Of what is left of a line, and of shipping, at one rate. Net prices have it added. Gross prices contain it: it is
taken out of lines, shipping and discount alike, so that the total is what the prices said.

Knows no order, no setting and no database.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Terms:
    """`tax_rate`: 19 percent is 19/100. `shipping`: as the customer is told it, so gross where prices are."""

    tax_rate: Fraction = Fraction(0)
    prices_include_tax: bool = True
    shipping: int = 0


@dataclass(frozen=True)
class PricedLine:
    """Without tax: what it costs, and what it is reduced by. And the tax of what is left."""

    net: int
    discount: int
    tax: int

    @property
    def due(self) -> int:
        """What is paid for it."""
        return self.net - self.discount + self.tax


@dataclass(frozen=True)
class Priced:
    """An order's lines, and its shipping without tax. `tax` is that of all of it."""

    lines: tuple[PricedLine, ...]
    shipping: int
    tax: int

    @property
    def net(self) -> int:
        """Of the lines."""
        return sum(line.net for line in self.lines)

    @property
    def discount(self) -> int:
        return sum(line.discount for line in self.lines)

    @property
    def total(self) -> int:
        return self.net + self.shipping + self.tax - self.discount


def price(amounts: Sequence[int], terms: Terms, *, discount: int = 0) -> Priced:
    """`amounts`: price times quantity of each line. `discount`: at most their sum, gross where prices are."""
    shares = spread(discount, amounts)
    lines = tuple(_line(amount, share, terms) for amount, share in zip(amounts, shares, strict=True))
    shipping, tax_on_shipping = _parts(terms.shipping, terms)
    return Priced(lines, shipping, tax_on_shipping + sum(line.tax for line in lines))


def _line(amount: int, share: int, terms: Terms) -> PricedLine:
    net, _ = _parts(amount, terms)
    left, tax = _parts(amount - share, terms)
    return PricedLine(net, discount=net - left, tax=tax)


def _parts(amount: int, terms: Terms) -> tuple[int, int]:
    """Without tax, and its tax."""
    if terms.prices_include_tax:
        tax = half_up(amount * terms.tax_rate / (1 + terms.tax_rate))
        return amount - tax, tax
    return amount, half_up(amount * terms.tax_rate)


def half_up(amount: Fraction) -> int:
    """The nearest whole number; of two as near, the larger."""
    return (amount + Fraction(1, 2)).__floor__()


def spread(whole: int, weights: Sequence[int]) -> list[int]:
    """Parts in proportion to the weights that add up to the whole, by largest remainder. Without weights, nothing."""
    total = sum(weights)
    if total == 0:
        return [0] * len(weights)
    parts = [whole * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda place: -(whole * weights[place] % total))
    for place in by_remainder[: whole - sum(parts)]:
        parts[place] += 1
    return parts


def part(due: int, quantity: int, *, start: int, count: int) -> int:
    """What is due for so many pieces of a line, after those before them. All pieces together: what is due for it."""
    return half_up(Fraction(due * (start + count), quantity)) - half_up(Fraction(due * start, quantity))
