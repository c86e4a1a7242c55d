"""A secret key for development, made once and kept."""

import os
import secrets
import tempfile
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def kept_in(folder: Path) -> str:
    """The key in `<folder>/secret-key`, made if it is not there. Readable by its owner alone.

    Raises ImproperlyConfigured when nothing can be kept there.
    """
    path = folder / "secret-key"
    try:
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            _make(path)
        return path.read_text(encoding="ascii")
    except OSError as error:
        told = f"TEARLINE_VAR is {str(folder)!r}, and should be a folder to keep files in: {error.strerror}"
        raise ImproperlyConfigured(told) from error


def _make(path: Path) -> None:
    """Make the file appear with its content in it, or leave the one that another process has made meanwhile."""
    with tempfile.NamedTemporaryFile("w", encoding="ascii", dir=path.parent) as draft:  # made with mode 0600
        draft.write(secrets.token_urlsafe(50))
        draft.flush()
        try:
            os.link(draft.name, path)
        except FileExistsError:
            return
