"""Lints the description of the API by the rules in ruleset.yaml, and sees that each of our own rules can be broken.

Not a pytest module: it needs what `make openapi` installs.
"""

import copy
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[1]

Document = dict[str, Any]


def described() -> Document:
    """As it is now, whatever is served anywhere."""
    command = [sys.executable, "manage.py", "openapi"]
    document: Document = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout)
    return document


def complaints(document: Document) -> list[Document]:
    """What the linter finds."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "openapi.json"
        file.write_text(json.dumps(document))
        spectral = ["node_modules/.bin/spectral", "lint", str(file), "--ruleset", "ruleset.yaml"]
        told = [*spectral, "--format", "json", "--quiet", "--fail-severity", "hint"]
        done = subprocess.run(told, cwd=HERE, capture_output=True, text=True, check=False)
    if done.returncode > 1:
        sys.exit(done.stdout + done.stderr)
    found: list[Document] = json.loads(re.sub(r"\]\s*No results.*", "]", done.stdout, flags=re.DOTALL))
    return found


def place(document: Document) -> Document:
    operation: Document = document["paths"]["/api/v1/orders"]["post"]
    return operation


def an_operation_without_an_id(document: Document) -> None:
    del place(document)["operationId"]


def an_operation_without_a_description(document: Document) -> None:
    del place(document)["description"]


def a_body_without_an_example(document: Document) -> None:
    del place(document)["requestBody"]["content"]["application/json"]["example"]


def an_answer_without_an_example(document: Document) -> None:
    del place(document)["responses"]["201"]["content"]["application/json"]["example"]


def an_example_that_breaks_the_schema(document: Document) -> None:
    cancel = document["paths"]["/api/v1/orders/{order_id}/cancel"]["post"]
    cancel["requestBody"]["content"]["application/json"]["example"]["reason"] = 5


def a_failure_that_is_no_problem(document: Document) -> None:
    place(document)["responses"]["422"]["content"] = {"text/plain": {}}


def a_key_that_is_never_refused(document: Document) -> None:
    del place(document)["responses"]["401"]


def an_operation_that_never_fails(document: Document) -> None:
    del place(document)["responses"]["503"]


def a_key_of_another_scheme(document: Document) -> None:
    place(document)["security"] = [{"Basic": []}]


def scopes_that_nobody_names(document: Document) -> None:
    document["components"]["securitySchemes"]["ApiKeyAuth"]["description"] = "A key."


def a_tag_that_says_nothing(document: Document) -> None:
    del document["tags"][0]["description"]


PLANTED: dict[Callable[[Document], None], str] = {
    an_operation_without_an_id: "operation-operationId",
    an_operation_without_a_description: "operation-description",
    a_body_without_an_example: "request-example",
    an_answer_without_an_example: "answer-example",
    an_example_that_breaks_the_schema: "oas3-valid-media-example",
    a_failure_that_is_no_problem: "problems-are-told-alike",
    a_key_that_is_never_refused: "keys-may-be-refused",
    an_operation_that_never_fails: "every-operation-may-fail",
    a_key_of_another_scheme: "security-by-key",
    scopes_that_nobody_names: "security-scheme-is-described",
    a_tag_that_says_nothing: "tag-description",
}
"""What is wrong on purpose, and which rule must say so."""


def overlooked(document: Document) -> list[str]:
    """Rules that do not see what breaks them."""
    broken = copy.deepcopy(document)
    for plant in PLANTED:
        plant(broken)
    found = {complaint["code"] for complaint in complaints(broken)}
    return [f"{rule} does not see {plant.__name__}" for plant, rule in PLANTED.items() if rule not in found]


def main() -> None:
    document = described()
    found = [f"{each['code']}: {each['message']} ({'/'.join(map(str, each['path']))})" for each in complaints(document)]
    found += overlooked(document)
    if found:
        sys.exit("\n".join(found))
    operations = sum(len(operations) for operations in document["paths"].values())
    print(f"{operations} operations are described as they must be, and {len(PLANTED)} planted flaws were found")


if __name__ == "__main__":
    main()
