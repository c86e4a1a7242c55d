"""A POST that changes something carries a key, and the same key gets the same answer."""

from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Header

from tearline.facades import Outcome

IdempotencyKey = Annotated[
    str,
    Header(
        ...,
        alias="Idempotency-Key",
        pattern=r"^[\x20-\x7e]{1,255}$",
        description="Make one up for what you want done, and send it again with every repeat.",
    ),
]


def answered(outcome: Outcome, response: HttpResponse) -> Any:
    """The answer of a command. The response is marked when it had been given before."""
    if outcome.replayed:
        response["Idempotent-Replayed"] = "true"
    return outcome.answer
