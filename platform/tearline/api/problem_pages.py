"""A page for each kind of problem, at the address that `type` names. Works offline, as HTML and as plain text."""

from collections.abc import Mapping

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.template import Context, Engine
from django.urls import path

from tearline.api._codes import Kind, kinds

_HTML = Engine(autoescape=True).from_string(
    """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{% if kind %}{{ kind.code }}{% else %}Problems{% endif %}</title>
</head>
<body>
<main>
{% if kind %}
<p><a href="/problems/">All problems</a></p>
<h1>{{ kind.title }}</h1>
<p><code>{{ kind.code }}</code>, answered with status {{ kind.status }}</p>
<h2>What it means</h2>
<p>{{ kind.meaning }}</p>
<blockquote><p>{{ kind.detail }}</p></blockquote>
<h2>What to do</h2>
<p>{{ kind.remedy }}</p>
<p>{% if kind.retryable %}The same request, with the same key, may succeed later.{% else %}\
The same request will not succeed by being repeated.{% endif %}</p>
{% else %}
<h1>Problems</h1>
<p>Failures are told as <code>application/problem+json</code>. Each <code>code</code> has a page.</p>
<ul>
{% for each in all %}<li><a href="/problems/{{ each.code }}"><code>{{ each.code }}</code></a> {{ each.title }}</li>
{% endfor %}</ul>
{% endif %}
</main>
</body>
</html>
"""
)

_TEXT = Engine(autoescape=False).from_string(
    """{% if kind %}{{ kind.code }}: {{ kind.title }} (status {{ kind.status }})

{{ kind.meaning }}

    {{ kind.detail }}

{{ kind.remedy }}
{% else %}{% for each in all %}{{ each.code }}: {{ each.title }}
{% endfor %}{% endif %}"""
)


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
        return HttpResponse(_TEXT.render(Context(shown)), content_type="text/plain; charset=utf-8")
    return HttpResponse(_HTML.render(Context(shown)), headers={"Vary": "Accept"})


urlpatterns = [path("", show_all), path("<str:code>", show)]
