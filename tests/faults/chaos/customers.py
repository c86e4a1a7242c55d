"""Customers who order over HTTP, and ask again under the same key until they are answered, whatever goes on there."""

import random
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any

import httpx

from tests.faults.scenarios import ADDRESS, PIECES

CARDS = {
    "pm_card_ok": 60,
    "pm_card_flaky": 10,
    "pm_card_lost_answer": 15,
    "pm_card_declined": 10,
    "pm_card_slow": 5,
}
PATIENCE = httpx.Timeout(3.0, connect=1.0)


@dataclass
class Wish:
    """An order of something that nobody else orders. `order`: its id, once it is accepted."""

    sku: str
    card: str
    quantity: int
    cancelled: bool
    order: str = ""


def wishes(skus: Sequence[str], *, seed: int) -> list[Wish]:
    """One in ten asks for more than there is, and one in eight of the others is cancelled at once."""
    choose = random.Random(seed)
    cards = choose.choices(list(CARDS), list(CARDS.values()), k=len(skus))
    return [
        Wish(sku, card, PIECES + 1, cancelled=False)
        if choose.random() < 0.1
        else Wish(sku, card, 2, cancelled=choose.random() < 0.125)
        for sku, card in zip(skus, cards, strict=True)
    ]


@dataclass
class Crowd:
    """Customers, each in a thread of its own. `accepted`: the wishes that have become orders."""

    addresses: Sequence[str]
    key: str
    seed: int
    accepted: list[Wish] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._enough = threading.Event()
        self._wishes: SimpleQueue[Wish] = SimpleQueue()
        self._threads: list[threading.Thread] = []

    def come(self, wishes: Sequence[Wish], *, customers: int) -> None:
        for wish in wishes:
            self._wishes.put(wish)
        self._threads = [threading.Thread(target=self._shop, args=(number,)) for number in range(customers)]
        for thread in self._threads:
            thread.start()

    def go(self) -> None:
        """Every customer waits for the answer to what is asked already, and asks for no more."""
        self._enough.set()
        for thread in self._threads:
            thread.join()

    def _shop(self, number: int) -> None:
        choose = random.Random(f"{self.seed} {number}")
        with httpx.Client(timeout=PATIENCE, headers={"Authorization": f"Bearer {self.key}"}) as client:
            while not self._enough.wait(choose.uniform(0.3, 1.0)):
                try:
                    wish = self._wishes.get_nowait()
                except Empty:
                    return
                self._order(client, wish, choose)

    def _order(self, client: httpx.Client, wish: Wish, choose: random.Random) -> None:
        order = {
            "email": "ada@example.com",
            "ship_to": ADDRESS.model_dump(),
            "lines": [{"sku": wish.sku, "quantity": wish.quantity}],
            "payment_method": wish.card,
        }
        answer = self._asked(client, "/orders", order, key=wish.sku, choose=choose)
        if answer.status_code not in (201, 202):
            self.wrong.append(f"{wish.sku} was answered {answer.status_code} {answer.text}")
            return
        wish.order = answer.json()["id"]
        self.accepted.append(wish)
        if wish.cancelled:
            self._asked(client, f"/orders/{wish.order}/cancel", {"reason": "no"}, key=f"{wish.sku}-no", choose=choose)

    def _asked(
        self, client: httpx.Client, path: str, body: Mapping[str, Any], *, key: str, choose: random.Random
    ) -> httpx.Response:
        """The answer, in the end, of any of the servers."""
        while True:
            address = choose.choice(self.addresses)
            try:
                answer = client.post(f"{address}/api/v1{path}", json=body, headers={"Idempotency-Key": key})
            except httpx.TransportError:
                self._enough.wait(0.3)
                continue
            if not _is_unknown(answer):
                return answer
            self._enough.wait(0.3)


def _is_unknown(answer: httpx.Response) -> bool:
    """Whether it does not say what has become of the request."""
    in_flight = answer.status_code == 409 and "idempotency_key_in_flight" in answer.text
    return answer.status_code >= 500 or in_flight


def told(accepted: Sequence[Wish]) -> Iterator[dict[str, object]]:
    """For the bookkeeper."""
    for wish in accepted:
        yield vars(wish)
