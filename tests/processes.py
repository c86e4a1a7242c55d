"""Real processes, as a terminal starts and ends them."""

import os
import queue
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
    """A process and its children, in a group of their own, and what they print.

    `printed` holds the lines that have been waited for.
    """

    def __init__(self, command: Sequence[str], environ: Mapping[str, str], *, echo: bool) -> None:
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.printed: list[str] = []
        self._echo = echo
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if self._echo:
                sys.stdout.write(f"  | {line}")
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def wait_for(self, wanted: Callable[[str], object], *, seconds: float = END_SECONDS) -> str:
        """The next printed line that is wanted. Raises Failed when it does not come in time."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                line = self._lines.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise Failed(f"not printed within {seconds} s. Before: {self.printed}") from None
            if line is None:
                raise Failed(f"it ended with {self.process.wait()}. Before: {self.printed}")
            self.printed.append(line)
            if wanted(line):
                return line

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
def running(command: Sequence[str], environ: Mapping[str, str], *, echo: bool = False) -> Iterator[Running]:
    """Start it in the repository's root; nothing of it is left afterwards, not even when we are told to end."""
    process = Running(command, environ, echo=echo)
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


def eventually(answer: Callable[[], T], what: str, *, seconds: float = 30) -> T:
    """What `answer` says, as soon as that is true. Raises Failed when it is not in time."""
    deadline = time.monotonic() + seconds
    while not (said := answer()):
        if time.monotonic() > deadline:
            raise Failed(f"not within {seconds} s: {what}")
        time.sleep(0.05)
    return said
