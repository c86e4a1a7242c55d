"""Where a call on a facade goes in this process.

direct   a method call on values
wire     the same through JSON both ways
http     an exchange with the process that hosts the module: always when that is another one
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from tearline.databases import open_transactions
from tearline.facades._calls import CalledInsideTransaction, Outcome
from tearline.facades._chains import waiting
from tearline.facades._commands import Command, carry_out
from tearline.facades._hosting import hosted
from tearline.facades._operations import Operation, operations_of
from tearline.facades._remote import over_http
from tearline.facades._wire import over_the_wire


class ByTopology:
    """The machinery for modules that this process hosts, and for those that others host."""

    def refuse_open_transaction(self, operation: Operation) -> None:
        if operation.kind == "query" and not settings.TEARLINE_STRICT:
            return
        if opened := open_transactions():
            raise CalledInsideTransaction(
                f"{operation.full_name} is called with a transaction open on {', '.join(opened)}"
            )

    def call(self, operation: Operation, arguments: Mapping[str, Any], key: str | None, caller: str) -> Any:
        with waiting(caller, operation.module, operation.full_name):
            return self._call(operation, arguments, key, caller)

    def _call(self, operation: Operation, arguments: Mapping[str, Any], key: str | None, caller: str) -> Any:
        topology = settings.TEARLINE_TOPOLOGY
        if operation.module not in topology.hosted or settings.TEARLINE_FACADES == "http":
            return over_http(topology.host_of(operation.module), operation, arguments, key, caller)
        if settings.TEARLINE_FACADES == "wire":
            return over_the_wire(operation, arguments, key, caller)
        return carry_out(operation, arguments, key, caller)

    def perform(
        self, module: str, name: str, arguments: Mapping[str, Any], *, caller: str, key: str, join: bool
    ) -> Outcome:
        operation = operations_of(hosted(module).interface)[name]
        self.refuse_open_transaction(operation)
        return Command(operation, arguments, caller, key, join).carry_out()
