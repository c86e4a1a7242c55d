"""Which facades this process keeps, and by whom: found when one is first asked for."""

import importlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from tearline.facades._operations import FacadeError, operations_of


@dataclass(frozen=True)
class Hosted:
    """A facade, and whoever keeps it in this process. Raises FacadeError when an operation was forgotten."""

    interface: Callable[..., Any]
    local: Any

    def __post_init__(self) -> None:
        """An operation left out would be answered by the Protocol's empty body: None, to every question."""
        operations = operations_of(self.interface).values()
        forgotten = [each.name for each in operations if getattr(type(self.local), each.name) is each.method]
        if forgotten:
            raise FacadeError(f"{type(self.local).__qualname__} has no {', '.join(forgotten)}")


by_module: dict[str, Hosted] = {}
"""What has been called so far."""


def hosted(module: str) -> Hosted:
    """A module's facade from facade.py, kept by the class in its local.py.

    Raises FacadeError, also for a module that another process hosts.
    """
    if module not in by_module:
        if module not in settings.TEARLINE_TOPOLOGY.hosted:
            raise FacadeError(f"{module} is hosted by another process")
        interface = interface_of(module)
        by_module[module] = Hosted(interface, _local_class(module, interface)())
    return by_module[module]


def interface_of(module: str) -> Callable[..., Any]:
    """The Protocol that a module's facade.py defines. Raises FacadeError unless there is exactly one."""
    facade = importlib.import_module(f"modules.{module}.facade")
    found = [
        value
        for value in vars(facade).values()
        if inspect.isclass(value) and value.__module__ == facade.__name__ and getattr(value, "_is_protocol", False)
    ]
    if len(found) != 1:
        raise FacadeError(f"modules.{module}.facade must define one Protocol, and defines {len(found)}")
    interface: Callable[..., Any] = found[0]
    return interface


def _local_class(module: str, interface: Callable[..., Any]) -> type:
    """The class in a module's local.py that keeps its facade. Raises FacadeError unless there is exactly one."""
    local = importlib.import_module(f"modules.{module}.local")
    found = [
        value
        for value in vars(local).values()
        if inspect.isclass(value) and value.__module__ == local.__name__ and interface in value.__mro__
    ]
    if len(found) != 1:
        raise FacadeError(f"modules.{module}.local must hold one class that keeps {interface.__name__}")
    return found[0]
