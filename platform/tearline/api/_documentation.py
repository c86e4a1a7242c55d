"""The interactive documentation: Swagger, of our own files alone."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Swagger

from tearline.content_security import HEADER, allowing

# Its icons are in its style sheet, as data; it asks the API by scripts.
CONTENT = allowing(script_src="'self'", style_src="'self'", img_src="'self' data:", connect_src="'self'")


class Documentation(Swagger):
    """Says what a browser may do with the page."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **path_params: Any) -> HttpResponse:
        page = super().render_page(request, api, **path_params)
        page[HEADER] = CONTENT
        return page
