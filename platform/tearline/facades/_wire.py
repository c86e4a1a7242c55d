"""A call through JSON and back in this process: nothing but contracts ever crosses (the tests' default)."""

import json
from collections.abc import Mapping
from typing import Any

from tearline.contracts import Refusal, Unavailable
from tearline.facades._commands import carry_out
from tearline.facades._operations import Operation
from tearline.facades._telling import heard, told


def over_the_wire(operation: Operation, arguments: Mapping[str, Any], key: str | None, caller: str) -> Any:
    answer = json.loads(_serve(operation, operation.asked(arguments), key, caller))
    if failure := heard(answer):
        raise failure
    return operation.answer.validate_json(json.dumps(answer["answer"]))


def _serve(operation: Operation, asked: bytes, key: str | None, caller: str) -> bytes:
    arguments = operation.arguments.validate_json(asked)
    try:
        answer = carry_out(operation, arguments, key, caller)
    except (Refusal, Unavailable) as failure:
        return json.dumps(told(failure)).encode()
    return b'{"answer": ' + operation.answered(answer) + b"}"
