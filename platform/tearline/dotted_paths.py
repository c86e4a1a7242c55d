"""Classes and functions that settings name by dotted paths."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string


def named(*, setting: str) -> Any:
    """What the setting names. Raises ImproperlyConfigured when that cannot be had, or cannot be called."""
    path = getattr(settings, setting)
    wanted = f"{setting} is {path!r}, and should be the dotted path of a class or a function"
    try:
        found = import_string(path)
    except (ImportError, TypeError, ValueError) as error:
        raise ImproperlyConfigured(f"{wanted}: {error}") from error
    if not callable(found):
        raise ImproperlyConfigured(f"{wanted}, which nobody can call")
    return found
