"""Which routes there are, whether they are described or not."""

import importlib
from importlib.util import find_spec

from django.conf import settings

Route = tuple[str, str]
"""Its method, and its path as its module declares it."""


def routes() -> set[Route]:
    """Of all modules, and of what is made up of several."""
    modules = [f"modules.{module}" for module in settings.TEARLINE_TOPOLOGY.modules]
    edges = [f"{package}.api" for package in (*modules, *settings.COMPOSITE_APPS) if find_spec(f"{package}.api")]
    return {
        (method, path)
        for edge in edges
        for path, view in importlib.import_module(edge).router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
    }


def writes() -> set[Route]:
    """Those that may change something."""
    return {(method, path) for method, path in routes() if method != "GET"}
