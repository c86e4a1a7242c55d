"""What is left of a module, once it is a project of its own, in the checkout that it has left."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tearline.extraction._checkout import PUBLIC, Checkout
from tearline.extraction._declarations import Declarations
from tearline.extraction._imports import Imports, imported_by
from tearline.extraction._topologies import apart


@dataclass(frozen=True)
class Cut:
    """`importing`: files that import what is gone, and have to do without."""

    importing: list[Path]


def cut(checkout: Checkout, module: str, *, url: str | None = None) -> Cut:
    """Remove all of a module but its public files, and have topology.toml and .importlinter say so.

    Raises CannotExtract, before anything is changed, also when git could not bring it back.
    """
    checkout.refuse_unless_here(module)
    declared, topology = checkout.root / ".importlinter", checkout.root / "topology.toml"
    checkout.refuse_uncommitted([checkout.folder(module), declared, topology])
    importing = list(_importing_internals(checkout, module))
    text = checkout.topology_file.read_text(encoding="utf-8")
    topology.write_text(apart(text, checkout.topology, module, url=url), encoding="utf-8")
    for path in _internals(checkout.folder(module)):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    told = Declarations(declared.read_text(encoding="utf-8")).without(module, Imports(checkout.root))
    declared.write_text(told, encoding="utf-8")
    return Cut(importing)


def _internals(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.iterdir()) if path.name not in PUBLIC)


def _importing_internals(checkout: Checkout, module: str) -> Iterator[Path]:
    gone = tuple(f"modules.{module}.{path.stem}" for path in _internals(checkout.folder(module)))
    imports = Imports(checkout.root)
    for file in imports.files():
        inside = file.is_relative_to(checkout.folder(module))
        if not inside and any(name == one or name.startswith(f"{one}.") for name in imported_by(file) for one in gone):
            yield file.relative_to(checkout.root)
