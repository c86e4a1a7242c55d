"""One description of the whole API: the same in every topology, whoever hosts what."""

import copy
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from ninja import Router
from ninja.openapi.schema import OpenAPISchema

from tearline.api import RestApi, Versions, key_with
from tearline.snapshots import snapshot_of


class WholeApi(RestApi):
    """Serves what is hosted here, and describes what is served anywhere.

    What modules serve is described as they promise it in their snapshots; what else is mounted, as it is.
    """

    def __init__(self, *, title: str, version: str, description: str, versions: Versions) -> None:
        super().__init__(title=title, version=version, description=description, versions=versions)
        self._besides = RestApi(title=title, version=version, description=description)

    def mount(self, module: str, router: Router, *, prefixes: Sequence[str]) -> None:
        super().mount(module, router, prefixes=prefixes)
        if module not in settings.TEARLINE_TOPOLOGY.modules:
            self._besides.mount(module, router, prefixes=prefixes)

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        below = self.get_root_path(path_params or {}) if path_prefix is None else path_prefix
        schema = self._besides.promised(path_prefix=below)
        components = schema["components"]
        for module in settings.TEARLINE_TOPOLOGY.modules:
            rest = snapshot_of(module)["rest"]
            schema["paths"] |= copy.deepcopy(rest["paths"])
            components["schemas"] |= rest["schemas"]
        schema["paths"] = dict(sorted(schema["paths"].items()))
        components["schemas"] = dict(sorted(components["schemas"].items()))
        components["securitySchemes"] = {type(_KEY).__name__: dict(_KEY.openapi_security_schema)}
        self.complete(schema, modules=settings.TEARLINE_TOPOLOGY.modules)
        return schema


_KEY = key_with("*")
"""Any: all of them are described alike."""
