"""One REST API, put together from the routers of the modules."""

import functools
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja import NinjaAPI, Router
from ninja.errors import ValidationError, ValidationErrorContext
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.renderers import JSONRenderer
from ninja.responses import NinjaJSONEncoder

from tearline.acting import acting_as
from tearline.api._auth import ApiKeyAuth
from tearline.api._bodies import StrictParser
from tearline.api._closed import closed, is_without_body, unless_it_says_something, with_unknown_named
from tearline.api._codes import kinds
from tearline.api._describing import areas, close, codes_of, complete, components, has_facade, scopes
from tearline.api._documentation import Documentation
from tearline.api._etags import conditional, never_ignored
from tearline.api._failures import told
from tearline.api._versions import UNCHANGED, Versions, in_versions
from tearline.databases import refuse_unless_served
from tearline.problems import MEDIA_TYPE, Flaw, Problem, ProblemDetails
from tearline.resilience import DEADLINE_MS, deadline, is_too_late, seconds_told

View = Callable[..., Any]


class RestApi(NinjaAPI):
    """A ninja API with our conventions: problems, strict bodies, nothing that is not known, times in UTC with a Z."""

    def __init__(
        self, *, title: str, version: str, description: str, described: bool = True, versions: Versions = UNCHANGED
    ) -> None:
        """`described`: whether the description is served, too, for programs and for people.

        `versions`: the dated ones, for which clients ask by a header.
        """
        super().__init__(
            title=title,
            version=version,
            description=description,
            parser=StrictParser(),
            renderer=_Renderer(),
            openapi_url="/openapi.json" if described else None,
            docs=Documentation(),
            docs_url="/docs" if described else None,
            servers=[{"url": "/", "description": "Where this description was read."}],
            openapi_extra={"info": {"license": {"name": "MIT", "identifier": "MIT"}}},
        )
        self.add_decorator(_only_known_parameters)
        self.add_decorator(self._heard)
        self.add_decorator(_while_the_gateway_waits)
        self.add_decorator(self._negotiated, mode="view")
        self._versions = versions
        self._owners: dict[str, str] = {}

    def mount(self, module: str, router: Router, *, prefixes: Sequence[str]) -> None:
        """Serve a module's router. Its views act in the module's name: that is who calls other facades.

        Raises ValueError when a path of the router lies outside of the module's prefixes, or another module has one.
        """
        taken = [prefix for prefix in prefixes if self._owners.setdefault(prefix, module) != module]
        if taken:
            raise ValueError(f"{module} and {self._owners[taken[0]]} both serve {taken[0]}")
        outside = [path for path in router.path_operations if not _is_below(path, prefixes)]
        if outside:
            raise ValueError(f"{module} serves {outside[0]}, which is not below {', '.join(prefixes)}")
        stage = Router()
        stage.add_decorator(functools.partial(_in_the_name_of, module))
        stage.add_router("", router)
        self.add_router("", stage)

    def _negotiated(self, run: View) -> View:
        """Of an operation's `run`, which is all that happens between a request and its answer."""
        operation: Operation = run.__self__  # type: ignore[attr-defined]  # nobody has wrapped it before us
        operation.models = [closed(model) for model in operation.models]
        careful = never_ignored(run, heeds="If-Match" in _taken(operation, "header"))
        return conditional(in_versions(self._versions, self.get_openapi_operation_id(operation), careful))

    def _heard(self, view: View) -> View:
        """Of a view that asks for no body, the same with none."""
        operation: Operation = view._ninja_operation  # type: ignore[attr-defined]  # ninja leaves it there
        return unless_it_says_something(view, parser=self.parser) if is_without_body(operation) else view

    def validation_error_from_error_contexts(
        self, error_contexts: list[ValidationErrorContext[Any]]
    ) -> ValidationError:
        invalid = super().validation_error_from_error_contexts(error_contexts)
        bodies = [context.model for context in error_contexts if context.model.__ninja_param_source__ == "body"]
        return ValidationError(with_unknown_named(invalid.errors, bodies=bodies))

    def set_default_exception_handlers(self) -> None:
        self.exception_handler(Exception)(told)

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """`orders_place`: the module and the view's name."""
        place = operation.view_func.__module__.split(".")
        return f"{place[-2]}_{operation.view_func.__name__}"

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """For clients. `path_prefix`: below which it is served, as it is by default."""
        below = self.get_root_path(path_params or {}) if path_prefix is None else path_prefix
        schema = self.promised(path_prefix=below)
        self.complete(schema, modules=[module for module in self._owners.values() if has_facade(module)])
        return schema

    def promised(self, *, path_prefix: str) -> OpenAPISchema:
        """What snapshots keep: each operation with the codes of its problems, which all follow one pattern."""
        schema = _Description(self, path_prefix)
        details = ProblemDetails.model_json_schema(ref_template="#/components/schemas/{model}")
        schema["components"]["schemas"].update(details.pop("$defs"), ProblemDetails=details)
        return schema

    def complete(self, schema: OpenAPISchema, *, modules: Sequence[str]) -> None:
        """Adds examples, headers and answers to what is promised, by whichever of these modules, and closes bodies."""
        told = kinds(tuple(modules))
        close(schema["paths"], schema["components"]["schemas"])
        for operations in schema["paths"].values():
            for method, operation in operations.items():
                complete(method, operation, schemas=schema["components"]["schemas"], kinds=told)
        schema["tags"] = areas(schema["paths"])
        schema["components"].update(components(schema["paths"], told))
        needed = ", ".join(f"`{scope}`" for scope in scopes(schema["paths"]))
        schemes = schema["components"].get("securitySchemes", {})
        schema["components"]["securitySchemes"] = {
            name: scheme | {"description": f"{scheme['description']} Its scopes are among {needed}; `*`: all of them."}
            for name, scheme in schemes.items()
        }


