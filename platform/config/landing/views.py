"""What the page shows. It asks by facades alone, as any other caller would."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django_htmx.middleware import HtmxDetails

from config.landing.forms import DemoOrderForm
from config.landing.money import as_text
from modules.catalog.facade import catalog
from modules.orders.contracts import Order, OrderId, OrderNotFound
from modules.orders.facade import orders
from tearline.contracts import Refusal, Unavailable
from tearline.facades import acting_as

P = ParamSpec("P")

REMEMBERED = "demo_orders"  # in the session of who placed them, newest first
SHOWN = 5


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
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What this is and where things are; in development, a form that places a demo order."""
    if not settings.DEBUG:
        return render(request, "landing/home.html")
    try:
        form = DemoOrderForm(catalog.browse())
    except Unavailable:
        return render(request, "landing/home.html", {"closed": True})
    return _home(request, form)


@require_POST
@only_in_development
def place(request: HttpRequest) -> HttpResponse:
    """Places the order and shows how it goes on. Sent twice, it is placed once."""
    try:
        form = DemoOrderForm(catalog.browse(), data=request.POST)
        if not form.is_valid():
            return _home(request, form, status=422)
        with acting_as("landing"):
            order = orders.place(form.to_request(), key=form.cleaned_data["key"])
    except Refusal as refusal:
        form.add_error(None, refusal.detail)
        form.renew_key()
        return _home(request, form, status=refusal.status)
    except Unavailable:
        return render(request, "landing/home.html", {"closed": True}, status=503)
    request.session[REMEMBERED] = [order.id, *_remembered(request)][:SHOWN]
    return redirect("landing:watch", order_id=order.id)


@never_cache
@require_GET
@only_in_development
def watch(request: PageRequest, order_id: str) -> HttpResponse:
    """The order and its timeline; just these two when htmx asks, which it does until the order has an outcome."""
    try:
        order = orders.find(OrderId.parse(order_id))
        entries = orders.timeline(order.id)
    except (ValueError, OrderNotFound):
        raise Http404 from None
    template = "landing/_order.html" if request.htmx else "landing/order.html"
    timeline = [{"after": entry.at - order.created_at, "entry": entry} for entry in entries]
    return render(request, template, {"order": order, "total": as_text(order.total), "timeline": timeline})


def _home(request: HttpRequest, form: DemoOrderForm, *, status: int = 200) -> HttpResponse:
    return render(request, "landing/home.html", {"form": form, "recent": _recent(request)}, status=status)


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
