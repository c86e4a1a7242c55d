import io

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from tearline.testing import settle
from tearline.work._tasks import queue

pytestmark = pytest.mark.usefixtures("db")


def told(*arguments: str) -> str:
    out = io.StringIO()
    call_command("work", *arguments, stdout=out)
    return out.getvalue()


def ask_for(task: str) -> None:
    with transaction.atomic(using="shipping"):
        queue.add("shipping", [{"name": task, "arguments": "[]"}])


def test_what_is_due_is_counted_and_empty_queues_are_left_out() -> None:
    ask_for("shipping.nobody_does_this")
    _, line = told().splitlines()
    assert line.split()[:4] == ["shipping", "tasks", "1", "0"]


def test_what_is_parked_is_told_with_its_error() -> None:
    ask_for("shipping.nobody_does_this")
    settle()
    last = told("status", "shipping").splitlines()[-1]
    assert last.startswith("parked: shipping tasks ")
    assert "no task is named shipping.nobody_does_this" in last
    assert "Traceback" in told("status", "shipping", "--errors")


def test_a_module_that_is_not_here_is_named() -> None:
    with pytest.raises(CommandError, match="returns"):
        told("status", "returns")
