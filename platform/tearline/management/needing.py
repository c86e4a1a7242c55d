"""Commands that need more than a shop that runs: what is only installed for tests."""

from importlib.util import find_spec

from django.core.management.base import CommandError


def need(*packages: str, to: str) -> None:
    """Raises CommandError when some of these packages are not installed, which are needed to do that."""
    if missing := [name for name in packages if not find_spec(name)]:
        are = "are" if len(missing) > 1 else "is"
        raise CommandError(f"{', '.join(missing)} {are} needed to {to}, and not installed. Run: make .venv/.tests")
