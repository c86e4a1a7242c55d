"""Telling those who integrate what has happened, until they have heard it: by the Standard Webhooks specification.

A message is kept once, word for word, with a delivery for each endpoint that wants it. Every try of a delivery is
durable work, and asks for the next one with the record of how it went. Whoever dies in between has told twice, under
one `webhook-id`: as the specification says, receivers go by that.
"""

import random
import secrets
from base64 import b64encode
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from standardwebhooks import Webhook

from modules.notifications import published
from modules.notifications.adapters import endpoints
from modules.notifications.contracts import (
    AddWebhookEndpoint,
    ChangeWebhookEndpoint,
    NameWebhookEndpoint,
    ReplayWebhook,
    ReplayWebhooks,
    RotateWebhookSecret,
    TooManyToReplay,
    UrlNotAllowed,
    WebhookDeliveryNotFound,
    WebhookEndpointDisabled,
    WebhookEndpointNotFound,
    WebhookTypeUnknown,
)
from modules.notifications.models import WebhookDelivery, WebhookEndpoint, WebhookMessage, WebhookSecret
from tearline.contracts import EventId
from tearline.events import Event
from tearline.work import task

WAITS = tuple(
    timedelta(seconds=seconds) for seconds in (5, 5 * 60, 30 * 60, *(hours * 3600 for hours in (2, 5, 10, 14, 20, 24)))
)
"""After the first try, the second, …: the schedule of the specification. One more wait there is not."""

SPREAD = 0.2
"""So much longer a wait may be, so that not all come back at once."""

PATIENCE = timedelta(days=5)
"""An endpoint that has taken nothing for so long is disabled."""

GONE = 410
MOST_REPLAYED = 1000
SECRET_BYTES = 32


# Endpoints


def add(request: AddWebhookEndpoint) -> tuple[WebhookEndpoint, str]:
    """The endpoint, and the secret that signs for it. Raises UrlNotAllowed, WebhookTypeUnknown."""
    _check(request.url, request.types)
    endpoint = WebhookEndpoint.objects.create(url=request.url, types=request.types, description=request.description)
    return endpoint, _new_secret(endpoint)


def change(request: ChangeWebhookEndpoint) -> WebhookEndpoint:
    """Raises WebhookEndpointNotFound, StaleWebhookEndpoint, UrlNotAllowed, WebhookTypeUnknown."""
    endpoint = _locked(request.endpoint_id)
    endpoint.expect(request.expected_version)
    _check(request.url, request.types or ())
    said = request.model_dump(include={"url", "types", "description"}, exclude_none=True)
    different = {name: value for name, value in said.items() if getattr(endpoint, name) != value}
    for name, value in different.items():
        setattr(endpoint, name, value)
    if different:
        endpoint.version += 1
    if request.enabled not in (None, endpoint.is_enabled):
        endpoint.become("enabled") if request.enabled else endpoint.become("disabled", because="by_hand")
    endpoint.save()
    return endpoint


def remove(request: NameWebhookEndpoint, *, expected_version: int | None) -> None:
    """Raises WebhookEndpointNotFound, StaleWebhookEndpoint."""
    endpoint = _locked(request.endpoint_id)
    endpoint.expect(expected_version)
    endpoint.become("removed")
    endpoint.save()
    endpoint.secrets.all().delete()


def rotate(request: RotateWebhookSecret) -> tuple[WebhookEndpoint, str]:
    """The new secret; until the overlap is over the old one signs as well. Raises WebhookEndpointNotFound."""
    endpoint = _locked(request.endpoint_id)
    ends = timezone.now() + timedelta(hours=request.overlap_hours)
    endpoint.secrets.filter(expires_at__isnull=True).update(expires_at=ends)
    return endpoint, _new_secret(endpoint)


def known() -> QuerySet[WebhookEndpoint]:
    """All that were not removed."""
    return WebhookEndpoint.objects.exclude(state="removed")


