"""Every write over REST is a command in the name of whoever asks: that is where it is written down who did what."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).parents[2]
WRITES = {"post", "put", "patch", "delete"}
EDGES = {
    module: ROOT / "modules" / module / "api.py"
    for module in settings.TEARLINE_TOPOLOGY.modules
    if (ROOT / "modules" / module / "api.py").exists()
}
WRITE_NOTHING = {"look_up_recipient"}
"""Views that ask by POST, so that what is asked stands in no address."""


def parsed(text: str) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]


def calls(node: ast.AST) -> Iterator[ast.Call]:
    return (each for each in ast.walk(node) if isinstance(each, ast.Call))


def named(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def nameless(text: str) -> list[str]:
    """Functions that have a command carried out in a name that is not the caller's own."""
    return [
        function.name
        for function in parsed(text)
        for call in calls(function)
        if named(call) == "perform"
        and {each.arg: ast.unparse(each.value) for each in call.keywords}.get("caller") != "request.auth.caller"
    ]


def without_command(text: str) -> list[str]:
    """Views for whoever has a key that write, and have no command carried out."""
    functions = parsed(text)
    reaching = {"perform"}
    while more := {
        each.name for each in functions if each.name not in reaching and reaching & {*map(named, calls(each))}
    }:
        reaching |= more
    return [each.name for each in functions if _writes(each) and each.name not in reaching | WRITE_NOTHING]


def _writes(function: ast.FunctionDef) -> bool:
    for route in (each for each in function.decorator_list if isinstance(each, ast.Call)):
        opens = {each.arg: ast.unparse(each.value) for each in route.keywords}.get("auth")
        if isinstance(route.func, ast.Attribute) and route.func.attr in WRITES and opens != "None":
            return True
    return False


@pytest.mark.parametrize("module", EDGES)
def test_who_writes_over_rest_is_written_down(module: str) -> None:
    text = EDGES[module].read_text()
    assert nameless(text) == []
    assert without_command(text) == []


INDEED = "def deed(request):\n    perform('a', 'b', {}, caller=request.auth.caller, key='k')"


@pytest.mark.parametrize(
    ("text", "nameless_ones", "without"),
    [
        ("def f(request):\n    perform('a', 'b', {}, caller='shop', key='k')", ["f"], []),
        (INDEED, [], []),
        ("@router.post('/a', auth=WRITE)\ndef f(request):\n    services.change()", [], ["f"]),
        ("@router.post('/a', auth=None)\ndef f(request):\n    services.change()", [], []),
        ("@router.get('/a', auth=READ)\ndef f(request):\n    services.find()", [], []),
        (
            f"{INDEED}\n@router.patch('/a', auth=WRITE)\ndef f(request):\n    return Status(201, deed(request))",
            [],
            [],
        ),
    ],
)
def test_who_is_not_would_be_noticed(text: str, nameless_ones: list[str], without: list[str]) -> None:
    assert (nameless(text), without_command(text)) == (nameless_ones, without)
