"""A POST that changes something carries a key, and the same key gets the same answer."""

from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Header
from pydantic import AfterValidator

from tearline.facades import Outcome


def _alone(key: str) -> str:
    """Servers join what comes in several headers of one name by commas: two keys would be taken for a third."""
    if "," in key:
        raise ValueError("there is a comma in it, as if it were several")
    return key


IdempotencyKey = Annotated[
    str,
    AfterValidator(_alone),
    Header(
        ...,
        alias="Idempotency-Key",
        pattern=r"^[\x20-\x7e]{1,255}$",
        description="Make one up for what you want done, without a comma, and send it again with every repeat.",
    ),
]


def answered(outcome: Outcome, response: HttpResponse) -> Any:
    """The answer of a command. The response is marked when it had been given before."""
    if outcome.replayed:
        response["Idempotent-Replayed"] = "true"
    return outcome.answer
