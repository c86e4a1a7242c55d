"""Staff, known by the session that they began with a password: see `tearline.api.login`.

A browser sends cookies whoever made it ask. So what changes something needs a token besides, that other sites cannot
read: the cookie `csrftoken`, repeated in the header `X-CSRFToken`.
"""

from django.contrib.auth.models import AbstractUser
from django.http import HttpRequest
from ninja.utils import check_csrf

from tearline.api.models import EVERYTHING, is_scope
from tearline.problems import Problem


def staff_of(request: HttpRequest) -> AbstractUser | None:
    """Who is of the staff and asks by session. Raises Problem (403) where another site may have made them ask."""
    user = getattr(request, "user", None)
    if not isinstance(user, AbstractUser) or not (user.is_active and user.is_staff):
        return None
    _ = request.body  # before anybody looks for a token in it: whoever serves the request reads it too
    if check_csrf(request):
        detail = "Repeat the cookie csrftoken in the header X-CSRFToken, on a page of this site."
        raise Problem(403, "csrf_failed", detail)
    return user


def scopes_of(user: AbstractUser) -> frozenset[str]:
    """Superusers may do everything; others what the groups say that they are in, each named as a scope."""
    if user.is_superuser:
        return frozenset({EVERYTHING})
    return frozenset(filter(is_scope, user.groups.values_list("name", flat=True)))
