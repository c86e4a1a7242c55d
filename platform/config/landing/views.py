"""What the page shows. It asks by facades alone, as any other caller would."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final, ParamSpec

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django_htmx.middleware import HtmxDetails

from config.landing import story
from config.landing.forms import DemoOrderForm
from config.landing.parts import wholes
from modules.catalog.facade import catalog
from modules.orders.contracts import Order, OrderId, OrderNotFound
from modules.orders.facade import orders
from tearline.content_security import HEADER, allowing
from tearline.contracts import Refusal, Unavailable
from tearline.facades import acting_as

P = ParamSpec("P")

REMEMBERED: Final = "demo_orders"  # in the session of who placed them, newest first
SHOWN: Final = 5

# Our own files and nothing else: no script or style in a page, nothing from elsewhere, no frame around it.
CONTENT: Final = allowing(
    script_src="'self'", style_src="'self'", img_src="'self'", connect_src="'self'", form_action="'self'"
)


def in_its_own_name(view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """It is the page that calls facades, and is declared to."""

    @wraps(view)
    def acting(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        with acting_as("landing"):
            return view(*args, **kwargs)

    return acting


class PageRequest(HttpRequest):
    """A request that htmx may have sent."""

    htmx: HtmxDetails


def only_in_development(view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """Where real customers are, nobody orders without a key."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not settings.DEBUG:
            raise Http404
        return view(*args, **kwargs)

    return guarded


@never_cache
@require_safe
@in_its_own_name
def home(request: HttpRequest) -> HttpResponse:
    """What this is and where things are; in development, a form that places a demo order."""
    if not settings.DEBUG:
        return _home(request)
    try:
        return _with_form(request, DemoOrderForm(catalog.browse()))
    except Unavailable:
        return _home(request, closed=True)


@require_POST
@only_in_development
@in_its_own_name
def place(request: HttpRequest) -> HttpResponse:
    """Places the order and shows how it goes on. Sent twice, it is placed once."""
    try:
        form = DemoOrderForm(catalog.browse(), data=request.POST)
        if not form.is_valid():
            return _with_form(request, form, status=422)
        order = orders.place(form.to_request(), key=form.cleaned_data["key"])
    except Refusal as refusal:
        form.add_error(None, refusal.detail)
        form.renew_key()
        return _with_form(request, form, status=refusal.status)
    except Unavailable:
        return _home(request, status=503, closed=True)
    others = [known for known in _remembered(request) if known != order.id]
    request.session[REMEMBERED] = [order.id, *others][:SHOWN]
    return redirect("landing:watch", order_id=order.id)


@never_cache
@require_safe
@only_in_development
@in_its_own_name
def watch(request: PageRequest, order_id: str) -> HttpResponse:
    """The order and what became of it. htmx, which says what it has seen, is given what is new, or nothing."""
    try:
        told = story.tell(OrderId.parse(order_id))
    except (ValueError, OrderNotFound):
        raise Http404 from None
    except Unavailable:
        return _home(request, status=503, closed=True)
    if request.htmx and request.GET.get("seen") == told.mark:
        return HttpResponse(status=204)
    template = "landing/_order.html" if request.htmx else "landing/order.html"
    return _page(request, template, story=told, order=told.order, total=str(told.order.total))


def _with_form(request: HttpRequest, form: DemoOrderForm, *, status: int = 200) -> HttpResponse:
    return _home(request, status=status, form=form, recent=_recent(request))


def _home(request: HttpRequest, *, status: int = 200, **shown: Any) -> HttpResponse:
    return _page(request, "landing/home.html", status=status, wholes=wholes(settings.TEARLINE_TOPOLOGY), **shown)


def _page(request: HttpRequest, template: str, *, status: int = 200, **shown: Any) -> HttpResponse:
    response = render(request, template, shown, status=status)
    response[HEADER] = CONTENT
    return response


def _remembered(request: HttpRequest) -> list[str]:
    remembered: list[str] = request.session.get(REMEMBERED, [])
    return remembered


def _recent(request: HttpRequest) -> list[Order]:
    """What this visitor ordered last. The session may remember orders of a database that is gone."""
    found = []
    for order_id in _remembered(request):
        try:
            found.append(orders.find(OrderId(order_id)))
        except OrderNotFound:
            continue
    return found
