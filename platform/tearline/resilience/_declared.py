"""Which policy each target has, and who needs one. The settings say, in one place: `TEARLINE_POLICIES`."""

import threading
from collections.abc import Callable
from functools import partial
from inspect import isfunction
from typing import Any, TypeVar, cast

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from pybreaker import STATE_CLOSED

from tearline.acting import module_of
from tearline.dotted_paths import named
from tearline.resilience._guard import Guard
from tearline.resilience._isolation import isolated
from tearline.resilience._policy import Policy

T = TypeVar("T")

needed: dict[str, str] = {}
"""Targets that must have a policy, and the module that asks each."""

adapters: dict[str, Callable[..., Any]] = {}
"""Settings that name an adapter, and the Protocol that it keeps."""

guards: dict[str, Guard] = {}
"""What has been asked so far."""

_making = threading.Lock()


def needs_policy(target: str, *, asked_by: str) -> None:
    """Say at start-up that this target will be asked by this module. Without a policy for it no process starts."""
    needed[target] = asked_by


def policy_for(target: str, each: str = "") -> Guard:
    """By which this process makes all its calls on the target. Raises ImproperlyConfigured when it has no policy.

    `each`: one of many that are granted the same, with threads and a circuit of its own.
    """
    name = f"{target}.{each}" if each else target
    found = guards.get(name)
    if found is None:
        with _making:
            found = guards.get(name) or Guard(name, declared(target), is_isolated=isolated)
            guards[name] = found
    return found


def not_asked() -> dict[str, str]:
    """Targets that this process asks, and does not ask now: "isolated", or how the circuit stands."""
    stands = {target: guards[target].stands for target in sorted(guards)}
    return {target: how for target, how in stands.items() if how != STATE_CLOSED}


def declared(target: str) -> Policy:
    """As the settings say, `TEARLINE_POLICY` over all. Raises ImproperlyConfigured."""
    if target not in settings.TEARLINE_POLICIES:
        raise ImproperlyConfigured(f"TEARLINE_POLICIES has no policy for {target}")
    try:
        return Policy(**settings.TEARLINE_POLICIES[target] | settings.TEARLINE_POLICY)
    except TypeError as error:
        raise ImproperlyConfigured(
            f"what TEARLINE_POLICIES and TEARLINE_POLICY grant {target} cannot be read: {error}"
        ) from error


def outside(target: str, kind: Callable[..., T], *, setting: str, idempotent: bool) -> Callable[[], T]:
    """A function that makes the adapter which a setting names, with every call on it made as the target's policy says.

    `kind`: the adapter's Protocol. `idempotent`: whether each of its calls may be repeated.
    """
    needs_policy(target, asked_by=module_of(kind.__module__))
    adapters[setting] = kind

    def made() -> T:
        adapter = named(setting=setting)()
        return cast(T, _Guarded(adapter, policy_for(target), idempotent))

    return made


def refuse_strange_adapters() -> None:
    """Raises ImproperlyConfigured when a setting names what is no adapter of its kind."""
    for setting, kind in adapters.items():
        adapter = named(setting=setting)
        verbs = [name for name, each in vars(kind).items() if isfunction(each) and not name.startswith("_")]
        if lacking := [verb for verb in verbs if not hasattr(adapter, verb)]:
            told = f"{setting} is {getattr(settings, setting)!r}, and should be a {kind.__name__}"
            raise ImproperlyConfigured(f"{told}, which knows {', '.join(lacking)}")


class _Guarded:
    """Stands for an adapter."""

    def __init__(self, adapter: object, guard: Guard, idempotent: bool) -> None:
        self._adapter, self._guard, self._idempotent = adapter, guard, idempotent

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._adapter, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            return self._guard.call(partial(method, *args, **kwargs), idempotent=self._idempotent)

        return call
