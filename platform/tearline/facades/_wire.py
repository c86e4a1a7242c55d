"""A call through JSON and back in this process: nothing but contracts ever crosses (the tests' default)."""

import json
from collections.abc import Mapping
from typing import Any

from tearline.contracts import Refusal, Unavailable
from tearline.facades._commands import carry_out
from tearline.facades._operations import Operation


def over_the_wire(operation: Operation, arguments: Mapping[str, Any], key: str | None, caller: str) -> Any:
    told = json.loads(_serve(operation, operation.asked(arguments), key, caller))
    if "refusal" in told:
        raise Refusal.from_json(told["refusal"])
    if "unavailable" in told:
        raise Unavailable(**told["unavailable"])
    return operation.answer.validate_json(json.dumps(told["answer"]))


def _serve(operation: Operation, asked: bytes, key: str | None, caller: str) -> bytes:
    arguments = operation.arguments.validate_json(asked)
    try:
        answer = carry_out(operation, arguments, key, caller)
    except Refusal as refusal:
        return json.dumps({"refusal": refusal.to_json()}).encode()
    except Unavailable as unknown:
        told = {"detail": unknown.detail, "maybe_done": unknown.maybe_done, "retry_after": unknown.retry_after}
        return json.dumps({"unavailable": told}).encode()
    return b'{"answer": ' + operation.answered(answer) + b"}"
