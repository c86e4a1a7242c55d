"""The conventions of the REST edge: keys, problems, pages, idempotency, waiting.

A module's `api.py` parses, asks and answers; everything that all of them do alike is here. `tearline.api.keys` issues
the keys.
"""

from tearline.api._auth import ApiKeyAuth, KeyedRequest, Principal, key_with
from tearline.api._edge import ProblemMiddleware
from tearline.api._failures import LARGEST_BODY
from tearline.api._idempotency import IdempotencyKey, answered
from tearline.api._pages import Cursor, Page, PageAsked, paged
from tearline.api._problems import Flaw, Problem, ProblemDetails
from tearline.api._request_ids import RequestIdMiddleware, current_request_id
from tearline.api._rest import RestApi
from tearline.api._waiting import Prefer, Wait, waiting

__all__ = [
    "LARGEST_BODY",
    "ApiKeyAuth",
    "Cursor",
    "Flaw",
    "IdempotencyKey",
    "KeyedRequest",
    "Page",
    "PageAsked",
    "Prefer",
    "Principal",
    "Problem",
    "ProblemDetails",
    "ProblemMiddleware",
    "RequestIdMiddleware",
    "RestApi",
    "Wait",
    "answered",
    "current_request_id",
    "key_with",
    "paged",
    "waiting",
]
