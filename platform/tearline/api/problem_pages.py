"""A page for each kind of problem, at the address that `type` names. Works offline, as HTML and as plain text."""

from collections.abc import Mapping

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import path

from tearline.api._codes import Kind, kinds


def show_all(request: HttpRequest) -> HttpResponse:
    """Every kind of problem."""
    return _page(request, all=_known().values())


def show(request: HttpRequest, code: str) -> HttpResponse:
    """What one code means, and what to do."""
    kind = _known().get(code)
    if kind is None:
        raise Http404(f"no problem has the code {code}")
    return _page(request, kind=kind)


def _known() -> Mapping[str, Kind]:
    return kinds(tuple(settings.TEARLINE_TOPOLOGY.modules))


def _page(request: HttpRequest, **shown: object) -> HttpResponse:
    """HTML for whoever likes it no less than plain text, as browsers do; so plain text for `Accept: text/plain`."""
    if request.get_preferred_type(["text/html", "text/plain"]) == "text/plain":
        return HttpResponse(
            render_to_string("tearline_api/problems.txt", shown), content_type="text/plain; charset=utf-8"
        )
    return HttpResponse(render_to_string("tearline_api/problems.html", shown), headers={"Vary": "Accept"})


urlpatterns = [path("", show_all), path("<str:code>", show)]
