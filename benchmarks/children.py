"""Processes that do one thing whenever they are told to: a line of JSON in, a line of JSON out."""

import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import IO, Any

from benchmarks import ROOT


class Child:
    """The parent's side."""

    def __init__(self, process: "subprocess.Popen[str]", log: IO[bytes]) -> None:
        self._process, self._log = process, log

    def tell(self, **order: Any) -> None:
        """What to do; `hear` brings the answer."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()

    def hear(self) -> Any:
        """Raises RuntimeError when the child has died, with what it printed last."""
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            self._log.seek(0)
            last = self._log.read()[-3000:].decode(errors="replace")
            raise RuntimeError(f"{self._process.args!r} ended with {self._process.wait()}: {last}")
        return json.loads(line)

    def ask(self, **order: Any) -> Any:
        self.tell(**order)
        return self.hear()


@contextlib.contextmanager
def child(module: str, environ: Mapping[str, str], *, python: str = sys.executable) -> Iterator[Child]:
    """`python -m module`, started and ready, ended afterwards."""
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(
            [python, "-m", module],
            cwd=ROOT,
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,  # Ctrl-C is for the parent, which ends its children
        ) as process,
    ):
        try:
            made = Child(process, log)
            made.hear()
            yield made
        finally:
            process.kill()


def obey(deed: Callable[..., Any]) -> None:
    """The child's side: do what each line says until there are no more. Whatever else prints goes to stderr."""
    answers, sys.stdout = sys.stdout, sys.stderr
    _answer(answers, "ready")
    for line in sys.stdin:
        _answer(answers, deed(**json.loads(line)))


def _answer(answers: Any, answer: Any) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


def ask_all(children: Sequence[Child], **order: Any) -> list[Any]:
    """Tell all of them before hearing any."""
    for each in children:
        each.tell(**order)
    return [each.hear() for each in children]
