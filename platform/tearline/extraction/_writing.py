"""Writes the project of a module: what is copied first, as all else follows from what is there then."""

import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.template import Context, Engine

from tearline.boundaries import allowed_calls, asked_by_modules, heard_by_modules
from tearline.deployment import compose
from tearline.extraction._checkout import CannotExtract, Checkout
from tearline.extraction._copying import Copying
from tearline.extraction._declarations import Declarations
from tearline.extraction._imports import Imports
from tearline.extraction._projects import pyproject, service_name
from tearline.extraction._questions import question_to
from tearline.extraction._topologies import apart
from tearline.topology import Topology, load

ALLOWED_CALLS = "platform/config/allowed_calls.json"
FIRST_OF_AN_IMAGE = "COPY pyproject.toml uv.lock ./\n"

_TEMPLATES = Path(__file__).with_name("templates")
_SUFFIX = "-tpl"
"""Keeps what a template makes from being taken for a part of this platform."""

_engine = Engine(dirs=[str(_TEMPLATES)], autoescape=False)


def write(checkout: Checkout, module: str, *, to: Path, url: str | None = None) -> None:
    """Write the project into a folder that is new or empty. Raises CannotExtract, and then has written nothing.

    `url`: where the module's process is reached, unless the topology has given it a process of its own.
    """
    checkout.refuse_unless_here(module)
    checkout.refuse_uncommitted([checkout.folder(module)])
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise CannotExtract(f"{to} is there, and not empty")
    with _appearing_at(to.resolve()) as draft:
        Copying(checkout, module, draft).copy()
        _Derived(checkout, module, draft).write(url)


def lock(project: Path, *, like: Path) -> str:
    """Have uv choose the versions that the project is installed with: those of the lock file `like`, where it can.

    Says why there is no lock file, if there is none afterwards.
    """
    if like.is_file():
        shutil.copy(like, project / "uv.lock")
    told = _run(["uv", "lock", "--quiet", "--no-config"], at=project)
    if told:
        (project / "uv.lock").unlink(missing_ok=True)
    return told


@contextlib.contextmanager
def _appearing_at(to: Path) -> Iterator[Path]:
    """A folder that is there under this name once all is in it, and not at all when something fails."""
    to.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=to.parent, prefix=f".{to.name}-") as place:
        draft = Path(place) / to.name
        draft.mkdir()
        yield draft
        if to.exists():
            to.rmdir()
        draft.rename(to)


class _Derived:
    """What is made of the checkout's files, for what has been copied into `root`."""

    def __init__(self, checkout: Checkout, module: str, root: Path) -> None:
        self._checkout, self._module, self._root = checkout, module, root

    def write(self, url: str | None) -> None:
        self._put("topology.toml", self._topology(url))
        self._fill_in("Makefile")
        self._fill_in("tests/__init__.py")
        self._fill_in("tests/test_service.py", **self._a_question())
        self._put(".importlinter", self._declarations())
        self._put(ALLOWED_CALLS, f"{json.dumps(allowed_calls(self._declared), indent=2)}\n")
        self._put(".dockerignore", self._said(".dockerignore").replace("*\n", "*\n!wheels\n", 1))
        self._put("Dockerfile", self._dockerfile())
        self._put("docker-compose.yml", compose(self._load(), image=self._image()))
        self._fill_in("README.md", **self._neighbours())
        self._put("pyproject.toml", self._project(wheel=self._platform()))

    def _topology(self, url: str | None) -> str:
        text = self._checkout.topology_file.read_text(encoding="utf-8")
        return apart(text, self._checkout.topology, self._module, url=url)

    def _load(self) -> Topology:
        return load(self._root / "topology.toml", modules=self._root / "modules")

    def _declarations(self) -> str:
        return Declarations(self._said(".importlinter")).for_service(self._module, Imports(self._root))

    def _a_question(self) -> dict[str, Any]:
        calls = allowed_calls(self._checkout.root / ".importlinter")
        callers = [caller for caller, called in calls.items() if self._module in called]
        return {"question": question_to(self._module) if callers else None, "callers": callers}

    def _dockerfile(self) -> str:
        """The wheel has to be there before anything is installed. Raises CannotExtract."""
        text = self._said("Dockerfile")
        if FIRST_OF_AN_IMAGE not in text:
            raise CannotExtract(f"Dockerfile: there is no line {FIRST_OF_AN_IMAGE.strip()!r}, to have the wheel after")
        return text.replace(FIRST_OF_AN_IMAGE, f"{FIRST_OF_AN_IMAGE}COPY wheels wheels\n", 1)

    def _image(self) -> str:
        version = tomllib.loads(self._said("pyproject.toml"))["project"]["version"]
        return f"{service_name(self._module)}:{version}"

    def _neighbours(self) -> dict[str, Any]:
        asks, hears = asked_by_modules(self._declared), heard_by_modules(self._declared)
        packages = (opening.parent.name for opening in (self._root / "modules").glob("*/__init__.py"))
        return {
            "peers": sorted({*packages} - {self._module}),
            "asks": asks.get(self._module),
            "hears": hears.get(self._module),
            "callers": sorted(who for who, called in allowed_calls(self._declared).items() if self._module in called),
            "listeners": sorted(who for who, heard in hears.items() if self._module in heard),
            "image": self._image(),
        }

    def _platform(self) -> str:
        """The name of the wheel, once it is there. Raises CannotExtract when it cannot be built."""
        wheels = self._root / "wheels"
        if told := _run(
            ["hatchling", "build", "--target", "wheel", "--directory", str(wheels)], at=self._checkout.root
        ):
            raise CannotExtract(f"the platform's wheel cannot be built: {told}")
        [wheel] = wheels.iterdir()
        return wheel.name

    def _project(self, *, wheel: str) -> str:
        imported = Imports(self._root).names()
        return pyproject(self._said("pyproject.toml"), self._module, wheel=wheel, root=self._root, imported=imported)

    @property
    def _declared(self) -> Path:
        return self._root / ".importlinter"

    def _fill_in(self, name: str, **told: Any) -> None:
        topology = self._load()
        told |= {"module": self._module, "service": service_name(self._module), "topology": topology}
        self._put(name, _engine.get_template(f"{name}{_SUFFIX}").render(Context(told | {"process": topology.process})))

    def _said(self, name: str) -> str:
        """The text of a file of the checkout. Raises CannotExtract when there is none."""
        try:
            return (self._checkout.root / name).read_text(encoding="utf-8")
        except OSError as error:
            raise CannotExtract(f"{name} cannot be read: {error.strerror}") from error

    def _put(self, name: str, text: str) -> None:
        target = self._root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def _run(module: list[str], *, at: Path) -> str:
    """Run a Python module. What it says when it fails."""
    command = [sys.executable, "-m", *module]
    ran = subprocess.run(command, cwd=at, capture_output=True, text=True, check=False)  # noqa: S603 - our own choice
    return ran.stderr.strip() or "it failed" if ran.returncode else ""
