"""What a service takes along as it is: its module, what others show of theirs, the composition root."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from tearline.extraction._checkout import PUBLIC, Checkout
from tearline.extraction._declarations import Declarations
from tearline.extraction._imports import Imports

AS_IT_IS = ("manage.py", ".editorconfig", ".gitignore", "LICENSE", "modules/__init__.py")

SNAPSHOTS = "contracts"
"""The folder of `config` that holds a file for each module: what others may see of it."""


class Copying:
    """From the checkout, for a module, into a folder."""

    def __init__(self, checkout: Checkout, module: str, to: Path) -> None:
        self._checkout, self._module, self._to = checkout, module, to
        self._imports = Imports(checkout.root)
        self._declared = Declarations((checkout.root / ".importlinter").read_text(encoding="utf-8"))

    def copy(self) -> None:
        for name in AS_IT_IS:
            if (file := self._checkout.root / name).is_file():
                self._copy(file)
        for file in _files(self._checkout.folder(self._module)):
            self._copy(file)
        self._copy_public_files()
        for file in self._composition():
            self._copy(file)

    def _copy(self, file: Path) -> None:
        target = self._at(file)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)

    def _at(self, file: Path) -> Path:
        return self._to / file.relative_to(self._checkout.root)

    def _copy_public_files(self) -> None:
        """Of peers all that they show; of others what is needed for that, which is contracts that peers speak in."""
        wanted = [file for peer in self._peers() for file in self._shown(peer)]
        while wanted:
            file = wanted.pop()
            if not self._at(file).exists():
                self._copy(file)
                wanted += self._needed_beside(file)

    def _peers(self) -> set[str]:
        """The modules by whose doors this one goes."""
        return {door.partition(" -> ")[2].split(".")[1] for door in self._declared.doors_of(self._module)}

    def _shown(self, module: str) -> Iterator[Path]:
        for name in PUBLIC:
            if (file := self._checkout.folder(module) / name).is_file():
                yield file

    def _needed_beside(self, file: Path) -> Iterator[Path]:
        for name in self._imports.of(file):
            if name.startswith("modules."):
                yield self._imports.file(name)
                yield self._checkout.folder(name.split(".")[1]) / "__init__.py"

    def _composition(self) -> Iterator[Path]:
        """`config`, but for its pages and commands that call modules: they stay where they are."""
        callers = {door.partition(" ")[0].removesuffix(".**") for door in self._declared.doors}
        stay = {self._checkout.root / "platform" / Path(*name.split(".")) for name in callers}
        for file in _files(self._checkout.root / "platform" / "config"):
            if stay.isdisjoint({file.with_suffix(""), *file.parents}) and self._is_about_what_is_there(file):
                yield file

    def _is_about_what_is_there(self, file: Path) -> bool:
        return file.parent.name != SNAPSHOTS or (self._to / "modules" / file.stem).is_dir()


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path
