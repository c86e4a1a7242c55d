"""Facades that are called over HTTP: at a server within the test's own process, or at another."""

import contextlib
import dataclasses
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tearline.topology import Topology


@contextlib.contextmanager
def calling_ourselves(settings: Any) -> Iterator[None]:
    """This process asks itself over HTTP, as if all were another's. Tests, who are outside, may call as well."""
    with served() as url, calling_at(url, settings):
        settings.TEARLINE_ALLOWED_CALLS = settings.TEARLINE_ALLOWED_CALLS | {
            "outside": settings.TEARLINE_TOPOLOGY.modules
        }
        yield


@contextlib.contextmanager
def calling_at(url: str, settings: Any) -> Iterator[None]:
    """Every facade of this process is called over HTTP at this url. `settings` is pytest-django's fixture."""
    # Here, as pytest loads this package before there are settings.
    from tearline.resilience.clients import clients

    settings.TEARLINE_FACADES = "http"
    settings.TEARLINE_TOPOLOGY = with_us_at(url, settings.TEARLINE_TOPOLOGY)
    yield
    clients.close()  # so that the server's threads end, and with them their connections to databases


def with_us_at(url: str, topology: "Topology") -> "Topology":
    """The same, but that this process is reached there."""
    ourselves = dataclasses.replace(topology.process, url=url)
    processes = tuple(ourselves if each == topology.process else each for each in topology.processes)
    return dataclasses.replace(topology, processes=processes, process=ourselves)


@contextlib.contextmanager
def served() -> Iterator[str]:
    """All that this process serves, on a port of its own. Its URL. Afterwards nothing of it is left."""
    from django.core.handlers.wsgi import WSGIHandler
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

    class Quiet(WSGIRequestHandler):
        disable_nagle_algorithm = True  # headers and body are sent apart: the second would wait 40 ms for an answer

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    class Ending(ThreadedWSGIServer):
        daemon_threads = False  # closing waits for each of them

    server = Ending(("127.0.0.1", 0), Quiet)
    server.set_app(WSGIHandler())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
