"""Receivers of Django's signals about rows that are not the module's own.

Read from the signals themselves, and for what a function connects later from the code.
"""

import ast
import functools
import gc
import weakref
from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.db.models import signals as about_rows
from django.db.models.signals import ModelSignal
from django.dispatch import Signal

from tearline.boundaries._finding import ANY, Finding
from tearline.boundaries._meanings import NOWHERE, Call, last_names
from tearline.boundaries._sources import Source, calls, modules, owner_of, where

NO_SENDER = id(None)
NAMES = {id(signal): name for name, signal in vars(about_rows).items() if isinstance(signal, Signal)}


def receivers() -> Iterator[Finding]:
    """Receivers in a module of what others' models send, or whoever: one without a sender hears all."""
    about = _senders()
    for signal in (each for each in gc.get_objects() if issubclass(type(each), Signal)):  # which wakes nothing lazy
        for (_, sender), receiver, *_ in signal.receivers:
            heard_by = _written_out(_alive(receiver))
            place = _place_of(heard_by)
            module = owner_of(place)
            owner = ANY if sender == NO_SENDER else about.get(sender)
            is_foreign = owner not in (None, module) and (owner != ANY or _about_rows(signal))
            if module and heard_by and is_foreign:
                what = f"{heard_by.__qualname__} receives {NAMES.get(id(signal), 'a signal')}"
                yield Finding(*_written_at(heard_by, place), "signal", module, str(owner), what)


def connected_later() -> Iterator[Finding]:
    """Receivers that a function connects when it is called, to what another module's models send or to whoever does."""
    for source, call in calls():
        owner = _heard(call, source) if call.is_later and call.names & {"connect", "receiver"} else None
        if owner not in (None, source.module):
            yield source.found(call.node, "signal", str(owner), ast.unparse(call.node))


def _heard(call: Call, source: Source) -> str | None:
    """Whose rows. Any, where a signal about rows is heard without a sender; None, where no constant names one."""
    sender = call.argument(1 if "connect" in call.names else NOWHERE, "sender")
    label = source.meanings.constant(sender)
    if label is not None:
        app, dot, _ = label.partition(".")
        return app if dot and app in modules() else None
    heard = call.argument(0, "signal") if "receiver" in call.names else getattr(call.node.func, "value", None)
    signals = heard.elts if isinstance(heard, ast.List | ast.Tuple) else [heard] if heard else []
    about_rows = any(last_names(source.meanings.paths(signal)) & set(NAMES.values()) for signal in signals)
    return ANY if sender is None and about_rows else None


def _about_rows(signal: Signal) -> bool:
    return isinstance(signal, ModelSignal) or id(signal) in NAMES


def _senders() -> dict[int, str]:
    """Whose each model and each app is, by what signals know them by."""
    models = {id(model): owner_of(model.__module__) for model in apps.get_models(include_auto_created=True)}
    configs = {id(config): owner_of(config.name) for config in apps.get_app_configs()}
    return {known: owner for known, owner in (models | configs).items() if owner}


def _alive(receiver: Any) -> Callable[..., Any] | None:
    return receiver() if isinstance(receiver, weakref.ReferenceType) else receiver


def _written_at(receiver: Any, place: str) -> tuple[str, int]:
    path, line = where(receiver)
    return (path, line) if owner_of(path.replace("/", ".")) else (f"{place.replace('.', '/')}.py", 1)


def _place_of(receiver: Any) -> str:
    """Whose code it is: not what a wrapper says of itself, and of a task's `delay` that of what it does."""
    place = str(getattr(receiver, "__globals__", {}).get("__name__") or getattr(receiver, "__module__", None) or "")
    bound_to = getattr(receiver, "__self__", None)
    if owner_of(place) or bound_to is None:
        return place
    held = (type(bound_to), *(vars(bound_to).values() if hasattr(bound_to, "__dict__") else ()))
    return next(filter(owner_of, (str(getattr(each, "__module__", "")) for each in held if callable(each))), place)


def _written_out(receiver: Any) -> Any:
    """What stands in the code: the function that a partial calls, the class of an object that can be called."""
    while isinstance(receiver, functools.partial):
        receiver = receiver.func
    return receiver if receiver is None or hasattr(receiver, "__qualname__") else type(receiver)
