"""Money for people to read."""

from tearline.contracts import Money

_WITHOUT_CENTS = frozenset({"JPY", "KRW", "VND", "CLP", "ISK"})  # ISO 4217: exponent 0


def as_text(money: Money) -> str:
    """`19.99 EUR`; `1999 JPY`."""
    if money.currency in _WITHOUT_CENTS:
        return f"{money.amount} {money.currency}"
    units, cents = divmod(abs(money.amount), 100)
    return f"{'-' if money.amount < 0 else ''}{units}.{cents:02} {money.currency}"
