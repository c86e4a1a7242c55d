"""How the two ways to fail become JSON, and the same exceptions again."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from tearline.contracts import KeyInFlight, Refusal, Unavailable


class _Refused(BaseModel):
    code: str
    detail: str
    fields: dict[str, Any]


class _Unanswered(BaseModel):
    detail: str
    maybe_done: bool
    retry_after: float | None
    in_flight: bool


def told(failure: Refusal | Unavailable) -> dict[str, Any]:
    """{"refusal": {…}} as `Refusal.to_json` says, or {"unavailable": {…}} with all that is known."""
    if isinstance(failure, Refusal):
        return {"refusal": failure.to_json()}
    unanswered = _Unanswered(
        detail=failure.detail,
        maybe_done=failure.maybe_done,
        retry_after=failure.retry_after,
        in_flight=isinstance(failure, KeyInFlight),
    )
    return {"unavailable": unanswered.model_dump()}


def heard(told: Mapping[str, Any]) -> Refusal | Unavailable | None:
    """What was told, to be raised; None when it was no failure. Raises ValueError for what cannot be understood."""
    if "refusal" in told:
        return Refusal.from_json(_Refused.model_validate(told["refusal"], strict=True).model_dump())
    if "unavailable" in told:
        unanswered = _Unanswered.model_validate(told["unavailable"])
        kind = KeyInFlight if unanswered.in_flight else Unavailable
        return kind(unanswered.detail, maybe_done=unanswered.maybe_done, retry_after=unanswered.retry_after)
    return None
