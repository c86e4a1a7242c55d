"""A process that calls facades as it is told, a line of JSON each, and says what came of it.

python -m tests.topologies.calling      # see `Caller`
"""

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tearline.contracts import Refusal, Unavailable
from tests.processes import ROOT


class Caller:
    """Calls in the name of a module, which must be hosted by that process."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def call(
        self, operation: str, *, name: str = "orders", within: float = 20.0, key: str | None = None, **said: Any
    ) -> Any:
        """The answer of `payments.authorize`, as JSON. `within`: seconds. Raises Refusal, Unavailable."""
        from tearline.facades._telling import heard

        order = {"operation": operation, "name": name, "within": within, "key": key, "arguments": said}
        told = self._ask(order)
        if failure := heard(told):
            raise failure
        return told["answer"]

    def seen(self) -> dict[str, list[str]]:
        """What that process has loaded: `modules` (of Python) and `databases`."""
        return dict(self._ask({}))

    def _ask(self, order: Mapping[str, Any]) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        told: dict[str, Any] = json.loads(self._process.stdout.readline())
        return told


@contextmanager
def calling(environ: Mapping[str, str]) -> Iterator[Caller]:
    command = [sys.executable, "-m", "tests.topologies.calling"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, env=environ, stdin=pipe, stdout=pipe, text=True) as process:
        yield Caller(process)
        assert process.stdin
        process.stdin.close()  # which ends it


def main() -> None:
    import django

    django.setup()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_follow(json.loads(line))) + "\n")
        sys.stdout.flush()


def _follow(order: Mapping[str, Any]) -> Mapping[str, Any]:
    from django.conf import settings

    if not order:
        return {"modules": sorted(sys.modules), "databases": sorted(settings.DATABASES)}
    from tearline.facades import acting_as, operations_of
    from tearline.facades._hosting import interface_of
    from tearline.facades._telling import told
    from tearline.resilience import deadline

    module, name = order["operation"].split(".")
    facade = getattr(importlib.import_module(f"modules.{module}.facade"), module)
    operation = operations_of(interface_of(module))[name]
    arguments = operation.arguments.validate_python(order["arguments"])
    key = {} if order["key"] is None else {"key": order["key"]}
    try:
        with acting_as(order["name"]), deadline(order["within"]):
            answer = getattr(facade, name)(**arguments, **key)
    except (Refusal, Unavailable) as failure:
        return told(failure)
    return {"answer": json.loads(operation.answered(answer))}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    main()
