"""`make run` as a newcomer meets it: start it, do what it prints, decline a card, press Ctrl-C, and find nothing left.

Not a pytest module: it installs, so it runs on its own, by .ci/run or as `python tests/smoke/run.py`.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from typing import Any

import httpx

from tests.processes import Failed, Running, eventually, free_port, running

INSTALL_SECONDS = 600

Json = dict[str, Any]
Get = Callable[[str], Json]


def check(holds: object, what: str) -> None:
    if not holds:
        raise Failed(what)
    print("ok:", what)


def printed_curl(started: Running) -> str:
    """The command as printed, with its continuation lines."""
    command = [started.wait_for("curl ", seconds=INSTALL_SECONDS)]
    while command[-1].endswith("\\"):
        command.append(started.wait_for(""))
    return "\n".join(command)


def run_literally(command: str) -> Json:
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, timeout=60)
    check(done.returncode == 0, f"the printed command runs: {done.stdout}{done.stderr}")
    answer: Json = json.loads(done.stdout)
    return answer


def api_with(curl: str, port: int) -> Get:
    """GET below /api/v1, with the key that the printed command carries."""
    key = re.search(r'Bearer (\S+?)"', curl)
    check(key, "the printed command carries a key")
    headers = {"Authorization": f"Bearer {key[1]}"} if key else {}
    client = httpx.Client(base_url=f"http://127.0.0.1:{port}/api/v1", headers=headers)

    def get(path: str) -> Json:
        answer: Json = client.get(path).raise_for_status().json()
        return answer

    return get


def the_pages_open(port: int) -> None:
    for path in ("/", "/api/v1/docs", "/health/ready"):
        check(httpx.get(f"http://127.0.0.1:{port}{path}").is_success, f"{path} opens")


def a_paid_order_goes_through(curl: str, get: Get) -> None:
    order = run_literally(curl)
    check(order["status"] == "confirmed", f"{order['id']} is confirmed")
    eventually(lambda: "ready" in states(get, "shipments", order), "a shipment is ready")
    print("ok: a shipment is ready")
    eventually(lambda: states(get, "notifications", order) == {"sent"}, "the customer is told")
    print("ok: the customer is told")


def a_declined_card_leaves_nothing_behind(curl: str, get: Get) -> None:
    before = get("/stock/MUG-BLUE")
    order = run_literally(curl.replace("pm_card_ok", "pm_card_declined"))
    check(order["status"] == "cancelled", f"{order['id']} is cancelled")
    check(order["failure"]["code"] == "payments.payment_declined", f"it says why: {order['failure']['detail']}")
    check(get("/stock/MUG-BLUE") == before, f"the stock is as before: {before}")
    check(states(get, "reservations", order) <= {"released"}, "nothing is set aside")


def states(get: Get, kind: str, order: Json) -> set[str]:
    return {one["state"] for one in get(f"/{kind}?order_id={order['id']}")["data"]}


def main() -> None:
    port = free_port()
    with tempfile.TemporaryDirectory() as home:
        environ = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"} | {"HOME": home}
        with running(["make", "run", f"PORT={port}"], environ, echo=True) as started:
            curl = printed_curl(started)
            get = api_with(curl, port)
            the_pages_open(port)
            a_paid_order_goes_through(curl, get)
            a_declined_card_leaves_nothing_behind(curl, get)
            started.press_ctrl_c()
            started.wait_for("Stopped.")
            started.end()
            check(not started.alive(), "Ctrl-C ends everything")


if __name__ == "__main__":
    try:
        main()
    except Failed as failed:
        sys.exit(f"FAILED: {failed}")
