"""Real processes, as a terminal starts and ends them."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TypeVar

ROOT = Path(__file__).parents[1]
END_SECONDS = 45

T = TypeVar("T")


class Failed(AssertionError):
    """What was waited for did not come."""


class Running:
    """A process and its children, in a group of their own. `printed` is what they have printed so far, by lines."""

    def __init__(self, command: Sequence[str], environ: Mapping[str, str], *, echo: bool, at: Path = ROOT) -> None:
        self.process = subprocess.Popen(
            command,
            cwd=at,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.printed: list[str] = []
        self._echo = echo
        self._read = 0
        self._reader = threading.Thread(target=self._keep_reading, daemon=True)
        self._reader.start()

    def _keep_reading(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if self._echo:
                sys.stdout.write(f"  | {line}")
            self.printed.append(line.rstrip("\n"))

    def wait_for(self, part: str, *, seconds: float = END_SECONDS) -> str:
        """The next line with this in it, after the last one waited for. Raises Failed when it does not come in time."""
        deadline = time.monotonic() + seconds
        while True:
            over = not self._reader.is_alive() or time.monotonic() > deadline
            while self._read < len(self.printed):
                self._read += 1
                if part in self.printed[self._read - 1]:
                    return self.printed[self._read - 1]
            if over:
                raise Failed("\n".join([f"not printed in {seconds} s: {part}", *self.printed]))
            time.sleep(0.02)

    def said(self, part: str) -> bool:
        """Whether any line so far has this in it."""
        return any(part in line for line in list(self.printed))

    def signal(self, number: signal.Signals) -> None:
        """To this process alone, as a supervisor does."""
        self.process.send_signal(number)

    def press_ctrl_c(self) -> None:
        """To the whole group, as a terminal does."""
        os.killpg(self.process.pid, signal.SIGINT)

    def alive(self) -> bool:
        """Whether anything of the group is left."""
        self.process.poll()
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def end(self) -> int:
        """Wait until all of the group has ended, and say how the process did. Raises Failed when it does not."""
        eventually(lambda: not self.alive(), "everything has ended", seconds=END_SECONDS)
        return self.process.wait()

    def close(self) -> None:
        """Kill what is left."""
        if self.alive():
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._reader.join()
        if self.process.stdout is not None:
            self.process.stdout.close()


@contextmanager
def running(
    command: Sequence[str], environ: Mapping[str, str], *, echo: bool = False, at: Path = ROOT
) -> Iterator[Running]:
    """Start it in the root, or `at`. Nothing of it is left afterwards, not even when we are told to end."""
    process = Running(command, environ, echo=echo, at=at)
    before = signal.signal(signal.SIGTERM, _end_in_order)
    try:
        yield process
    finally:
        process.close()
        signal.signal(signal.SIGTERM, before)


def _end_in_order(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_listening(port: int) -> bool:
    """Whether somebody is, on this machine."""
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def eventually(answer: Callable[[], T], what: str, *, seconds: float = 30) -> T:
    """What `answer` says, as soon as that is true. Raises Failed when it is not in time."""
    deadline = time.monotonic() + seconds
    while not (said := answer()):
        if time.monotonic() > deadline:
            raise Failed(f"not within {seconds} s: {what}")
        time.sleep(0.05)
    return said
