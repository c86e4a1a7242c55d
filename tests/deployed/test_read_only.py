"""What the image promises: the program runs where it may write nothing, as nobody in particular, behind TLS."""

import os
import re
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest

from tests.processes import ROOT, Running, running

PROGRAM = ("manage.py", "topology.toml", "platform", "modules")
PRODUCTION = {"DEBUG": "0", "ALLOWED_HOSTS": "127.0.0.1", "TLS_PROXY": "1", "PYTHONDONTWRITEBYTECODE": "1"}
SECRET = secrets.token_urlsafe(50)
BY_TLS = {"X-Forwarded-Proto": "https"}

WITHOUT_CAPABILITIES = """
import ctypes, os, sys
for capability in range(64):
    ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP
os.execv(sys.argv[1], sys.argv[1:])
"""
"""As `cap_drop: [ALL]`: where permissions forbid it not even root writes then. Others have none to drop."""


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Path]:
    """A copy of the program as the image has it, with static files collected, in which nothing can be written."""
    copy = tmp_path / "srv"
    copy.mkdir()
    for name in PROGRAM:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "tests"))
        else:
            shutil.copy(ROOT / name, copy)
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    for command in (collect, [sys.executable, "manage.py", "prepare"]):
        subprocess.run(command, cwd=copy, env=environ(copy), check=True)
    for path in (copy, *copy.rglob("*")):
        path.chmod(path.stat().st_mode & ~0o222)
    yield copy
    for path in (copy, *copy.rglob("*")):
        path.chmod(path.stat().st_mode | 0o200)


def environ(copy: Path) -> dict[str, str]:
    paths = os.pathsep.join(map(str, (copy, copy / "platform")))
    kept = {name: value for name, value in os.environ.items() if not name.endswith("DATABASE_URL")}
    var = {"TEARLINE_VAR": str(copy.with_name("var"))}  # with databases of its own: sockets of others need capabilities
    return kept | PRODUCTION | var | {"SECRET_KEY": SECRET, "PYTHONPATH": paths}


@pytest.mark.timeout(300)  # to collect static files is to compress them
def test_it_serves_where_nothing_can_be_written_and_sends_everybody_to_tls(program: Path, port: int) -> None:
    def start(*command: str) -> AbstractContextManager[Running]:
        return running([sys.executable, "-c", WITHOUT_CAPABILITIES, *command], environ(program), at=program)

    with start(shutil.which("touch") or "", "written") as touching:
        assert touching.end() != 0

    with start(sys.executable, "manage.py", "serve", "--port", str(port)) as server:
        server.wait_for(f"on http://127.0.0.1:{port}")
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30) as client:
            page = client.get("/", headers=BY_TLS)
            assert (page.status_code, page.headers["Strict-Transport-Security"]) == (200, "max-age=31536000")
            (style,) = re.findall(r'href="(/static/landing/landing\.\w+\.css)"', page.text)
            assert client.get(style, headers=BY_TLS).status_code == 200
            plain = client.get("/?a=b")
            assert (plain.status_code, plain.headers["Location"]) == (301, f"https://127.0.0.1:{port}/?a=b")
            assert client.get("/health/ready").json()["status"] == "ready"
            assert not client.post("/facades/orders/find").is_redirect
        server.press_ctrl_c()
        assert server.end() == 0
