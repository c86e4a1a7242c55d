"""What a Protocol's methods say of themselves: signature, codecs, kind."""

import functools
import hashlib
import inspect
import json
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NotRequired, TypeVar, get_type_hints, overload

from pydantic import TypeAdapter
from typing_extensions import TypedDict

from tearline.acting import module_of

F = TypeVar("F", bound=Callable[..., Any])
Kind = Literal["command", "query"]

_MARK = "__operation__"


class FacadeError(TypeError):
    """A facade or its local side is not written as it must be."""


@overload
def command(method: F, /) -> F: ...
@overload
def command(*, undoes: Callable[..., Any]) -> Callable[[F], F]: ...
def command(method: F | None = None, /, *, undoes: Callable[..., Any] | None = None) -> F | Callable[[F], F]:
    """Changes something, once per key. Takes a keyword-only `key: str`: at most 255 characters, the caller's own.

    `undoes` names the command whose effect under the same key this one takes back. Once undone, always undone: a late
    or repeated do under that key is refused with `Undone`. Undoing what never happened is fine.
    """

    def mark(fn: F) -> F:
        setattr(fn, _MARK, ("command", undoes.__name__ if undoes else None))
        return fn

    return mark if method is None else mark(method)


def query(method: F) -> F:
    """Asks and changes nothing. May be asked again at will."""
    setattr(method, _MARK, ("query", None))
    return method


@dataclass(frozen=True)
class Operation:
    """One method of a facade: how to call it, and how its arguments and answer become JSON and back."""

    module: str
    name: str
    kind: Kind
    undoes: str | None
    method: Callable[..., Any] = field(repr=False)

    @property
    def full_name(self) -> str:
        """`payments.authorize`"""
        return f"{self.module}.{self.name}"

    @functools.cached_property
    def signature(self) -> inspect.Signature:
        whole = inspect.signature(self.method)
        return whole.replace(parameters=list(whole.parameters.values())[1:])

    @functools.cached_property
    def arguments(self) -> TypeAdapter[Any]:
        """Codec of {parameter: value}, the key left out. Defaults stay where the operation is served."""
        hints = get_type_hints(self.method, include_extras=True)
        fields = {
            name: hints[name] if parameter.default is parameter.empty else NotRequired[hints[name]]
            for name, parameter in self.signature.parameters.items()
            if not (self.kind == "command" and name == "key")
        }
        return TypeAdapter(TypedDict(self.name, fields))  # type: ignore[operator]  # built from the signature

    @functools.cached_property
    def answer(self) -> TypeAdapter[Any]:
        return TypeAdapter(get_type_hints(self.method, include_extras=True)["return"])

    def bind(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> tuple[dict[str, Any], str | None]:
        """The arguments by name, and the key apart. Raises TypeError as the method itself would."""
        arguments = dict(self.signature.bind(*args, **kwargs).arguments)
        return arguments, arguments.pop("key") if self.kind == "command" else None

    def call(self, method: Callable[..., Any], arguments: Mapping[str, Any], **key: str) -> Any:
        """Call a local method with arguments by name, whatever kinds of parameters it has."""
        bound = inspect.BoundArguments(self.signature, OrderedDict(dict(arguments) | key))
        return method(*bound.args, **bound.kwargs)

    def asked(self, arguments: Mapping[str, Any]) -> bytes:
        """The arguments as JSON. Raises ValueError for what is not of the declared type, however much it looks so."""
        return _told(self.arguments, dict(arguments))

    def answered(self, answer: Any) -> bytes:
        """The answer as JSON. Raises ValueError for what is not of the declared type."""
        return _told(self.answer, answer)

    def fingerprint(self, arguments: Mapping[str, Any]) -> str:
        """Same request, same fingerprint: the SHA-256 of its JSON, in hex. The order of names does not matter.

        Nor do values that are the defaults anyway: a field that a newer version adds makes no other request of it.
        """
        parameters = self.signature.parameters
        asked = {name: value for name, value in arguments.items() if value != parameters[name].default}
        told = json.loads(self.arguments.dump_json(asked, exclude_defaults=True))
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _told(codec: TypeAdapter[Any], value: Any) -> bytes:
    """Checked twice: validation lets a mapping pass for a contract, serialization whatever has its attributes."""
    codec.validate_python(value, strict=True)
    return codec.dump_json(value, warnings="error")


@functools.cache
def operations_of(interface: Callable[..., Any]) -> dict[str, Operation]:
    """The operations of a facade by name. Raises FacadeError when one is not written as it must be."""
    found: dict[str, Operation] = {}
    for name, method in vars(interface).items():
        if name.startswith("_") or not inspect.isfunction(method):
            continue
        if fault := _fault_of(method, known=found):
            raise FacadeError(f"{interface.__qualname__}.{name} {fault}")
        kind, undoes = getattr(method, _MARK)
        found[name] = Operation(module_of(interface.__module__), name, kind, undoes, method)
    return found


def _fault_of(method: Callable[..., Any], *, known: Mapping[str, Operation]) -> str | None:
    """What is wrong with an operation, if anything. `known`: those that stand above it."""
    kind, undoes = getattr(method, _MARK, (None, None))
    parameters = inspect.signature(method).parameters
    key = parameters.get("key")
    if kind is None:
        return "is neither a @command nor a @query"
    if kind == "command" and (key is None or key.kind is not key.KEYWORD_ONLY or key.default is not key.empty):
        return "is a command and must take a keyword-only key, without default"
    if any(parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD) for parameter in parameters.values()):
        return "must name every parameter: neither *args nor **kwargs can cross"
    if undoes and (undoes not in known or known[undoes].kind != "command"):
        return f"undoes {undoes}, which is no command above it"
    return None
