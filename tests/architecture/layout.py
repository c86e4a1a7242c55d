"""Where files may lie, and why. Each rule takes the root of a tree and yields what is wrong with it, one line each."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

PUBLIC = {"facade.py", "contracts.py", "events.py"}
PRIVATE = {"local.py", "handlers.py", "services.py", "models.py", "api.py", "projections.py", "sagas.py", "states.py"}
OF_DJANGO = {"apps.py", "admin.py", "migrations", "tests", "templates"}
IN_A_MODULE = {"__init__.py", "adapters"} | PUBLIC | PRIVATE | OF_DJANGO
# Where the work of a module holds two stories, the second has a file of its own, named and listed here.
STORIES = {
    "modules/catalog/prices.py",
    "modules/catalog/sheets.py",
    "modules/inventory/allocation.py",
    "modules/inventory/drift.py",
    "modules/inventory/shelves.py",
    "modules/notifications/letters.py",
    "modules/notifications/preview.py",
    "modules/notifications/published.py",
    "modules/notifications/recipients.py",
    "modules/notifications/webhooks.py",
    "modules/orders/drafts.py",
    "modules/orders/explaining.py",
    "modules/orders/finding.py",
    "modules/orders/overview.py",
    "modules/orders/pricing.py",
    "modules/orders/returns.py",
    "modules/payments/reconciliation.py",
    "modules/payments/webhooks.py",
    "modules/shipping/parcels.py",
    "modules/shipping/stopping.py",
    "modules/shipping/tracking.py",
    "modules/shipping/webhooks.py",
}

WORDS_WITHOUT_MEANING = {"utils", "util", "helpers", "helper", "common", "base", "misc"}
# Django looks for a database backend in a file of this name.
NAMED_BY_DJANGO = {f"platform/tearline/databases/{engine}/base.py" for engine in ("sqlite", "postgresql")}

PACKAGES = ("modules", "platform/tearline", "platform/config", "tests")
NOT_OURS = {"__pycache__", "node_modules"}


def platform_is_a_plain_folder(root: Path) -> Iterator[str]:
    """A file there is importable by its bare name; an __init__.py shadows the standard library's platform module."""
    for path in sorted((root / "platform").glob("*.py")):
        yield f"{path.relative_to(root)}: platform/ holds packages only"


def the_standard_platform_module_is_found(root: Path) -> Iterator[str]:
    """celery, ninja and pytest all `import platform`, with the repository's root first on the path."""
    code = "import platform; print(platform.__file__)"
    found = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    if Path(found.stdout.strip()).is_relative_to(root):
        yield f"platform/: `import platform` finds {found.stdout.strip()}"


def tests_do_not_repeat_the_source_roots(root: Path) -> Iterator[str]:
    """Two packages of one name make pytest import one in place of the other."""
    for name in ("platform", "modules"):
        if (root / "tests" / name).exists():
            yield f"tests/{name}: clashes with {name}/"


def every_folder_of_python_is_a_package(root: Path) -> Iterator[str]:
    """import-linter does not see what lies in a folder without __init__.py."""
    for folder in sorted({path.parent for path in _python_files(root)}):
        for package in (folder, *folder.parents):
            if not (package / "__init__.py").exists():
                yield f"{package.relative_to(root)}: no __init__.py"
            if package.relative_to(root).as_posix() in PACKAGES:
                break


def modules_hold_the_same_names(root: Path) -> Iterator[str]:
    """Whoever knows one module finds their way in the next."""
    for module in _modules(root):
        for path in sorted(module.iterdir()):
            if path.name not in IN_A_MODULE | NOT_OURS and path.relative_to(root).as_posix() not in STORIES:
                yield f"{path.relative_to(root)}: not one of the names that a module is made of"


def modules_say_what_they_own(root: Path) -> Iterator[str]:
    """The paragraph in __init__.py is where a reader starts."""
    for module in _modules(root):
        opening = module / "__init__.py"
        if not opening.exists() or not ast.get_docstring(ast.parse(opening.read_text())):
            yield f"{opening.relative_to(root)}: does not say what the module owns"


def files_have_something_to_say(root: Path) -> Iterator[str]:
    """A file with nothing in it is not there. Only __init__.py may be empty."""
    for path in _python_files(root):
        if path.name != "__init__.py" and not path.read_text().strip():
            yield f"{path.relative_to(root)}: empty"


def names_mean_something(root: Path) -> Iterator[str]:
    """Split by meaning into named files: what may hold anything will."""
    for path in _python_files(root):
        inside = path.relative_to(root)
        if inside.as_posix() not in NAMED_BY_DJANGO and WORDS_WITHOUT_MEANING & {*inside.parent.parts, inside.stem}:
            yield f"{inside}: named for nothing it does"


RULES = (
    platform_is_a_plain_folder,
    the_standard_platform_module_is_found,
    tests_do_not_repeat_the_source_roots,
    every_folder_of_python_is_a_package,
    modules_hold_the_same_names,
    modules_say_what_they_own,
    files_have_something_to_say,
    names_mean_something,
)


def _modules(root: Path) -> list[Path]:
    return sorted(path for path in (root / "modules").iterdir() if path.is_dir() and path.name not in NOT_OURS)


def _python_files(root: Path) -> list[Path]:
    return sorted(path for package in PACKAGES for path in (root / package).rglob("*.py"))
