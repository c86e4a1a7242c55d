"""The server of a deployment, and of `make run`."""

import multiprocessing
import os
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from tearline import admission, serving
from tearline.management import arguments
from tearline.observability import count_together
from tearline.prepared import refuse_unless_prepared

KILL_SECONDS = serving.DRAIN_SECONDS + 15
"""After leaving: longer than a request may wait and the worker may drain."""


CONNECTIONS = 1024
"""How many a process accepts; others wait in the kernel. Each has one request under way: HTTP/2 would have many."""


class Command(BaseCommand):
    help = "Serve over HTTP by granian, with the worker in the same process."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="where to listen (default: 127.0.0.1)")
        parser.add_argument("--port", default=8000, type=arguments.port, help="where to listen (default: 8000)")
        parser.add_argument(
            "--processes", default=1, type=arguments.at_once, help="how many processes answer (default: 1)"
        )
        parser.add_argument(
            "--no-worker", action="store_true", help="leave due work to `manage.py worker` in processes of its own"
        )

    def handle(self, *, host: str, port: int, processes: int, no_worker: bool, **_: Any) -> None:
        refuse_unless_prepared()
        serving.refuse_taken_port(host, port)
        serving.allow_open_files()
        serving.when_listening(host, port, lambda: self.stdout.write(serving.welcome(f"http://{host}:{port}")))
        if processes > 1:
            count_together()  # whichever of them is asked for metrics answers for all
        # A fresh interpreter in each process: nothing opened or locked here is inherited half-way.
        multiprocessing.set_start_method("spawn")
        os.environ["TEARLINE_WORKER"] = "" if no_worker else "thread"
        Granian(
            ":".join(settings.WSGI_APPLICATION.rsplit(".", 1)),
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=processes,
            # As many as can be told apart by `tearline.admission`: what has no thread waits where nobody counts.
            blocking_threads=admission.threads(),
            backpressure=CONNECTIONS,
            http=HTTPModes.http1,
            workers_kill_timeout=int(settings.TEARLINE_LEAVE_SECONDS) + KILL_SECONDS,
            log_level=LogLevels.error,
            websockets=False,
        ).serve()
        self.stdout.write("Stopped.")
