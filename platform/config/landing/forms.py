"""The form that places a demo order."""

import secrets
from collections.abc import Sequence
from typing import Any, cast

from django import forms

from modules.catalog.contracts import Product
from modules.orders.contracts import Address, PlaceOrder, WantedLine
from modules.payments.contracts import CARD_OK, MAGIC_METHODS

CUSTOMER = "ada@example.com"
SHIP_TO = Address(
    name="Ada Lovelace", line1="12 St James's Square", city="London", postal_code="SW1Y 4JH", country="GB"
)

CARDS = list(MAGIC_METHODS.items())


class DemoOrderForm(forms.Form):
    """One line, one of the cards that do tricks, and the key that makes pressing the button twice harmless."""

    sku = forms.ChoiceField(label="Product")  # the choices are what is for sale
    quantity = forms.IntegerField(label="How many", min_value=1, max_value=999, initial=1)
    payment_method = forms.ChoiceField(label="Card", widget=forms.RadioSelect, choices=CARDS, initial=CARD_OK)
    key = forms.CharField(widget=forms.HiddenInput, min_length=8, max_length=64, initial=secrets.token_urlsafe)

    def __init__(self, products: Sequence[Product], **kwargs: Any) -> None:
        super().__init__(label_suffix="", **kwargs)
        cast(forms.ChoiceField, self.fields["sku"]).choices = _choices(products)

    def to_request(self) -> PlaceOrder:
        """What a valid form asks for."""
        line = WantedLine(sku=self.cleaned_data["sku"], quantity=self.cleaned_data["quantity"])
        method = self.cleaned_data["payment_method"]
        return PlaceOrder(email=CUSTOMER, ship_to=SHIP_TO, lines=[line], payment_method=method)

    def renew_key(self) -> None:
        """Make it another request: the answer to this one is remembered under its key."""
        self.data = {**self.data, "key": secrets.token_urlsafe()}


def _choices(products: Sequence[Product]) -> list[tuple[str, str]]:
    variants = [variant for product in products for variant in product.variants]
    return [(variant.sku, f"{variant.name}, {variant.price}") for variant in variants]