def _check(url: str | None, types: Iterable[str]) -> None:
    if url is not None:
        try:
            endpoints.check(url)
        except endpoints.NotAllowed as why:
            raise UrlNotAllowed(url=url, why=str(why)) from why
    for each in types:
        if each not in published.TYPES:
            raise WebhookTypeUnknown(webhook_type=each)


def _locked(endpoint_id: str) -> WebhookEndpoint:
    endpoint = known().select_for_update().filter(id=endpoint_id).first()
    if endpoint is None:
        raise WebhookEndpointNotFound(endpoint_id=endpoint_id)
    return endpoint


def _new_secret(endpoint: WebhookEndpoint) -> str:
    secret = f"whsec_{b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"
    WebhookSecret.objects.create(endpoint=endpoint, secret=secret)
    return secret


# Messages


def announce(event: Event) -> None:
    """Have everybody told who wants to know, once for each event. Runs in a transaction of notifications.

    What only disabled endpoints want is kept as well: it can be replayed to them.
    """
    webhook_type, payload = published.told(event)
    interested = [endpoint for endpoint in known() if endpoint.wants(webhook_type)]
    if not interested:
        return
    told = {"type": webhook_type, "payload": payload, "created_at": event.occurred_at}
    message, fresh = WebhookMessage.objects.get_or_create(event_id=event.id, defaults=told)
    if fresh:
        for endpoint in interested:
            if endpoint.is_enabled:
                _begin(message, endpoint)


def send_test(request: NameWebhookEndpoint) -> WebhookDelivery:
    """Tell an endpoint something that did not happen. Raises WebhookEndpointNotFound, WebhookEndpointDisabled."""
    endpoint = _enabled(request.endpoint_id)
    told = published.payload(published.TEST, timezone.now(), {"endpoint_id": endpoint.id})
    message = WebhookMessage.objects.create(event_id=EventId.new(), type=published.TEST, payload=told)
    return _begin(message, endpoint)


def replay(request: ReplayWebhook) -> WebhookDelivery:
    """The same message once more. Raises WebhookDeliveryNotFound, WebhookEndpointNotFound, WebhookEndpointDisabled."""
    delivery = WebhookDelivery.objects.select_related("message").filter(id=request.delivery_id).first()
    if delivery is None:
        raise WebhookDeliveryNotFound(delivery_id=request.delivery_id)
    return _begin(delivery.message, _enabled(delivery.endpoint_id), replay_of=delivery.replay_of or delivery.id)


def replay_all(request: ReplayWebhooks) -> int:
    """How many deliveries were added: of what is under way to the endpoint none.

    Raises WebhookEndpointNotFound, WebhookEndpointDisabled, TooManyToReplay.
    """
    endpoint = _enabled(request.endpoint_id)
    found = _messages_for(endpoint, request)
    if len(found) > MOST_REPLAYED:
        raise TooManyToReplay(found=len(found), most=MOST_REPLAYED)
    first = WebhookDelivery.objects.filter(endpoint=endpoint, message__in=found, replay_of="")
    originals = dict(first.values_list("message_id", "id"))
    for message in found:
        _begin(message, endpoint, replay_of=originals.get(message.id, ""))
    return len(found)


def _messages_for(endpoint: WebhookEndpoint, request: ReplayWebhooks) -> list[WebhookMessage]:
    settled = ["pending"] if request.delivered_too else ["pending", "delivered"]
    done = WebhookDelivery.objects.filter(endpoint=endpoint, state__in=settled).values("message_id")
    within = WebhookMessage.objects.filter(created_at__gte=request.since, created_at__lt=request.until)
    wanted = within.exclude(type=published.TEST).exclude(id__in=done).order_by("id")
    if endpoint.types:
        wanted = wanted.filter(type__in=endpoint.types)
    return list(wanted[: MOST_REPLAYED + 1])


def _enabled(endpoint_id: str) -> WebhookEndpoint:
    endpoint = _locked(endpoint_id)
    if not endpoint.is_enabled:
        raise WebhookEndpointDisabled(endpoint_id=endpoint_id)
    return endpoint


