"""What commands write for people, where people say."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management.base import CommandError


@contextmanager
def writing(to: Path) -> Iterator[None]:
    """Raises CommandError when nothing can be written there."""
    try:
        yield
    except OSError as error:
        raise CommandError(f"{to} cannot be written: {error.filename}: {error.strerror}") from error
