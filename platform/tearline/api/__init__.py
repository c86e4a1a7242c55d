"""The conventions of the REST edge: keys, problems, pages, idempotency, waiting.

A module's `api.py` parses, asks and answers; everything that all of them do alike is here. `tearline.api.keys` issues
the keys.
"""

from tearline.api._auth import (
    ApiKeyAuth,
    KeyedRequest,
    customer_not_allowed,
    introduced,
    key_with,
    principal_of,
)
from tearline.api._codes import Kind, kinds
from tearline.api._edge import ProblemMiddleware
from tearline.api._etags import IfMatch, NeededIfMatch, as_seen, etag_of, expected, tagged
from tearline.api._expanding import Expand
from tearline.api._failures import plain_problem, pointed
from tearline.api._filters import AnyOf, CreatedAsked, Filter, Only, Sort
from tearline.api._idempotency import IdempotencyKey, answered
from tearline.api._pages import Page, PageAsked, paged
from tearline.api._principals import Principal
from tearline.api._rates import RateLimitMiddleware
from tearline.api._rest import RestApi
from tearline.api._versions import ApiVersion, Change, Versions
from tearline.api._waiting import Prefer, Wait, a_seat_for, waiting, without_wait
from tearline.exchanges import LARGEST_BODY
from tearline.problems import MEDIA_TYPE, Flaw, Problem, ProblemDetails
from tearline.request_ids import RequestIdMiddleware, current_request_id

__all__ = [
    "LARGEST_BODY",
    "MEDIA_TYPE",
    "AnyOf",
    "ApiKeyAuth",
    "ApiVersion",
    "Change",
    "CreatedAsked",
    "Expand",
    "Filter",
    "Flaw",
    "IdempotencyKey",
    "IfMatch",
    "KeyedRequest",
    "Kind",
    "NeededIfMatch",
    "Only",
    "Page",
    "PageAsked",
    "Prefer",
    "Principal",
    "Problem",
    "ProblemDetails",
    "ProblemMiddleware",
    "RateLimitMiddleware",
    "RequestIdMiddleware",
    "RestApi",
    "Sort",
    "Versions",
    "Wait",
    "a_seat_for",
    "answered",
    "as_seen",
    "current_request_id",
    "customer_not_allowed",
    "etag_of",
    "expected",
    "introduced",
    "key_with",
    "kinds",
    "paged",
    "plain_problem",
    "pointed",
    "principal_of",
    "tagged",
    "waiting",
    "without_wait",
]
