"""Copies of the repository, to do in what a checkout is for."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.processes import ROOT


class Copy:
    """All that git knows of or would add, without git; run by what is installed for the repository."""

    def __init__(self, root: Path) -> None:
        self.root = root
        listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate"]
        for name in subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines():
            if (ROOT / name).is_file():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, root / name)
        (root / ".venv").symlink_to(sys.prefix)

    def environ(self, usual: Mapping[str, str] = os.environ) -> dict[str, str]:
        """In which Python finds the copy's packages, and not the repository's."""
        return {**usual, "PYTHONPATH": os.pathsep.join([str(self.root), str(self.root / "platform")])}

    def run(self, *commands: str, environ: Mapping[str, str] = os.environ) -> str:
        """What a shell prints that follows these commands. They must succeed."""
        script = "\n".join(["set -e", *commands])
        pipe = subprocess.PIPE
        ran = subprocess.run(
            ["bash", "-c", script],
            cwd=self.root,
            env=self.environ(environ),
            stdout=pipe,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout
        return ran.stdout
