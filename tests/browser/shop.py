"""The shop as `make run` starts it, on databases of its own."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.processes import ROOT, free_port, running

# What the tests' own databases are told by: the shop has the settings that everybody starts with.
TOLD_TO_TESTS = ("DATABASE_URL", "DEBUG", "SQLITE_SYNCHRONOUS")


@dataclass(frozen=True)
class Shop:
    """A shop that is open. `key` is the one that it printed."""

    url: str
    key: str

    def get(self, path: str) -> Any:
        """What the API answers."""
        asked = httpx.get(f"{self.url}/api/v1{path}", headers={"Authorization": f"Bearer {self.key}"}, trust_env=False)
        return asked.raise_for_status().json()


@contextmanager
def open_shop(var: Path) -> Iterator[Shop]:
    """Prepared, filled and served. Afterwards it is closed by Ctrl-C; not a single error may have been logged."""
    environ = _as_for_everybody(var)
    for command in ("prepare", "demo"):
        subprocess.run([sys.executable, "manage.py", command], cwd=ROOT, env=environ, check=True)
    port = free_port()
    with running([sys.executable, "manage.py", "serve", "--port", str(port)], environ) as serving:
        key = re.findall(r'Bearer (\S+?)"', serving.wait_for("Authorization: Bearer"))[0]
        yield Shop(f"http://127.0.0.1:{port}", key)
        serving.press_ctrl_c()
        serving.end()
        assert not [line for line in serving.printed if " ERROR " in line or "Traceback" in line], serving.printed


def _as_for_everybody(var: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TEARLINE_")}
    for name in TOLD_TO_TESTS:
        kept.pop(name, None)
    return kept | {"TEARLINE_VAR": str(var), "PYTHONUNBUFFERED": "1"}
