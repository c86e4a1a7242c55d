"""Refused at start: a target without a policy, a policy that cannot work, an adapter that goes past all policies."""

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured

from tearline.resilience._declared import declared, needed


@register(Tags.compatibility)
def every_target_has_its_policy(**_options: Any) -> list[CheckMessage]:
    """Those that modules ask, and those that the settings grant one."""
    return [*_without_policy(), *_past_all_policies(), *_that_cannot_work()]


def _without_policy() -> Iterator[CheckMessage]:
    for target, module in needed.items():
        if target not in settings.TEARLINE_POLICIES:
            yield Error(
                f"{module} asks {target}, which has no policy.",
                hint="Grant it time, threads and tries in TEARLINE_POLICIES.",
                id="tearline.E003",
            )


def _past_all_policies() -> Iterator[CheckMessage]:
    for module in settings.TEARLINE_TOPOLOGY.hosted:
        if find_spec(f"modules.{module}.adapters") and module not in needed.values():
            yield Error(
                f"{module} has adapters to the outside world, and asks them without a policy.",
                hint="Make them by tearline.resilience.outside.",
                id="tearline.E004",
            )


def _that_cannot_work() -> Iterator[CheckMessage]:
    for target in settings.TEARLINE_POLICIES:
        try:
            faults = list(declared(target).faults())
        except ImproperlyConfigured as error:
            faults = [str(error)]
        for fault in faults:
            yield Error(f"The policy for {target} cannot work: {fault}.", id="tearline.E005")
