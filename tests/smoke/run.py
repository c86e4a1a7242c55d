"""`make run` as a newcomer meets it: start it, do what it prints, decline a card, press Ctrl-C, and find nothing left.

Not a pytest module: it installs, so it runs on its own, by .ci/run or as `python tests/smoke/run.py`.
"""

import json
import os
import queue
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[2]
INSTALL_SECONDS = 600
OUTCOME_SECONDS = 30
END_SECONDS = 45

Json = dict[str, Any]


class Failed(Exception):
    """The product does not do what it says."""


class Started:
    """`make run` in a process group of its own, with an empty home, and what it prints."""

    def __init__(self, port: int, home: str) -> None:
        self.port = port
        self.process = subprocess.Popen(
            ["make", "run", f"PORT={port}"],
            cwd=ROOT,
            env={key: value for key, value in os.environ.items() if key != "VIRTUAL_ENV"} | {"HOME": home},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.printed: list[str] = []
        self._lines: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self.process.stdout or ():
            print("  |", line, end="")
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def wait_for(self, wanted: Callable[[str], object], *, seconds: float) -> str:
        """The first printed line that is wanted. Raises Failed when it does not come in time."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                line = self._lines.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise Failed(f"make run printed nothing of the kind within {seconds} s") from None
            if line is None:
                raise Failed(f"make run ended by itself with {self.process.wait()}")
            self.printed.append(line)
            if wanted(line):
                return line

    def alive(self) -> bool:
        """Whether anything of the process group is left."""
        self.process.poll()
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def interrupt(self) -> None:
        """Ctrl-C, as a terminal sends it: to the whole group."""
        os.killpg(self.process.pid, signal.SIGINT)
        eventually(lambda: not self.alive(), "everything has ended after Ctrl-C", seconds=END_SECONDS)


@contextmanager
def make_run() -> Iterator[Started]:
    with tempfile.TemporaryDirectory() as home:
        started = Started(free_port(), home)
        try:
            yield started
        finally:
            if started.alive():
                os.killpg(started.process.pid, signal.SIGKILL)
                started.process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(holds: Callable[[], Any], what: str, *, seconds: float = OUTCOME_SECONDS) -> Any:
    """What `holds` answers, as soon as that is true. Raises Failed when it is not in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := holds():
            return answer
        time.sleep(0.1)
    raise Failed(f"not within {seconds} s: {what}")


def check(holds: object, what: str) -> None:
    if not holds:
        raise Failed(what)
    print("ok:", what)


def printed_curl(started: Started) -> str:
    """The command as printed, with its continuation lines."""
    line = started.wait_for(lambda line: line.startswith("curl "), seconds=INSTALL_SECONDS)
    command = [line]
    while command[-1].endswith("\\"):
        command.append(started.wait_for(lambda _: True, seconds=5))
    return "\n".join(command)


def run_literally(command: str) -> Json:
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, timeout=60)
    check(done.returncode == 0, f"the printed command runs {done.stderr}")
    answer: Json = json.loads(done.stdout)
    return answer


def api_of(port: int, curl: str) -> Callable[[str], Json]:
    """GET below /api/v1, with the key of the printed command."""
    key = re.search(r"Bearer (\S+?)\"", curl)
    if key is None:
        raise Failed("the printed command carries no key")
    client = httpx.Client(base_url=f"http://127.0.0.1:{port}/api/v1", headers={"Authorization": f"Bearer {key[1]}"})

    def get(path: str) -> Json:
        answer: Json = client.get(path).raise_for_status().json()
        return answer

    return get


def a_paid_order_goes_through(curl: str, get: Callable[[str], Json]) -> None:
    order = run_literally(curl)
    check(order["status"] == "confirmed", f"the order is confirmed: {order}")
    for kind, wanted in (("shipments", "ready"), ("notifications", "sent")):
        eventually(
            lambda kind=kind, wanted=wanted: any(
                one["state"] == wanted for one in get(f"/{kind}?order_id={order['id']}")["data"]
            ),
            f"one of the {kind} is {wanted}",
        )
        check(True, f"one of the {kind} is {wanted}")


def a_declined_card_leaves_nothing_behind(curl: str, get: Callable[[str], Json]) -> None:
    before = get("/stock/MUG-BLUE")
    order = run_literally(curl.replace("pm_card_ok", "pm_card_declined"))
    check(order["status"] == "cancelled", f"the order is cancelled: {order}")
    check(order["failure"]["code"] == "payments.PaymentDeclined", "it says why")
    check(get("/stock/MUG-BLUE") == before, f"the stock is as before: {before}")
    held = [one for one in get(f"/reservations?order_id={order['id']}")["data"] if one["state"] != "released"]
    check(held == [], "nothing is set aside")


def main() -> None:
    with make_run() as started:
        curl = printed_curl(started)
        get = api_of(started.port, curl)
        page = httpx.get(f"http://127.0.0.1:{started.port}/")
        check(page.status_code == httpx.codes.OK, "the page at / opens")
        check(httpx.get(f"http://127.0.0.1:{started.port}/api/v1/docs").is_success, "the API's documentation opens")
        a_paid_order_goes_through(curl, get)
        a_declined_card_leaves_nothing_behind(curl, get)
        started.interrupt()
        started.wait_for(lambda line: line == "Stopped.", seconds=5)
        check(not started.alive(), "Ctrl-C ends everything")


if __name__ == "__main__":
    try:
        main()
    except Failed as failed:
        sys.exit(f"FAILED: {failed}")
