"""What goes wrong is told as problem+json (RFC 9457), always in the same shape."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from pydantic import BaseModel, ConfigDict, Field

from tearline.request_ids import current_request_id

MEDIA_TYPE = "application/problem+json"


class Flaw(BaseModel):
    """One thing that is wrong with a request: in its body (`pointer`) or beside it (`parameter`)."""

    model_config = ConfigDict(frozen=True)

    pointer: str | None = Field(default=None, description="JSON pointer into the body.", examples=["/lines/0/quantity"])
    parameter: str | None = Field(
        default=None, description="Name of a query or path parameter, or header.", examples=["limit"]
    )
    code: str = Field(examples=["greater_than"])
    message: str = Field(examples=["Input should be greater than 0"])


class ProblemDetails(BaseModel):
    """Why a request was not answered as asked."""

    model_config = ConfigDict(frozen=True)

    type: str = Field(
        description="Names the kind of problem, for ever: the address of its page, on this host.",
        examples=["/problems/validation_failed"],
    )
    title: str = Field(examples=["Validation failed"])
    status: int = Field(description="The HTTP status.", examples=[422])
    detail: str = Field(
        description="What happened here, for a person.", examples=["Some fields break a rule; see errors."]
    )
    instance: str = Field(description="The path that was asked.", examples=["/api/v1/orders"])
    code: str = Field(description="The kind of problem, for a program.", examples=["validation_failed"])
    request_id: str | None = Field(description="Give this when you ask for help.")
    retryable: bool = Field(description="Whether the same request, with the same key, may succeed later.")
    errors: tuple[Flaw, ...] = ()


def details_of(
    code: str,
    *,
    status: int,
    detail: str,
    instance: str,
    request_id: str | None,
    retryable: bool,
    errors: tuple[Flaw, ...] = (),
) -> ProblemDetails:
    """What a client is told: all else follows from the code."""
    return ProblemDetails(
        type=f"/problems/{code}",
        title=title_of(code),
        status=status,
        detail=detail,
        instance=instance,
        code=code,
        request_id=request_id,
        retryable=retryable,
        errors=errors,
    )


class Problem(Exception):
    """Raise it in a view: the client is told, and nothing else happens.

    `code` is stable for ever; `detail` is one sentence for a person and holds no secret. `members`: what is told
    besides, for programs that know this kind of problem.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: Sequence[Flaw] = (),
        retryable: bool = False,
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(status, code, detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = tuple(errors)
        self.retryable = retryable
        self.headers = dict(headers or {})
        self.members = dict(members or {})

    def answer(self, request: HttpRequest) -> HttpResponse:
        """The response that tells this problem, which nobody keeps."""
        details = details_of(
            self.code,
            status=self.status,
            detail=self.detail,
            instance=request.path,
            request_id=current_request_id(),
            retryable=self.retryable,
            errors=self.errors,
        )
        body = json.dumps(self.members | details.model_dump(exclude_none=True))
        headers = {"Cache-Control": "no-store"} | self.headers
        return HttpResponse(body, status=self.status, content_type=MEDIA_TYPE, headers=headers)


def title_of(code: str) -> str:
    """`payments.payment_declined` is titled "Payment declined"."""
    return code.rpartition(".")[2].replace("_", " ").capitalize()
