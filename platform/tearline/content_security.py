"""What a page may load and do: nothing, unless it says so itself (Content Security Policy Level 3).

    response[HEADER] = allowing(script_src="'self'", style_src="'self'")

Most answers are data, of which a browser needs to do nothing at all. A page needs its own files; no page of ours needs
scripts in itself, or anything from elsewhere.
"""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase

HEADER: Final = "Content-Security-Policy"

_NOTHING = {"base-uri": "'none'", "form-action": "'none'", "frame-ancestors": "'none'"}


def allowing(**sources: str) -> str:
    """A policy that allows these, by directive, as in `script_src="'self'"`, and nothing else."""
    allowed = {name.replace("_", "-"): source for name, source in sources.items()}
    directives = (
        {"default-src": "'none'"} | allowed | {name: no for name, no in _NOTHING.items() if name not in allowed}
    )
    return "; ".join(f"{name} {source}" for name, source in directives.items())


class ContentSecurityMiddleware:
    """Forbids whatever the answer does not allow itself. Django has this from version 6 on, and we run on 5.2 too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault(HEADER, allowing())
        return response