def _begin(message: WebhookMessage, endpoint: WebhookEndpoint, *, replay_of: str = "") -> WebhookDelivery:
    now = timezone.now()
    delivery = WebhookDelivery.objects.create(message=message, endpoint=endpoint, replay_of=replay_of, next_try_at=now)
    deliver.later(delivery.id, 1)
    return delivery


# Deliveries


def deliveries() -> QuerySet[WebhookDelivery]:
    """All of them."""
    return WebhookDelivery.objects.select_related("message")


@task("notifications.deliver")
def deliver(delivery_id: str, number: int) -> None:
    """Make one try. Repeating one that is written down does nothing.

    Raises NotAsked when the endpoint is to be left alone for now: the try is put off, and not counted.
    """
    delivery = WebhookDelivery.objects.select_related("message", "endpoint").get(id=delivery_id)
    if not delivery.is_pending or delivery.tries >= number:
        return
    if not delivery.endpoint.is_enabled:
        _drop(delivery_id)
        return
    at = timezone.now()
    endpoint = delivery.endpoint
    answer = endpoints.post(
        endpoint.id,
        endpoint.url,
        headers=signed(delivery.message, endpoint.signing(at), at=at),
        body=delivery.message.payload.encode(),
    )
    with transaction.atomic(using="notifications"):
        _settle(delivery_id, number, answer, at=at)


def signed(message: WebhookMessage, signing: Iterable[str], *, at: datetime) -> dict[str, str]:
    """The headers. While two secrets are live each signs, and receivers take either."""
    signatures = (Webhook(secret).sign(message.id, at, message.payload) for secret in signing)
    return {
        "accept-encoding": "identity",
        "content-type": "application/json",
        "user-agent": "Tearline-Webhooks/1",
        "webhook-id": message.id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _drop(delivery_id: str) -> None:
    with transaction.atomic(using="notifications"):
        delivery = WebhookDelivery.objects.select_for_update().get(id=delivery_id)
        if delivery.is_pending:
            delivery.finish("dropped", at=timezone.now())
            delivery.save()


def _settle(delivery_id: str, number: int, answer: endpoints.Answer, *, at: datetime) -> None:
    """Write down how a try went, and what comes next. Endpoint first, as all who change both lock them so."""
    endpoint_id = WebhookDelivery.objects.values_list("endpoint_id", flat=True).get(id=delivery_id)
    endpoint = WebhookEndpoint.objects.select_for_update().get(id=endpoint_id)
    delivery = WebhookDelivery.objects.select_for_update().get(id=delivery_id)
    if not delivery.is_pending or delivery.tries >= number:
        return
    delivery.tries = number
    delivery.attempts.create(
        number=number,
        at=at,
        status=answer.status,
        took=answer.took,
        error=answer.error,
        excerpt=answer.excerpt,
    )
    if answer.is_success:
        endpoint.failing_since = None
        delivery.finish("delivered", at=timezone.now())
    else:
        _blame(endpoint, answer)
        _try_again(delivery, answer) if endpoint.is_enabled else delivery.finish("failed", at=timezone.now())
    endpoint.save(update_fields=["state", "disabled_because", "failing_since", "version"])
    delivery.save()


def _blame(endpoint: WebhookEndpoint, answer: endpoints.Answer) -> None:
    now = timezone.now()
    if not endpoint.is_enabled:
        return
    if answer.status == GONE:
        endpoint.become("disabled", because="gone")
    elif endpoint.failing_since and now - endpoint.failing_since > PATIENCE:
        endpoint.become("disabled", because="failing")
    elif endpoint.failing_since is None:
        endpoint.failing_since = now


def _try_again(delivery: WebhookDelivery, answer: endpoints.Answer) -> None:
    if delivery.tries > len(WAITS):
        delivery.finish("failed", at=timezone.now())
        return
    scheduled = WAITS[delivery.tries - 1] * random.uniform(1.0, 1.0 + SPREAD)  # noqa: S311 - spreads load
    wished = min(timedelta(seconds=answer.retry_after or 0), WAITS[-1])
    wait = max(scheduled, wished)
    delivery.next_try_at = timezone.now() + wait
    deliver.after(wait, delivery.id, delivery.tries + 1)
