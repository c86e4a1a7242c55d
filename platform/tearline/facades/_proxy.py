"""The object that stands for a facade."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from tearline.acting import caller
from tearline.facades._calls import machinery
from tearline.facades._operations import Operation, operations_of

T = TypeVar("T")


def facade_for(interface: Callable[..., T]) -> T:
    """An object of this Protocol whose calls go where the topology says: here, or over HTTP.

    Every call may raise a Refusal named in its docstring, or Unavailable. Raises CalledInsideTransaction when a
    transaction is open in this thread: always for commands, in development and tests for queries too.
    """
    methods = {name: _method(operation) for name, operation in operations_of(interface).items()}
    proxy = type(f"{interface.__name__}Facade", (), methods | {"__doc__": interface.__doc__})
    return cast(T, proxy())


def _method(operation: Operation) -> Callable[..., Any]:
    def call(_self: object, /, *args: Any, **kwargs: Any) -> Any:
        arguments, key = operation.bind(args, kwargs)
        machinery().refuse_open_transaction(operation)
        return machinery().call(operation, arguments, key, caller())

    call.__name__, call.__doc__ = operation.name, operation.method.__doc__
    return call
