"""Notifications from before there were recipients are carried over."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from modules.notifications.models import Notification
from modules.orders.contracts import OrderId
from tearline.contracts import EventId
from tearline.databases.preparing import as_owner, prepare


@pytest.fixture
def earlier(db: None) -> Iterator[Any]:
    """The models before there were recipients. Afterwards everything is as it was."""
    try:
        with as_owner("notifications") as connection:
            executor = MigrationExecutor(connection)
            executor.migrate([("notifications", "0001_initial")])
        yield executor.loader.project_state([("notifications", "0001_initial")]).apps
    finally:
        prepare("notifications")
        connections.close_all()


def test_what_went_to_the_staff_went_to_the_staff(earlier: Any) -> None:
    with as_owner("notifications"):
        old = earlier.get_model("notifications", "Notification").objects.using("notifications")
        for template in ("confirmation", "stock_ran_out"):
            old.create(event_id=EventId.new(), order_id=OrderId.new(), template=template)
    prepare("notifications")

    told = Notification.objects.order_by("template").values_list("template", "recipient", "state")
    assert list(told) == [("confirmation", "customer", "queued"), ("stock_ran_out", "staff", "queued")]
