"""Our ledger beside the provider's own statement, both ways."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from modules.payments import services
from modules.payments.adapters import Movement, Posting, provider
from modules.payments.contracts import Difference, Reconciliation
from modules.payments.models import Capture, LedgerEntry, Payment, Refund
from modules.payments.states import UNDECIDED
from tearline.contracts import Money

AT_ONCE = 500
"""References that are looked up in one query."""


def reconcile(since: datetime, until: datetime) -> Reconciliation:
    """Raises Unavailable when the provider does not answer.

    The two do not write at the same moment. So a posting is sought in all of our ledger, and for an entry that is not
    on this part of the statement the provider is asked what became of its payment.
    """
    postings = list(_statement(since, until))
    entries = list(LedgerEntry.objects.filter(at__gte=since, at__lt=until).select_related("payment").order_by("id"))
    differences = [*_unlike(postings), *_missing_there(entries, postings), *_unknown(since, until)]
    return Reconciliation(
        since=since, until=until, entries=len(entries), postings=len(postings), differences=differences
    )


def _statement(since: datetime, until: datetime) -> Iterator[Posting]:
    more = ""
    while True:
        page = provider().statement(since=since, until=until, after=more)
        yield from page.lines
        more = page.more
        if not more:
            return


def _unlike(postings: list[Posting]) -> Iterator[Difference]:
    """What is on the statement, and not in our ledger, or there by another amount."""
    ours = {(entry.kind, entry.reference): entry for entry in _entries_of(postings)}
    for posting in postings:
        entry = ours.get((posting.movement.kind, posting.movement.reference))
        there = Money(amount=posting.movement.amount, currency=posting.currency)
        here = entry.payment.money(entry.amount) if entry else None
        if here != there:
            yield Difference(
                kind="amount" if entry else "missing_here",
                order_id=posting.order_id,
                movement=posting.movement.kind,
                reference=posting.movement.reference,
                here=here,
                there=there,
            )


def _entries_of(postings: list[Posting]) -> Iterator[LedgerEntry]:
    references = sorted({posting.movement.reference for posting in postings})
    for start in range(0, len(references), AT_ONCE):
        some = references[start : start + AT_ONCE]
        yield from LedgerEntry.objects.filter(reference__in=some).select_related("payment")


def _missing_there(entries: list[LedgerEntry], postings: list[Posting]) -> Iterator[Difference]:
    stated = {(posting.movement.kind, posting.movement.reference) for posting in postings}
    suspicious = [entry for entry in entries if (entry.kind, entry.reference) not in stated]
    known: dict[tuple[str, str], Movement] = {
        (movement.kind, movement.reference): movement
        for payment_id in {entry.payment_id: None for entry in suspicious}
        for movement in _movements_of(payment_id)
    }
    for entry in suspicious:
        movement = known.get((entry.kind, entry.reference))
        if movement is None or movement.amount != entry.amount:
            yield Difference(
                kind="amount" if movement else "missing_there",
                order_id=entry.payment.order_id,
                movement=entry.kind,
                reference=entry.reference,
                here=entry.payment.money(entry.amount),
                there=entry.payment.money(movement.amount) if movement else None,
            )


def _movements_of(payment_id: str) -> Iterator[Movement]:
    for deed in services.asked(payment_id):
        answer = services.became_of(deed)
        yield from answer.movements if answer else ()


def _unknown(since: datetime, until: datetime) -> Iterator[Difference]:
    """What was asked for in that time and has no outcome yet."""
    open_then = {"state__in": UNDECIDED, "created_at__gte": since, "created_at__lt": until}
    asked: Iterable[Payment | Capture | Refund] = [
        *Payment.objects.filter(**open_then),
        *Capture.objects.filter(**open_then).select_related("payment"),
        *Refund.objects.filter(**open_then).select_related("payment"),
    ]
    for deed in asked:
        payment = deed if isinstance(deed, Payment) else deed.payment
        yield Difference(
            kind="unknown",
            order_id=payment.order_id,
            movement={Payment: "authorized", Capture: "captured", Refund: "refunded"}[type(deed)],
            reference=payment.id,
            here=payment.money(deed.amount),
            there=None,
        )
