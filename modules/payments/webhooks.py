"""What the provider tells us by itself: kept first, worked off later.

Nothing of what a webhook says is believed beyond what it is about. Each leads to asking the provider what became of
that order's payments, so that it does not matter how often webhooks come, in which order, or whether one gets lost.
"""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import QuerySet

from modules.payments import services
from modules.payments.adapters import mailbox, provider
from modules.payments.contracts import ReceivedEventId
from modules.payments.models import ProviderEvent
from tearline.work import task


class NotOurProvider(LookupError):
    """A webhook of a provider that is not the one that the settings name."""


def receive(name: str, *, headers: Mapping[str, str], body: bytes) -> bool:
    """Keep it, and have it worked off. False when it was received before. Raises NotOurProvider, NotFromProvider."""
    box = mailbox()
    if name != box.name:
        raise NotOurProvider(name)
    heard = box.read(headers=headers, body=body)
    told = {"id": ReceivedEventId.new(), "kind": heard.kind, "subject": heard.subject, "body": body.decode()}
    with transaction.atomic(using="payments", durable=True):
        event, fresh = ProviderEvent.objects.get_or_create(provider=name, event_id=heard.id, defaults=told)
        if fresh:
            work_off.later(event.id)
    return fresh


@task("payments.work_off")
def work_off(event_id: str) -> None:
    """Look after the payments of the order that it is about. What is about none of ours is kept, and says so."""
    event = ProviderEvent.objects.get(pk=event_id)
    order_id = provider().order_of(subject=event.subject)
    found = list(services.payments().filter(order_id=order_id).order_by("id")) if order_id else []
    for payment in found:
        services.look_again(payment.id)
    event.state = ProviderEvent.State.DONE if found else ProviderEvent.State.UNMATCHED
    event.order_id = order_id if found else ""
    event.save(update_fields=["state", "order_id"])


def received() -> QuerySet[ProviderEvent]:
    """All events."""
    return ProviderEvent.objects.all()
