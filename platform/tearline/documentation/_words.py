"""Schemas and docstrings in words."""

import inspect
import re
from collections.abc import Mapping
from typing import Any

Part = Mapping[str, Any]


def in_words(schema: Part, definitions: Part | None = None) -> str:
    """The type that a JSON schema describes: `Money`, `list of Line or nothing`, `"open", "won"`."""
    known = definitions or schema.get("$defs", {})
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return " or ".join(in_words(each, known) for each in schema[several])
    if "enum" in schema or "const" in schema:
        return ", ".join(f'"{value}"' for value in schema.get("enum", [schema.get("const")]))
    match schema.get("type"):
        case "array":
            return f"list of {in_words(schema.get('items', {}), known)}"
        case "null":
            return "nothing"
        case "object":
            return str(schema.get("title", "object"))
        case "string":
            return {"date-time": "time", "date": "date"}.get(schema.get("format", ""), "text")
        case None:
            return "anything"
        case other:
            return str(other)


def first_sentences(docstring: str | None) -> str:
    """A docstring's first paragraph, on one line."""
    return " ".join(inspect.cleandoc(docstring or "").partition("\n\n")[0].split())


def variables(page: str) -> dict[str, str]:
    """What a table in a docstring says of each variable that it names: its second column, by what is in its first."""
    rows = re.findall(r"^\| (`.+?) \| (.+?) \|", page, re.MULTILINE)
    return {name: sense for names, sense in rows for name in re.findall(r"`(\w+)`", names)}
