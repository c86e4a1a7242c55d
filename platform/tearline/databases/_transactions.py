from django.db import connections


def open_transactions() -> list[str]:
    """Aliases on which this thread has a transaction open, other than the one a TestCase wraps around a test."""
    return [
        connection.alias
        for connection in connections.all(initialized_only=True)
        # The same private mark that Django's durable blocks go by.
        if any(not block._from_testcase for block in connection.atomic_blocks)  # type: ignore[attr-defined]
    ]
