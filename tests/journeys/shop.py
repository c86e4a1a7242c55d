"""The shop as its customers meet it: orders come in over REST, and what became of them is asked at the facades.

What the provider and the carrier really did is read in their own books.
"""

import contextlib
import time
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Literal

from django.conf import settings
from django.core import mail
from django.test import Client, override_settings

from modules.inventory.contracts import StockLevel
from modules.inventory.facade import inventory
from modules.orders.contracts import Order
from modules.orders.facade import orders
from modules.payments.adapters.simulated import SimulatedProvider
from modules.shipping.adapters.simulated import SimulatedCarrier
from modules.shipping.facade import shipping
from tearline.api.keys import issue
from tearline.resilience import policy_for
from tearline.resilience._declared import guards
from tearline.testing import settle
from tearline.work import Worker, drain
from tearline.work._status import parked
from tests.clock import let_pass
from tests.journeys import goods

ADA = "ada@example.com"
ADDRESS = {"name": "Ada", "line1": "12 St James Square", "city": "London", "postal_code": "SW1Y 4JH", "country": "GB"}


class Shop:
    """Ten blue mugs and three gilded ones, an API, and nobody at work until somebody says so."""

    def __init__(self) -> None:
        goods.fill_the_shelf()
        _, token = issue(name="journeys", scopes=["orders:read", "orders:write", "overview:read"])
        self._client = Client(headers={"Authorization": f"Bearer {token}"})
        self._asked = 0
        self.email = ADA

    # What customers do

    def order(self, sku: str, quantity: int, **asked: Any) -> Order:
        """Place an order; see `ask`."""
        response = self.ask(sku, quantity, **asked)
        assert response.status_code == 201, response.content
        return Order.model_validate_json(response.content)

    def ask(
        self,
        sku: str,
        quantity: int,
        *,
        also: Mapping[str, int] | None = None,
        card: str = "pm_card_ok",
        key: str | None = None,
        wait: int = 0,
        to: str = ADDRESS["postal_code"],
        **told: object,
    ) -> Any:
        """The response to an order. `also`: more lines. `to`: a postal code. `told`: more fields of the first line."""
        lines = [{"sku": sku, "quantity": quantity, **told}]
        lines += [{"sku": sku, "quantity": quantity} for sku, quantity in (also or {}).items()]
        ship_to = ADDRESS | {"postal_code": to}
        body = {"email": self.email, "ship_to": ship_to, "lines": lines, "payment_method": card}
        return self._post("/api/v1/orders", body, key=key, wait=wait)

    def cancel(self, order: Order) -> Any:
        """The response to a request to give the order up."""
        return self._post(f"/api/v1/orders/{order.id}/cancel", {"reason": "changed my mind"})

    def overview(self, order: Order) -> Any:
        """All that is known of it."""
        response = self._client.get(f"/api/v1/orders/{order.id}/overview")
        assert response.status_code == 200, response.content
        return response.json()

    def _post(self, path: str, body: object, *, key: str | None = None, wait: int = 0) -> Any:
        self._asked += 1
        headers = {"Idempotency-Key": key or f"request-{self._asked}", "Prefer": f"wait={wait}"}
        return self._client.post(path, body, content_type="application/json", headers=headers)

    # What goes on behind the counter

    def settle(self) -> None:
        """All that is to be done is done."""
        settle()

    def work(self) -> None:
        """What can be done right now is done; what fails stays for later."""
        drain()

    def settle_for(self, *, seconds: float) -> None:
        """What comes due meanwhile is done, over and over."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            drain()

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        """Work is done as it comes in, by a worker in threads."""
        worker = Worker(threads=2)
        worker.start()
        try:
            yield
        finally:
            assert worker.stop()

    def let_pass(self, *, minutes: int) -> None:
        let_pass(timedelta(minutes=minutes))

    def offer(self, sku: str, *, cents: int) -> None:
        """From now on it costs this much."""
        goods.offer(sku, cents)

    def provider_down(self) -> contextlib.AbstractContextManager[object]:
        """Meanwhile the payment provider does not answer, and does nothing."""
        return override_settings(PAYMENT_PROVIDER="tests.journeys.outages.Down")

    @contextlib.contextmanager
    def provider_given_up(self) -> Iterator[None]:
        """Meanwhile the payment provider is not asked, as it has failed too often. Then some ask, to see."""
        with override_settings(TEARLINE_POLICY={"tries": 1, "open_for": 600}):
            guards.clear()
            circuit = policy_for("payments.provider").breaker
        circuit.open()
        yield
        circuit.half_open()

    def answers_lost(self, call: Literal["authorize", "capture"]) -> contextlib.AbstractContextManager[object]:
        """Meanwhile the payment provider does as it is told, but the answers to this call never arrive."""
        return override_settings(PAYMENT_PROVIDER=f"tests.journeys.outages.{call.title()}Unheard")

    # What became of it

    def outcome(self, order: Order) -> str:
        """The status of the order, or the code of what undid it."""
        found = orders.find(order.id)
        return found.failure.code if found.failure else found.status

    def total(self, order: Order) -> int:
        """In cents."""
        return orders.find(order.id).total.amount

    def timeline(self, order: Order) -> list[str]:
        return [entry.what for entry in orders.timeline(order.id)]

    def stock(self, sku: str) -> StockLevel:
        return inventory.levels([sku])[0]

    def held(self, order: Order) -> int:
        """Cents that the provider holds for it right now."""
        return sum(hold.amount.amount for hold in SimulatedProvider().holds(order.id))

    def charged(self, order: Order) -> list[int]:
        """Each time that the card was charged: the cents that were taken and not given back."""
        return [charge.amount.amount - charge.refunded.amount for charge in SimulatedProvider().charges(order.id)]

    def labelled(self, order: Order) -> list[dict[str, int]]:
        """What is in each parcel of the order for which the carrier has sold a label."""
        sold = SimulatedCarrier().labels()
        return [
            {line.sku: line.quantity for line in shipment.lines}
            for shipment in shipping.shipments_of(order.id)
            if shipment.tracking_number == sold.get(shipment.id)
        ]

    def parked(self) -> list[str]:
        """What waits for somebody to look at it, and why."""
        return [f"{row.what}: {row.error}" for module in settings.TEARLINE_TOPOLOGY.hosted for row in parked(module)]

    def mail_to(self, address: str) -> list[str]:
        """The subjects of the letters that went there."""
        return [str(letter.subject) for letter in mail.outbox if address in letter.to]
