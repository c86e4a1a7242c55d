"""Stripe, by its own library: cards that are charged later than they are authorized.

Our keys are Stripe's idempotency keys, which hold for 24 hours, and are written into what is made under them. What was
made lately is looked for in Stripe's lists, what is older by its search, which may lag by a minute. So whoever undoes a
key and finds nothing under it uses it up, which fails if it was used before.

What Stripe does not do: take money out of one authorization several times (what is not captured at once is let go), and
ask the customer for anything here (a card that wants that is declined: authentication_required). Inquiries, which move
no money, are not taken for disputes.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import stripe
from django.conf import settings

from modules.orders.contracts import OrderId
from modules.payments.adapters import (
    TARGET,
    Answer,
    Claim,
    Heard,
    Kind,
    Mailbox,
    Movement,
    NotFromProvider,
    Part,
    Posting,
    Postings,
    Provider,
)
from modules.payments.contracts import DisputeState
from tearline.contracts import Money, Unavailable
from tearline.resilience import http
from tearline.resilience.clients import clients

if TYPE_CHECKING:
    from stripe.params import PaymentIntentCreateParams, PaymentIntentListParams

PAGE = 100
LATELY = timedelta(minutes=5)
TOLERANCE = 300
"""Seconds that a webhook may be old."""

LONGEST_HOLD = timedelta(days=8)
"""After seven days Stripe lets go of what was not captured."""

_DISPUTES: dict[str, DisputeState] = {
    "needs_response": "open",
    "under_review": "open",
    "won": "won",
    "lost": "lost",
}
_STREAMS = ("payment_intents", "refunds", "disputes")


class StripeProvider(Provider, Mailbox):
    """An authorization is a PaymentIntent, confirmed at once and captured by hand."""

    name = "stripe"

    def __init__(self) -> None:
        self._api = stripe.StripeClient(
            settings.PAYMENT_STRIPE_KEY,
            base_addresses={"api": settings.PAYMENT_STRIPE_URL},
            http_client=_WithinDeadline(),
            max_network_retries=0,  # the policy of the target tries again
        ).v1

    def authorize(self, *, key: str, order_id: OrderId, amount: Money, method: str) -> Answer:
        try:
            with _asking():
                intent = self._api.payment_intents.create(
                    {
                        "amount": amount.amount,
                        "currency": amount.currency.lower(),
                        "payment_method": method,
                        "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
                        "capture_method": "manual",
                        "confirm": True,
                        "metadata": {"key": key, "order_id": order_id},
                        "expand": ["latest_charge"],
                    },
                    {"idempotency_key": key},
                ).to_dict()
                if intent["status"] == "requires_action":
                    intent = self._cancelled(intent)
        except _Declined as declined:
            return Answer(declined=declined.reason)
        return self._of_authorization(intent)

    def void(self, *, key: str) -> Answer:
        intent = self._found(key)
        if intent is None:
            return self._bury(key)
        if intent["status"] == "requires_capture":
            try:
                with _asking():
                    intent = self._cancelled(intent)
            except _Declined:  # captured or cancelled in the meantime
                intent = self._read(intent["id"])
        return self._of_authorization(intent)

    def capture(self, *, key: str, authorization: str, amount: Money) -> Answer:
        intent = self._authorized(authorization)
        try:
            with _asking():
                intent = self._api.payment_intents.capture(
                    intent["id"],
                    {
                        "amount_to_capture": amount.amount,
                        "metadata": {"capture": key},
                        "expand": ["latest_charge"],
                    },
                    {"idempotency_key": key},
                ).to_dict()
        except _Declined as declined:
            intent = self._read(intent["id"])
            if _noted(intent).get("capture") != key:
                return Answer(declined=declined.reason)
        return self._of_capture(intent)

    def refund(self, *, key: str) -> Answer:
        intent = self._found(key)
        if intent is None:
            return self._bury(key)
        kept = intent["amount_received"] - sum(
            refund["amount"] for refund in self._refunds(intent) if refund["status"] not in ("failed", "canceled")
        )
        why = ""
        if kept:
            # A refund in part may come in between, so the amount is in the key. Stripe gives back no more than is left.
            try:
                self._give_back(intent, kept, {"undoes": key}, idempotency_key=f"{key}-undo-{kept}")
            except _Declined as declined:
                why = declined.reason
        return Answer(movements=self._of_capture(intent).movements, declined=why)

    def refund_parts(self, *, key: str, authorization: str, parts: Sequence[Part]) -> Answer:
        intent = self._authorized(authorization)
        try:
            refund = self._give_back(intent, sum(part.amount for part in parts), {"refund": key}, idempotency_key=key)
        except _Declined as declined:
            return Answer(declined=declined.reason)
        return _of_refund(refund)

    def find_refund(self, *, key: str, authorization: str) -> Answer | None:
        made = self._refunds(self._authorized(authorization))
        return next((_of_refund(refund) for refund in made if _noted(refund).get("refund") == key), None)

    def find(self, *, key: str) -> Answer | None:
        intent = self._found(key)
        if intent is None:
            return None
        return self._of_capture(intent) if _noted(intent).get("capture") == key else self._of_authorization(intent)

    def order_of(self, *, subject: str) -> str:
        if not subject.startswith("pi_"):
            return ""
        try:
            with _asking():
                intent = self._api.payment_intents.retrieve(subject).to_dict()
        except _Declined:  # there is none
            return ""
        return str(_noted(intent).get("order_id", ""))

    def statement(self, *, since: datetime, until: datetime, after: str) -> Postings:
        """Intents first, with what was held, let go and captured; then refunds; then disputes.

        Money that a dispute returned has the time at which the dispute was opened: Stripe lists it by that.
        """
        stream, _, last = (after or f"{_STREAMS[0]}:").partition(":")
        begin = since - LONGEST_HOLD if stream == "payment_intents" else since
        asked: dict[str, Any] = {
            "limit": PAGE,
            "created": {"gte": int(begin.timestamp()), "lt": int(until.timestamp())},
        }
        if last:
            asked["starting_after"] = last
        if stream == "payment_intents":
            asked["expand"] = ["data.latest_charge.balance_transaction"]
        with _asking():
            page = getattr(self._api, stream).list(asked).to_dict()
        postings = (posting for item in page["data"] for posting in _POSTED[stream](item))
        lines = tuple(posting for posting in postings if since <= posting.at < until)
        return Postings(lines=lines, more=_next_page(stream, page))

    def read(self, *, headers: Mapping[str, str], body: bytes) -> Heard:
        try:
            signed = headers.get("Stripe-Signature", "")
            event = stripe.Webhook.construct_event(body, signed, settings.PAYMENT_WEBHOOK_SECRET, TOLERANCE)
        except (stripe.SignatureVerificationError, ValueError) as error:
            raise NotFromProvider("The signature is missing, too old, or does not fit the body.") from error
        about = event.data.object.to_dict()
        return Heard(id=event.id, kind=event.type, subject=about.get("payment_intent") or about.get("id") or "")

    def _found(self, key: str) -> Any:
        """The intent that was made, or captured, under a key. None when it is not found, yet."""
        lately: PaymentIntentListParams = {"created": {"gte": int(time.time() - LATELY.total_seconds())}, "limit": PAGE}
        query = f"metadata['key']:'{key}' OR metadata['capture']:'{key}'"
        with _asking():
            for intent in self._api.payment_intents.list(lately).auto_paging_iter():
                if key in (_noted(intent.to_dict()).get(name) for name in ("key", "capture")):
                    return self._read(intent.id)
            found = self._api.payment_intents.search({"query": query, "limit": 1}).data
        return self._read(found[0].id) if found else None

    def _authorized(self, authorization: str) -> Any:
        """The intent of an authorization that we know there is. Raises Unavailable when it is not found, yet."""
        intent = self._found(authorization)
        if intent is None:
            raise Unavailable(f"Stripe does not find {authorization}", maybe_done=False)
        return intent

    def _read(self, intent: str) -> Any:
        with _asking():
            return self._api.payment_intents.retrieve(intent, {"expand": ["latest_charge"]}).to_dict()

    def _cancelled(self, intent: Any) -> Any:
        return self._api.payment_intents.cancel(intent["id"], {"expand": ["latest_charge"]}).to_dict()

    def _bury(self, key: str) -> Answer:
        """Use the key up, by an intent that nobody confirms. Raises Unavailable when something was made under it."""
        unpaid: PaymentIntentCreateParams = {
            "amount": 100,
            "currency": "usd",
            "metadata": {"key": key, "undone": "yes"},
        }
        try:
            with _asking():
                buried = self._api.payment_intents.create(unpaid, {"idempotency_key": key}).to_dict()
                if buried["status"] != "canceled":
                    self._cancelled(buried)
        except _Declined as declined:
            raise Unavailable(f"Stripe has something under {key}, and does not find it yet") from declined
        return Answer(declined="undone")

    def _give_back(self, intent: Any, amount: int, metadata: dict[str, str], *, idempotency_key: str) -> Any:
        """Raises _Declined."""
        told = metadata | {"order_id": _noted(intent).get("order_id", "")}
        with _asking():
            return self._api.refunds.create(
                {"payment_intent": intent["id"], "amount": amount, "metadata": told},
                {"idempotency_key": idempotency_key},
            ).to_dict()

    def _refunds(self, intent: Any) -> list[Any]:
        with _asking():
            listed = self._api.refunds.list({"payment_intent": intent["id"], "limit": PAGE})
            return [refund.to_dict() for refund in listed.auto_paging_iter()]

    def _of_authorization(self, intent: Any) -> Answer:
        charge = intent["latest_charge"]
        if charge is None or charge["status"] == "failed":
            return Answer(declined=_why_not(intent))
        if intent["status"] not in ("requires_capture", "succeeded", "canceled"):
            return Answer()
        movements = [Movement(kind="authorized", amount=intent["amount"], reference=intent["id"]), *_let_go(intent)]
        claims = []
        if charge.get("disputed"):
            with _asking():
                listed = self._api.disputes.list({"payment_intent": intent["id"], "limit": PAGE})
                disputes = [dispute.to_dict() for dispute in listed.data]
            movements += [movement for dispute in disputes for movement in _moved_by(dispute)]
            claims = [claim for dispute in disputes for claim in _claimed_by(dispute)]
        return Answer(movements=tuple(movements), claims=tuple(claims))

    def _of_capture(self, intent: Any) -> Answer:
        """What was given back and is no refund in part undid the capture, whoever asked for it."""
        if intent["status"] != "succeeded":
            return Answer()
        given_back = [
            Movement(kind="refunded", amount=refund["amount"], reference=refund["id"])
            for refund in self._refunds(intent)
            if refund["status"] == "succeeded" and "refund" not in _noted(refund)
        ]
        taken = Movement(kind="captured", amount=intent["amount_received"], reference=intent["latest_charge"]["id"])
        return Answer(movements=(taken, *_let_go(intent), *given_back))


def _why_not(intent: Any) -> str:
    """Why an intent holds nothing, and never will."""
    if _noted(intent).get("undone"):
        return "undone"
    error = intent["last_payment_error"]
    if error:
        return str(error.get("decline_code") or error["code"])
    return "authentication_required"  # it is cancelled for that only


def _noted(item: Any) -> dict[str, str]:
    return item["metadata"] or {}


def _let_go(intent: Any) -> Iterator[Movement]:
    """What is captured in part is let go as to the rest."""
    let_go = intent["amount"] - intent["amount_received"]
    if let_go and intent["status"] in ("canceled", "succeeded"):
        yield Movement(kind="voided", amount=let_go, reference=intent["id"])


def _of_refund(refund: Any) -> Answer:
    if refund["status"] in ("failed", "canceled"):
        return Answer(declined=refund.get("failure_reason") or refund["status"])
    if refund["status"] != "succeeded":
        return Answer()
    return Answer(movements=(Movement(kind="refunded", amount=refund["amount"], reference=refund["id"]),))


def _moved_by(dispute: Any) -> Iterator[Movement]:
    if dispute["status"] in _DISPUTES:
        yield Movement(kind="disputed", amount=dispute["amount"], reference=dispute["id"])
    if dispute["status"] == "won":
        yield Movement(kind="reinstated", amount=dispute["amount"], reference=dispute["id"])


def _claimed_by(dispute: Any) -> Iterator[Claim]:
    state = _DISPUTES.get(dispute["status"])
    if state:
        yield Claim(reference=dispute["id"], amount=dispute["amount"], state=state, reason=dispute["reason"])


# The statement


def _posted_by_intent(intent: Any) -> Iterator[Posting]:
    charge = intent["latest_charge"]
    if charge is None or charge["status"] == "failed":
        return
    captured_at = charge["balance_transaction"]["created"] if charge["balance_transaction"] else charge["created"]
    yield _posting(intent, "authorized", intent["amount"], intent["id"], intent["created"])
    for movement in _let_go(intent):
        yield _posting(intent, movement.kind, movement.amount, intent["id"], intent.get("canceled_at") or captured_at)
    if intent["amount_received"]:
        yield _posting(intent, "captured", intent["amount_received"], charge["id"], captured_at)


def _posted_by_refund(refund: Any) -> Iterator[Posting]:
    if refund["status"] == "succeeded":
        yield _posting(refund, "refunded", refund["amount"], refund["id"], refund["created"])


def _posted_by_dispute(dispute: Any) -> Iterator[Posting]:
    for movement in _moved_by(dispute):
        yield _posting(dispute, movement.kind, movement.amount, dispute["id"], dispute["created"])


_POSTED = {"payment_intents": _posted_by_intent, "refunds": _posted_by_refund, "disputes": _posted_by_dispute}


def _posting(item: Any, kind: Kind, amount: int, reference: str, at: int) -> Posting:
    return Posting(
        movement=Movement(kind=kind, amount=amount, reference=reference),
        currency=item["currency"].upper(),
        order_id=_noted(item).get("order_id", ""),
        at=datetime.fromtimestamp(at, UTC),
    )


def _next_page(stream: str, page: Any) -> str:
    if page["has_more"]:
        return f"{stream}:{page['data'][-1]['id']}"
    following = _STREAMS[_STREAMS.index(stream) + 1 :]
    return f"{following[0]}:" if following else ""


# What goes wrong


class _Declined(Exception):
    """Stripe says no."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@contextmanager
