"""What has happened in the shop that is fuzzed, so that every kind of thing is there to be asked for and changed."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from django.test import Client

from tearline.api.keys import issue
from tests.fuzz.fuzzing import Guise
from tests.journeys.shop import ADDRESS, Shop

THEIRS = "grace@kept.example"
"""An address that no example has, so that nobody who is fuzzed as says it of themselves."""


class Stage:
    """Orders in several states, of which one has a parcel, and one of everything else."""

    def __init__(self) -> None:
        shop = Shop()
        shop.email = THEIRS
        _, self.token = issue(name="everything", scopes=["*"])
        self._client = Client(headers={"Authorization": f"Bearer {self.token}"})
        self._asked = 0
        shop.order("MUG-BLUE", 2)
        shop.order("MUG-BLUE", 1, card="pm_card_declined")
        shop.settle()
        shop.order("MUG-BLUE", 1)  # and is not worked on
        order = {"email": THEIRS, "ship_to": ADDRESS, "lines": [{"sku": "MUG-BLUE", "quantity": 1}]}
        self._post("/orders/drafts", order)
        self._post("/notifications/suppressions", {"address": "bounced@example.com"})
        self._post("/stock/locations", {"code": "attic", "name": "Attic"})
        added = self._post("/webhooks/endpoints", {"url": "http://127.0.0.1:9/hooks"})
        self._post(f"/webhooks/endpoints/{added['endpoint']['id']}/test", None)

    @cached_property
    def known(self) -> Mapping[str, Sequence[str]]:
        """What may stand in paths, by the name of the parameter."""
        return {
            "product_id": self._ids("/products"),
            "sku": ["MUG-BLUE", "MUG-GOLD"],
            "code": ["main", "attic"],
            "reservation_id": self._ids("/reservations"),
            "order_id": self._ids("/orders"),
            "payment_id": self._ids("/payments"),
            "shipment_id": self._ids("/shipments"),
            "notification_id": self._ids("/notifications"),
            "suppression_id": self._ids("/notifications/suppressions"),
            "endpoint_id": self._ids("/webhooks/endpoints"),
            "delivery_id": self._ids("/webhooks/deliveries"),
            "provider": ["simulated", "mailgun"],
            "carrier": ["simulated"],
        }

    @cached_property
    def kept(self) -> frozenset[str]:
        """What only whoever may see everything is told. What is for sale is everybody's to know."""
        theirs = self.known.keys() - {"product_id", "sku", "code", "provider", "carrier"}
        ids = (id_ for name in theirs for id_ in self.known[name])
        return frozenset({THEIRS, str(ADDRESS["line1"]), *ids})

    def _ids(self, path: str) -> list[str]:
        rows = self._client.get(f"/api/v1{path}").json()["data"]
        return [row["id"] for row in rows]

    def _post(self, path: str, body: object) -> Any:
        self._asked += 1
        headers = {"Idempotency-Key": f"stage-{self._asked}"}
        response = self._client.post(f"/api/v1{path}", body, content_type="application/json", headers=headers)
        assert response.status_code in {200, 201}, response.content
        return response.json()


REFUSED = frozenset({401, 403, 404, 405})


def _everything(stage: Stage) -> Guise:
    return Guise("a key for everything", stage.token, stage.known)


def _nobody(stage: Stage) -> Guise:
    return Guise("nobody", None, stage.known, stage.kept, only=REFUSED - {403})


def _elsewhere(stage: Stage) -> Guise:
    _, token = issue(name="elsewhere", scopes=["things:read"])
    return Guise("a key for nothing here", token, stage.known, stage.kept, only=REFUSED)


def _customer(stage: Stage) -> Guise:
    _, token = issue(name="another customer", scopes=["*"], customer="another")
    return Guise("another customer", token, stage.known, stage.kept)


GUISES: Mapping[str, Callable[[Stage], Guise]] = {
    "everything": _everything,
    "nobody": _nobody,
    "elsewhere": _elsewhere,
    "customer": _customer,
}
"""Who asks. Only the first may see and do everything."""
