"""Why an order is in its state, what it waits for, and what can be done. Reads; asks no other module."""

from collections.abc import Iterator
from datetime import datetime

from modules.orders import returns, services
from modules.orders.contracts import (
    Action,
    Explanation,
    Failure,
    NothingToReturn,
    ReturnNotInState,
    ReturnState,
    WaitingFor,
)
from modules.orders.models import Order, Return
from modules.orders.overview import is_all
from tearline.contracts import Refusal
from tearline.sagas import Standing

API = "/api/v1"
SCOPE = "orders:write"

OPEN_TO_CUSTOMERS = {"cancel", "request_return"}

BEGAN_AS = {"draft": "drafted", "pending": "placed"}
"""What the timeline calls the beginning of a state, where it is not the state's own name."""

WHY = {
    "draft": "It was drafted, and nobody has placed it yet.",
    "pending": "It was placed, and is being fulfilled.",
    "confirmed": "Its stock is set aside and its money taken: it stands.",
    "completed": "All of it has arrived.",
}
"""Whoever was cancelled or has expired has its own reason."""


def explain(order: Order, *, customer: str | None = None) -> Explanation:
    """`customer`: who asks, and is told neither of our errors nor of what only the shop can do."""
    explanation = _explained(order)
    if customer is None:
        return explanation
    waits_for = [waiting.model_copy(update={"last_error": ""}) for waiting in explanation.waits_for]
    actions = [action for action in explanation.actions if action.name in OPEN_TO_CUSTOMERS]
    return explanation.model_copy(update={"waits_for": waits_for, "actions": actions})


def _explained(order: Order) -> Explanation:
    made = returns.returns_of(order)
    return Explanation(
        order_id=order.id,
        status=order.status,
        version=order.version,
        why=WHY.get(order.status) or order.failure_detail,
        since=_since(order),
        waits_for=[*_own_work(order), *_others(order, made)],
        actions=[*_on_drafts(order), *_on_orders(order), *_on_returns(order, made)],
    )


def _since(order: Order) -> datetime:
    begun = order.entries.filter(what=BEGAN_AS.get(order.status, order.status)).last()
    return begun.at if begun else order.updated_at


def _own_work(order: Order) -> Iterator[WaitingFor]:
    """Every saga of the order that has not ended."""
    for standing in (saga.standing(subject) for _, saga, subject in services.runs(order)):
        if standing:
            yield _told(standing)


def _told(standing: Standing) -> WaitingFor:
    return WaitingFor(
        what=f"{standing.saga}: {standing.step}",
        saga=standing.saga,
        step=standing.step,
        since=standing.since,
        attempts=standing.attempts,
        last_error=standing.last_error,
        needs_operator=standing.parked,
        again_at=standing.again_at,
    )


def _others(order: Order, made: list[Return]) -> Iterator[WaitingFor]:
    """What the order waits for that is not ours to do."""
    if order.status == "draft":
        yield WaitingFor(what="somebody to place it", since=order.created_at)
    if order.status == "confirmed":
        left = is_all(order.ordered, order.heard.dispatched)
        yield WaitingFor(what="its parcels to arrive" if left else "its parcels to leave", since=_since(order))
    for each in made:
        if each.state in AWAITED:
            yield WaitingFor(what=AWAITED[each.state].format(id=each.id), since=each.created_at)


AWAITED = {"requested": "the goods of {id} to come back", "received": "somebody to have {id} refunded"}


def _on_drafts(order: Order) -> Iterator[Action]:
    if order.status != "draft":
        return
    yield _action(order, "change", "", method="PATCH")
    yield _action(order, "place", "/place")
    yield _action(order, "discard", "/discard")


def _on_orders(order: Order) -> Iterator[Action]:
    if order.status == "draft":
        return
    yield _action(order, "cancel", "/cancel", refused=services.why_not_cancelled(order))
    nothing = None if returns.returnable(order) else NothingToReturn(order_id=order.id)
    yield _action(order, "request_return", "/returns", refused=nothing)


def _on_returns(order: Order, made: list[Return]) -> Iterator[Action]:
    for each in made:
        for name, state in POSSIBLE.items():
            refused = None if each.state == state else ReturnNotInState(return_id=each.id, state=each.state)
            yield _action(order, f"{name}_return", f"/returns/{each.id}/{name}", refused=refused)


POSSIBLE: dict[str, ReturnState] = {"receive": "requested", "reject": "requested", "refund": "received"}
"""What can be done with a return in which state."""


def _action(order: Order, name: str, path: str, *, method: str = "POST", refused: Refusal | None = None) -> Action:
    return Action(
        name=name,
        method=method,
        path=f"{API}/orders/{order.id}{path}",
        scope=SCOPE,
        refused=Failure(code=refused.code, detail=refused.detail) if refused else None,
    )
