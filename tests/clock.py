"""Letting time pass without waiting for it."""

from datetime import timedelta

from django.conf import settings
from django.db.models import F

from tearline.models import CommandKey, DueWork, InboxRow, OutboxRow, SagaRow, SagaStepRow, TaskRow

QUEUES: tuple[type[DueWork], ...] = (OutboxRow, InboxRow, TaskRow, SagaRow)


def let_pass(time: timedelta) -> None:
    """As if so much time had gone by for all durable work: what was put off, every lease, every deadline."""
    for module in settings.TEARLINE_TOPOLOGY.hosted:
        for queue in QUEUES:
            queue._default_manager.using(module).update(due_at=F("due_at") - time)
        SagaStepRow.objects.using(module).update(started_at=F("started_at") - time)
        CommandKey.objects.using(module).update(busy_until=F("busy_until") - time)