class _Description(OpenAPISchema):
    def operation_details(self, operation: Operation) -> dict[str, Any]:
        """Says so where keys are let in that are bound to a customer."""
        described: dict[str, Any] = super().operation_details(operation)
        answers = {str(status): answer for status, answer in described["responses"].items()}
        described["responses"] = {**answers, "default": _PROBLEM_RESPONSE}
        if any(isinstance(auth, ApiKeyAuth) and auth.customers for auth in operation.auth_callbacks):
            described["description"] = f"{described.get('description', '')}\n\n{_FOR_CUSTOMERS}".strip()
        described["x-problems"] = codes_of(described, operation)
        return described

    def operation_parameters(self, operation: Operation) -> list[dict[str, Any]]:
        """With one example each: a list of them, as JSON schema has it, is none that OpenAPI knows."""
        parameters: list[dict[str, Any]] = super().operation_parameters(operation)
        for parameter in parameters:
            if examples := parameter.pop("examples", None):
                parameter["example"] = examples[0]
        return parameters

    def operation_security(self, operation: Operation) -> list[dict[str, Any]] | None:
        """With the scope that a key must have: OpenAPI 3.1 has a place for roles there, whatever the scheme."""
        security = super().operation_security(operation)
        described = [auth for auth in operation.auth_callbacks if hasattr(auth, "openapi_security_schema")]
        for requirement, auth in zip(security or (), described, strict=True):
            if isinstance(auth, ApiKeyAuth):
                requirement[type(auth).__name__].append(auth.scope)
        return security


_FOR_CUSTOMERS = "Open to keys that are bound to a customer, too: they meet nothing but what is theirs."

_PROBLEM_RESPONSE = {
    "description": "A problem (RFC 9457)",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}},
}


class _Encoder(NinjaJSONEncoder):
    def default(self, value: Any) -> Any:  # json's own name for the argument is `o`
        """Times as `2026-11-23T12:00:00.123Z`, whatever zone they came in."""
        if isinstance(value, datetime):
            return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return super().default(value)


class _Renderer(JSONRenderer):
    encoder_class: type[json.JSONEncoder] = _Encoder


def _is_below(path: str, prefixes: Sequence[str]) -> bool:
    return any(path == prefix or path.startswith(f"{prefix}/") for prefix in prefixes)


def _in_the_name_of(module: str, view: View) -> View:
    @functools.wraps(view)
    def acting(request: HttpRequest, **parameters: Any) -> Any:
        refuse_unless_served(module)
        with acting_as(module):
            return view(request, **parameters)

    return acting


def _while_the_gateway_waits(view: View) -> View:
    """Nobody else says how long: what outsiders send of this header does not get past the gateway."""

    @functools.wraps(view)
    def hurried(request: HttpRequest, **parameters: Any) -> Any:
        milliseconds = request.headers.get(DEADLINE_MS)
        if milliseconds is None or settings.TEARLINE_TOPOLOGY.is_gateway:
            return view(request, **parameters)
        with deadline(_seconds(milliseconds)):
            if is_too_late():
                raise Problem(504, "deadline_exceeded", "Too little time was left to begin.", retryable=True)
            return view(request, **parameters)

    return hurried


def _seconds(milliseconds: str) -> float:
    try:
        return seconds_told(milliseconds)
    except ValueError as error:
        raise Problem(400, "deadline_invalid", f"{DEADLINE_MS} is a whole number.") from error


def _only_known_parameters(view: View) -> View:
    """A misspelt filter must not answer more than was asked for."""
    operation: Operation = view._ninja_operation  # type: ignore[attr-defined]  # ninja leaves it there for decorators
    known, several = _taken(operation, "query"), _taken_several_times(operation)

    @functools.wraps(view)
    def checked(request: HttpRequest, **parameters: Any) -> Any:
        _refuse("unknown_parameter", "is not known here", sorted(request.GET.keys() - known))
        _refuse(
            "invalid_parameter",
            "is there twice",
            [name for name, told in request.GET.lists() if len(told) > 1 and name not in several],
        )
        _refuse(
            "invalid_parameter",
            "holds the character NUL",
            [name for name, told in request.GET.lists() if "\0" in "".join(told)],
        )
        return view(request, **parameters)

    return checked


def _refuse(code: str, why: str, names: list[str]) -> None:
    if names:
        flaws = [Flaw(parameter=name, code=code, message=f"This parameter {why}.") for name in names]
        raise Problem(400, code, f"The parameter {names[0]} {why}.", errors=flaws)


def _taken(operation: Operation, source: str) -> set[str]:
    """The names of the parameters that it takes from there."""
    return {name for model in _models(operation, source) for name in model.__ninja_flatten_map__}


def _taken_several_times(operation: Operation) -> set[str]:
    """Those of the query that may have several values."""
    return {name for model in _models(operation, "query") for name in model.__ninja_collection_fields__}


def _models(operation: Operation, source: str) -> list[Any]:
    """By which ninja reads what comes from there."""
    return [model for model in operation.models if model.__ninja_param_source__ == source]
