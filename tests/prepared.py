"""What preparing says it has done, and the roles that it makes on a server."""

from django.conf import settings


def applied(output: str) -> dict[str, str]:
    """How many migrations were applied, by alias."""
    lines = [line.split() for line in output.splitlines() if line.endswith("migrations applied")]
    return {words[0]: words[-3] for words in lines}


def roles() -> list[str]:
    """Those that serve and those that own, of the platform and of every module."""
    return [f"{name}_{kind}" for name in ("platform", *settings.TEARLINE_TOPOLOGY.hosted) for kind in ("app", "owner")]
