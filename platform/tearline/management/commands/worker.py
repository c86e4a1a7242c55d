"""The worker as a process of its own."""

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand

from tearline import serving
from tearline.management.arguments import at_once, refuse_unless_hosted
from tearline.observability import listen
from tearline.prepared import refuse_unless_prepared
from tearline.work import Worker

LOOK = 0.2
"""Seconds after which it looks whether it was told to end."""


class Command(BaseCommand):
    help = "Work off due events, tasks and sagas until told to stop; then finish what is claimed and end."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--modules", nargs="+", help="whose work (default: all that this process hosts)")
        parser.add_argument("--threads", default=4, type=at_once, help="how many pieces of work at once (default: 4)")

    def handle(self, *, modules: list[str] | None, threads: int, **_: Any) -> None:
        refuse_unless_hosted(modules or ())
        refuse_unless_prepared()
        told = threading.Event()
        for ending in serving.ENDINGS:
            signal.signal(ending, lambda *_: told.set())
        worker = Worker(modules=modules, threads=threads)
        worker.start()
        if settings.TEARLINE_METRICS_LISTEN:
            listen(settings.TEARLINE_METRICS_LISTEN)
        self.stdout.write("Working.")
        while not told.wait(LOOK):  # a signal that reaches another thread does not wake this one
            pass
        worker.stop(timeout=serving.DRAIN_SECONDS)
        self.stdout.write("Stopped.")
