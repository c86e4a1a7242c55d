"""Something to ask a facade that makes sense without knowing what it is about: by ids that nobody goes by."""

import inspect
from dataclasses import dataclass
from typing import Any, get_type_hints

from tearline.facades import Operation, operations_of
from tearline.facades._hosting import interface_of


@dataclass(frozen=True)
class Question:
    """`code` asks, once these `imports` are made."""

    code: str
    imports: tuple[str, ...]


def question_to(module: str) -> Question | None:
    """The first query that needs nothing but ids, if there is one."""
    for operation in operations_of(interface_of(module)).values():
        if operation.kind == "query" and (ids := _ids(operation)) is not None:
            arguments = ", ".join(f"{name}={it.__name__}.new()" for name, it in ids.items())
            imports = {f"from {it.__module__} import {it.__name__}" for it in ids.values()}
            ours = f"from modules.{module}.facade import {module}"
            return Question(f"{module}.{operation.name}({arguments})", tuple(sorted({*imports, ours})))
    return None


def _ids(operation: Operation) -> dict[str, type[Any]] | None:
    """What must be given, by parameter; None when anything of it is no id."""
    hints = get_type_hints(operation.method)
    required = [name for name, it in operation.signature.parameters.items() if it.default is it.empty]
    if all(inspect.isclass(hints[name]) and hasattr(hints[name], "new") for name in required):
        return {name: hints[name] for name in required}
    return None
