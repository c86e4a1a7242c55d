"""The checkout that a module leaves, and whether it can."""

import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tearline.topology import Topology

PUBLIC = ("__init__.py", "facade.py", "contracts.py", "events.py")
"""What others may see of a module, and what its package says of itself."""


class CannotExtract(Exception):
    """Nothing was written or changed. The message says why."""


@dataclass(frozen=True)
class Checkout:
    """`topology_file` says who hosts what, and `topology` is what it says."""

    root: Path
    topology_file: Path
    topology: Topology

    def folder(self, module: str) -> Path:
        return self.root / "modules" / module

    def refuse_unless_here(self, module: str) -> None:
        """Raises CannotExtract for a module that there is not, or of which there are only the public files."""
        if not module.isidentifier() or not (self.folder(module) / "__init__.py").is_file():
            known = ", ".join(sorted(self.topology.present))
            raise CannotExtract(f"there is no module {module!r} here; there are {known}")
        if module not in self.topology.present:
            raise CannotExtract(f"{module} has left: only its public files are here")

    def refuse_uncommitted(self, paths: Iterable[Path]) -> None:
        """Raises CannotExtract when git knows of changes below these paths. Without git there is nothing to ask."""
        command = ["git", "status", "--porcelain", "--", *(str(path) for path in paths)]
        try:
            told = subprocess.run(  # noqa: S603 - git, about paths of ours
                command, cwd=self.root, capture_output=True, text=True, check=False
            )
        except FileNotFoundError:
            return
        if changed := told.stdout.split("\n")[:-1]:
            raise CannotExtract("\n".join(["there are changes that are not committed:", *changed]))
