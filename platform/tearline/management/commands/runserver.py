"""Django's development server, with the worker in the same process."""

import os
import signal
from typing import Any

from django.contrib.staticfiles.management.commands.runserver import Command as DjangosRunserver
from django.utils.autoreload import DJANGO_AUTORELOAD_ENV

from tearline import serving
from tearline.prepared import refuse_unless_prepared, unprepared
from tearline.work import Worker


class Command(DjangosRunserver):
    help = "Serve for development, with the worker in the same process. Reloads when code changes."
    addr: str

    def run(self, **options: Any) -> None:
        self.worker = Worker()
        if os.environ.get(DJANGO_AUTORELOAD_ENV) != "true":
            refuse_unless_prepared()
            if options["use_reloader"]:
                # The terminal's Ctrl-C reaches the serving child too. Left alone, this parent would kill it a quarter
                # of a second later; so it only waits. SIG_IGN would be inherited by the child.
                signal.signal(signal.SIGINT, lambda *_: None)
        try:
            super().run(**options)
        finally:
            # While the interpreter still lets threads be started, as what the worker holds may need some.
            self.worker.stop(timeout=serving.DRAIN_SECONDS)

    def check_migrations(self) -> None:
        lacking = unprepared()
        if lacking:
            self.stdout.write(self.style.NOTICE(f"Not prepared ({lacking}). Run: python manage.py prepare"))

    def on_bind(self, server_port: int) -> None:
        super().on_bind(server_port)
        self.worker.start()
        self.stdout.write(serving.welcome(f"http://{self.addr}:{server_port}"))
