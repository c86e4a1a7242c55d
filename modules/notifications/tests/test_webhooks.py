"""Those who integrate are told, by the Standard Webhooks specification, until they have heard it."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import Settings
from standardwebhooks import WebhookVerificationError

from modules.notifications import published, webhooks
from modules.notifications.adapters import endpoints
from modules.notifications.contracts import (
    AddWebhookEndpoint,
    ChangeWebhookEndpoint,
    NameWebhookEndpoint,
    ReplayWebhook,
    ReplayWebhooks,
    RotateWebhookSecret,
    TooManyToReplay,
    WebhookDeliveryLog,
    WebhookEndpoint,
    WebhookEndpointDisabled,
    WebhookEndpointId,
    WebhookEndpointNotFound,
)
from modules.notifications.facade import notifications
from modules.notifications.models import WebhookDelivery, WebhookMessage
from modules.notifications.models import WebhookEndpoint as EndpointRow
from modules.notifications.tests.peers import cancellation_of, confirmation_of, stock_ran_out_for
from modules.notifications.tests.receiver import Receiver, receiving
from modules.orders.contracts import Order
from tearline.events import Event
from tearline.facades import acting_as
from tearline.models import TaskRow
from tearline.resilience import NotAsked, policy_for
from tearline.testing import settle

LEFT_ALONE = {"tries": 1, "open_for": 60}
"""Who is dead is, for longer than it takes to ask again."""


@pytest.fixture
def receiver(settings: Settings, db: None) -> Iterator[Receiver]:
    settings.NOTIFICATIONS_LOCAL_ENDPOINTS = True
    with receiving() as receiver:
        yield receiver


def added(receiver: Receiver, *types: str, key: str = "add") -> tuple[WebhookEndpoint, str]:
    asked = AddWebhookEndpoint(url=receiver.url, types=list(types))
    with acting_as("api:test"):
        made = notifications.add_endpoint(asked, key=key)
    return made.endpoint, made.secret


def announce(event: Event) -> None:
    """To webhooks alone: no letter is written."""
    with acting_as("notifications"), transaction.atomic(using="notifications"):
        webhooks.announce(event)


def tried(delivery_id: str, number: int) -> None:
    """The try of this number, whenever it is due."""
    with acting_as("notifications"):
        webhooks.deliver(delivery_id, number)


def log() -> list[WebhookDeliveryLog]:
    return [delivery.to_log() for delivery in webhooks.deliveries().order_by("id")]


def endpoint_now() -> WebhookEndpoint:
    return EndpointRow.objects.get().to_contract()


def test_an_endpoint_is_told_what_it_wants_signed_by_its_secret(order: Order, receiver: Receiver) -> None:
    _, secret = added(receiver, "order.confirmed", "order.cancelled")
    confirmed = confirmation_of(order)
    for event in (confirmed, confirmed, stock_ran_out_for(order), cancellation_of(order)):
        announce(event)
    settle()

    first, second = receiver.verified(secret)
    assert first == {
        "type": "order.confirmed",
        "timestamp": confirmed.occurred_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "data": {
            "order_id": order.id,
            "total": {"amount": 1998, "currency": "EUR"},
            "lines": [{"sku": "MUG-BLUE", "quantity": 2}],
        },
    }
    assert second["data"] == {"order_id": order.id, "reason": {"code": "payments.payment_declined"}}
    assert receiver.ids() == [delivery.message_id for delivery in log()]
    [attempt] = log()[0].attempts
    assert (log()[0].state, attempt.status, attempt.error) == ("delivered", 204, None)


def test_what_is_published_names_no_person(order: Order) -> None:
    for each in published.TABLE:
        assert not {"email", "name", "ship_to", "detail", "tracking_number"} & set(".".join(each.fields).split("."))
    assert len({each.event for each in published.TABLE}) == len({each.type for each in published.TABLE})


def test_nobody_is_told_and_nothing_kept_where_nobody_wants_to_know(order: Order, receiver: Receiver) -> None:
    added(receiver, "order.placed")
    announce(confirmation_of(order))

    assert not WebhookMessage.objects.exists()


def test_the_schedule_is_the_specifications_and_ends(order: Order, receiver: Receiver) -> None:
    added(receiver)
    receiver.answers = [500] * 20
    announce(confirmation_of(order))
    [delivery] = WebhookDelivery.objects.all()
    waits: list[timedelta] = []
    for number in range(1, 11):
        TaskRow.objects.using("notifications").all().delete()
        policy_for("notifications.webhook", delivery.endpoint_id).breaker.close()
        began = timezone.now()
        tried(delivery.id, number)
        delivery.refresh_from_db()
        if delivery.next_try_at:
            waits.append(delivery.next_try_at - began)
            assert TaskRow.objects.using("notifications").count() == 1

    hours = [wait / timedelta(hours=1) for wait in waits]
    least = [5 / 3600, 5 / 60, 30 / 60, 2, 5, 10, 14, 20, 24]
    assert len(hours) == len(least)
    assert all(wanted <= got < wanted * 1.3 for got, wanted in zip(hours, least, strict=True)), hours
    assert (delivery.state, delivery.tries, len(receiver.came)) == ("failed", 10, 10)
    assert not TaskRow.objects.using("notifications").exists()
    assert len(set(receiver.ids())) == 1


def test_a_try_that_is_written_down_is_not_made_again(order: Order, receiver: Receiver) -> None:
    added(receiver)
    receiver.answers = [503]
    announce(confirmation_of(order))
    settle()
    [delivery] = WebhookDelivery.objects.all()
    tried(delivery.id, 1)

    assert (len(receiver.came), delivery.tries, delivery.state) == (1, 1, "pending")


def test_two_workers_that_make_one_try_write_down_one(order: Order, receiver: Receiver) -> None:
    added(receiver)
    announce(confirmation_of(order))
    [delivery] = WebhookDelivery.objects.all()
    answer = endpoints.Answer(status=500)
    for _ in range(2):
        with acting_as("notifications"), transaction.atomic(using="notifications"):
            webhooks._settle(delivery.id, 1, answer, at=timezone.now())

    [told] = log()
    assert (told.tries, len(told.attempts)) == (1, 1)
    assert TaskRow.objects.using("notifications").count() == 2  # the first try, and the next one, once


def test_an_endpoint_that_wants_to_be_left_alone_for_longer_is(order: Order, receiver: Receiver) -> None:
    added(receiver)
    receiver.answers, receiver.headers = [429], {"Retry-After": "3600"}
    announce(confirmation_of(order))
    settle()

    [told] = log()
    assert told.next_try_at is not None
    assert told.next_try_at - timezone.now() > timedelta(minutes=59)


def test_who_answers_410_is_told_no_more(order: Order, receiver: Receiver) -> None:
    added(receiver)
    receiver.answers = [410]
    announce(confirmation_of(order))
    settle()
    announce(cancellation_of(order))
    settle()

    assert [delivery.state for delivery in log()] == ["failed"]
    assert (endpoint_now().state, endpoint_now().disabled_because) == ("disabled", "gone")
    assert len(receiver.came) == 1


def test_who_takes_nothing_for_days_is_disabled_and_what_waits_is_dropped(order: Order, receiver: Receiver) -> None:
    endpoint, _ = added(receiver)
    receiver.answers = [500, 500]
    announce(confirmation_of(order))
    announce(cancellation_of(order))
    first, second = WebhookDelivery.objects.order_by("id")
    tried(first.id, 1)
    assert endpoint_now().failing_since is not None

    EndpointRow.objects.update(failing_since=timezone.now() - timedelta(days=6))
    tried(second.id, 1)
    tried(first.id, 2)

    assert (endpoint_now().state, endpoint_now().disabled_because) == ("disabled", "failing")
    assert [delivery.state for delivery in log()] == ["dropped", "failed"]
    assert len(receiver.came) == 2
    assert endpoint.id == endpoint_now().id


def test_a_success_ends_the_blame(order: Order, receiver: Receiver) -> None:
    added(receiver)
    receiver.answers = [500]
    announce(confirmation_of(order))
    announce(cancellation_of(order))
    settle()

    assert endpoint_now().failing_since is None


def test_a_redirect_is_an_answer_and_is_not_followed(order: Order, receiver: Receiver) -> None:
    added(receiver)
    receiver.answers, receiver.headers = [302], {"Location": receiver.url}
    announce(confirmation_of(order))
    settle()

    assert len(receiver.came) == 1
    [attempt] = log()[0].attempts
    assert attempt.status == 302


def test_of_an_answer_only_its_beginning_is_kept_and_cookies_are_not(order: Order, receiver: Receiver) -> None:
    added(receiver)
    receiver.answers, receiver.body = [400], "x" * 60_000
    receiver.headers = {"Set-Cookie": "who=you; Path=/"}
    announce(confirmation_of(order))
    settle()
    announce(cancellation_of(order))
    settle()

    assert len(log()[0].attempts[0].excerpt) == 500
    assert "cookie" not in receiver.came[1][0]


def test_while_a_secret_is_rotated_both_sign_and_afterwards_only_the_new_one(order: Order, receiver: Receiver) -> None:
    endpoint, old = added(receiver)
    with acting_as("api:test"):
        new = notifications.rotate_secret(RotateWebhookSecret(endpoint_id=endpoint.id), key="rotate").secret
    announce(confirmation_of(order))
    settle()
    assert receiver.verified(old) == receiver.verified(new)

    EndpointRow.objects.get().secrets.filter(secret=old).update(expires_at=timezone.now())
    receiver.came.clear()
    announce(cancellation_of(order))
    settle()
    assert receiver.verified(new)
    with pytest.raises(WebhookVerificationError):
        receiver.verified(old)


def test_who_is_dead_is_left_alone_and_holds_up_nobody_else(
    order: Order, receiver: Receiver, settings: Settings
) -> None:
    settings.TEARLINE_POLICY = LEFT_ALONE
    dead, _ = added(receiver, key="dead")
    EndpointRow.objects.update(url="http://127.0.0.1:1/")
    for _ in range(6):
        announce(confirmation_of(order))
    pending = list(WebhookDelivery.objects.order_by("id"))
    for delivery in pending[:5]:
        tried(delivery.id, 1)
    with pytest.raises(NotAsked) as spared:
        tried(pending[5].id, 1)
    assert spared.value.because == "circuit open"
    assert WebhookDelivery.objects.get(id=pending[5].id).tries == 0
    policy_for("notifications.webhook", dead.id).breaker.close()  # what is due would wait for as long as it is open

    added(receiver, key="alive")
    announce(cancellation_of(order))
    settle()
    assert len(receiver.came) == 1
    assert dead.id != WebhookDelivery.objects.get(state="delivered").endpoint_id


def test_who_is_not_well_is_left_alone_and_who_refuses_is_well(
    db: None, receiver: Receiver, settings: Settings
) -> None:
    settings.TEARLINE_POLICY = LEFT_ALONE
    ids = [WebhookEndpointId.new() for _ in range(2)]
    receiver.answers = [500] * 5 + [404] * 6
    assert [posted(ids[0], receiver.url).status for _ in range(5)] == [500] * 5
    assert spared(ids[0], receiver.url) == "circuit open"
    assert [posted(ids[1], receiver.url).status for _ in range(6)] == [404] * 6


def test_who_hangs_ties_up_one_thread_and_all_who_hang_two(db: None, receiver: Receiver) -> None:
    ids = [WebhookEndpointId.new() for _ in range(3)]
    receiver.hold.clear()
    with ThreadPoolExecutor(2) as threads:
        hanging = threads.submit(posted, ids[0], receiver.url)
        came(receiver, 1)
        assert spared(ids[0], receiver.url) == "callers full"
        with receiving() as other:
            assert posted(ids[1], other.url).status == 204
        also_hanging = threads.submit(posted, ids[1], receiver.url)
        came(receiver, 2)
        assert spared(ids[2], receiver.url) == "callers full"
        receiver.hold.set()

    assert (hanging.result().status, also_hanging.result().status) == (204, 204)


def posted(endpoint_id: str, url: str) -> endpoints.Answer:
    return endpoints.post(endpoint_id, url, headers={}, body=b"{}")


def spared(endpoint_id: str, url: str) -> str:
    """Why it was not asked."""
    with pytest.raises(NotAsked) as not_asked:
        posted(endpoint_id, url)
    assert not_asked.value.retry_after
    return not_asked.value.because


def came(receiver: Receiver, count: int) -> None:
    while len(receiver.came) < count:
        time.sleep(0.001)


def test_a_delivery_is_made_once_more_under_the_same_webhook_id(order: Order, receiver: Receiver) -> None:
    added(receiver)
    announce(confirmation_of(order))
    settle()
    [original] = log()
    with acting_as("api:test"):
        for _ in range(2):
            notifications.replay(ReplayWebhook(delivery_id=original.id), key="replay")
    settle()

    assert [delivery.replay_of for delivery in log()] == [None, original.id]
    assert receiver.ids() == [original.message_id] * 2


def test_what_an_endpoint_missed_within_a_time_is_told_anew(
    order: Order, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint, _ = added(receiver, "order.confirmed", "order.cancelled")
    began = timezone.now()
    announce(confirmation_of(order))
    settle()
    switched(endpoint, enabled=False)
    missed = cancellation_of(order)
    announce(missed)
    announce(stock_ran_out_for(order))
    with pytest.raises(WebhookEndpointDisabled):
        replayed(endpoint, began)
    switched(endpoint, enabled=True)

    assert replayed(endpoint, began) == 1
    assert replayed(endpoint, began) == 0  # it is under way
    settle()
    assert [delivery.type for delivery in log()] == ["order.confirmed", "order.cancelled"]
    assert replayed(endpoint, began, delivered_too=True) == 2
    settle()
    assert len(receiver.came) == 4
    assert replayed(endpoint, timezone.now(), delivered_too=True) == 0
    monkeypatch.setattr(webhooks, "MOST_REPLAYED", 1)
    with pytest.raises(TooManyToReplay):
        replayed(endpoint, began, delivered_too=True)


def switched(endpoint: WebhookEndpoint, *, enabled: bool) -> None:
    with acting_as("api:test"):
        wanted = ChangeWebhookEndpoint(endpoint_id=endpoint.id, enabled=enabled)
        notifications.change_endpoint(wanted, key=f"enabled {enabled}")


def replayed(endpoint: WebhookEndpoint, since: datetime, *, delivered_too: bool = False) -> int:
    until = timezone.now() + timedelta(minutes=1)
    asked = ReplayWebhooks(endpoint_id=endpoint.id, since=since, until=until, delivered_too=delivered_too)
    with acting_as("api:test"):
        return notifications.replay_all(asked, key=str(timezone.now())).deliveries


def test_a_test_event_is_sent_and_a_removed_endpoint_has_no_secrets(order: Order, receiver: Receiver) -> None:
    endpoint, secret = added(receiver, "order.placed")
    named = NameWebhookEndpoint(endpoint_id=endpoint.id)
    with acting_as("api:test"):
        notifications.send_test(named, key="test")
        settle()
        notifications.remove_endpoint(named, key="remove")
        with pytest.raises(WebhookEndpointNotFound):
            notifications.send_test(named, key="test again")

    [told] = receiver.verified(secret)
    assert (told["type"], told["data"]) == ("webhook.test", {"endpoint_id": endpoint.id})
    assert not EndpointRow.objects.get().secrets.exists()


def test_the_database_keeps_one_delivery_of_a_message_and_one_secret_that_stays(
    order: Order, receiver: Receiver
) -> None:
    added(receiver)
    announce(confirmation_of(order))
    [delivery] = WebhookDelivery.objects.all()
    with pytest.raises(IntegrityError), transaction.atomic(using="notifications"):
        WebhookDelivery.objects.create(message=delivery.message, endpoint=delivery.endpoint)
    with pytest.raises(IntegrityError), transaction.atomic(using="notifications"):
        delivery.endpoint.secrets.create(secret="another")
    with pytest.raises(IntegrityError), transaction.atomic(using="notifications"):
        delivery.endpoint.__class__.objects.update(state="disabled")