def _asking() -> Iterator[None]:
    """Stripe's errors as ours. Raises _Declined for what it will not do, Unavailable for what nobody knows."""
    try:
        yield
    except stripe.CardError as error:
        raise _Declined(_code_of(error)) from error
    except stripe.IdempotencyError as error:  # the key was used up for something else
        raise _Declined("undone") from error
    except stripe.InvalidRequestError as error:
        raise _Declined(error.code or "invalid_request") from error
    except (stripe.AuthenticationError, stripe.PermissionError, stripe.RateLimitError) as error:
        raise Unavailable(f"Stripe turned us away: {error}", maybe_done=False) from error
    except stripe.StripeError as error:
        raise Unavailable(f"Stripe did not answer as it should: {error!r}") from error


def _code_of(error: stripe.CardError) -> str:
    details = error.error
    return (details.decline_code if details else None) or error.code or "card_declined"


class _WithinDeadline(stripe.HTTPClient):
    """Has the deadline hold for whole exchanges: the library's own clients bound each read alone."""

    name = "httpx"

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        client = clients.for_calls_on(TARGET)
        response = http.ask(client, client.build_request(method.upper(), url, headers=headers, content=post_data))
        return response.text, response.status_code, response.headers

    def close(self) -> None:
        """The connections are everybody's, and stay open."""
