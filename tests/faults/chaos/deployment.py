"""The processes of a deployment, each of which can be killed, paused and replaced by a newer version."""

import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.processes import Running, free_port

MANAGE = [sys.executable, "manage.py"]
CELERY = [sys.executable, "-W", "ignore", "-m", "celery", "-A", "config"]


@dataclass
class Program:
    """One of them. `says`: what it prints once it works."""

    command: list[str]
    says: str
    environ: dict[str, str]
    running: Running | None = None
    paused: bool = False

    def start(self) -> None:
        self.running = Running(self.command, self.environ, echo=False)

    def kill(self) -> None:
        """SIGKILL, with all of its children, paused or not."""
        assert self.running
        self.paused = False
        self.running.close()

    def pause(self) -> None:
        self._signal_all(signal.SIGSTOP)
        self.paused = True

    def wake(self) -> None:
        """If it was paused, and not killed since."""
        if self.paused:
            self._signal_all(signal.SIGCONT)
            self.paused = False

    def end(self) -> None:
        """In order, as a supervisor does it. Whatever takes too long is killed."""
        assert self.running
        self.wake()
        if self.running.process.poll() is None:
            self.running.signal(signal.SIGTERM)
            self.running.process.wait(60)
        self.running.close()

    def _signal_all(self, number: signal.Signals) -> None:
        assert self.running
        os.killpg(self.running.process.pid, number)


class Deployment:
    """Two servers with a worker in each, one worker by itself and, given a Redis, a Celery worker and beat."""

    def __init__(self, environ: Mapping[str, str], modules: str) -> None:
        self._environ = dict(environ)
        self.ports = {name: free_port() for name in ("server a", "server b")}
        self.programs = {
            name: self._program([*MANAGE, "serve", "--port", str(port)], "curl ") for name, port in self.ports.items()
        }
        self.programs["worker"] = self._program([*MANAGE, "worker", "--threads", "3"], "Working.")
        if environ.get("REDIS_URL"):
            self.programs["celery"] = self._program([*CELERY, "worker", "-Q", modules, "-c", "2"], " ready.")
            self.programs["beat"] = self._program([*CELERY, "beat"], "beat: Starting")

    def _program(self, command: list[str], says: str) -> Program:
        return Program(command, says, dict(self._environ))

    def replace(self, name: str, version: int) -> None:
        """By a program of this version, once it has ended in order."""
        program = self.programs[name]
        program.end()
        program.environ["TEARLINE_SAGA_VERSION"] = str(version)
        program.start()

    def write_down(self, folder: Path) -> None:
        """What the last processes of all programs have printed."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, program in self.programs.items():
            printed = program.running.printed if program.running else []
            (folder / f"{name.replace(' ', '-')}.log").write_text("\n".join(printed))


@contextmanager
def deployed(environ: Mapping[str, str], modules: str) -> Iterator[Deployment]:
    """All of it at work. Nothing of it is left afterwards."""
    deployment = Deployment(environ, modules)
    try:
        for program in deployment.programs.values():
            program.start()
        for program in deployment.programs.values():
            assert program.running
            program.running.wait_for(program.says, seconds=90)
        yield deployment
    finally:
        for program in deployment.programs.values():
            if program.running:
                program.kill()
