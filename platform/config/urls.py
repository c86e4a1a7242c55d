"""Where everything is served: the modules' REST routes below /api/v1, their facades below /facades, the page at /,
and a page for each kind of problem below /problems."""

import importlib
from datetime import date
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.conf import settings
from django.urls import include, path
from django.views.generic import RedirectView

from tearline.api import ApiVersion, RestApi, Versions
from tearline.gateway import WholeApi

DESCRIPTION = """
Orders, payments, stock, shipments and notifications of one shop.

Send an API key with every request: `Authorization: Bearer sk_…`. Send an `Idempotency-Key` with every POST: the same
key gets the same answer, and one effect. Failures are told as `application/problem+json`.
"""

VERSIONS = Versions(ApiVersion(date(2026, 11, 1)))
"""Add the next one with what it changed: `docs/api.md`."""


def rest_api() -> RestApi:
    """The routes of every module that this process hosts. The gateway has its own, and describes those of all."""
    told: dict[str, Any] = {"title": "Tearline", "version": "v1", "description": DESCRIPTION, "versions": VERSIONS}
    api = WholeApi(**told) if settings.TEARLINE_TOPOLOGY.is_gateway else RestApi(**told, described=False)
    for package in (*(f"modules.{module}" for module in settings.TEARLINE_TOPOLOGY.hosted), *settings.COMPOSITE_APPS):
        if find_spec(f"{package}.api"):
            edge = importlib.import_module(f"{package}.api")
            api.mount(package.rpartition(".")[2], edge.router, prefixes=edge.prefixes)
    return api


of_the_gateway = [
    path("problems", RedirectView.as_view(url="/problems/")),
    path("problems/", include("tearline.api.problem_pages")),
    path("staff", RedirectView.as_view(pattern_name="login")),
    path("staff/", RedirectView.as_view(pattern_name="login")),
    path("staff/", include("tearline.api.login")),
]
urlpatterns = [
    path("api/v1/", rest_api().urls),
    path("facades/", include("tearline.facades.urls")),
    *(of_the_gateway if settings.TEARLINE_TOPOLOGY.is_gateway else []),
    *([path("", include("config.landing.urls"))] if apps.is_installed("config.landing") else []),
]
