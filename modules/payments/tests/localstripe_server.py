"""localstripe as a program that listens on this machine alone, at a port that it prints."""

import socket

from aiohttp import web
from localstripe import resources, server

if __name__ == "__main__":
    resources.Store.dump_to_disk = lambda _: None  # it would write a file of a fixed name, for all to share
    listening = socket.create_server(("127.0.0.1", 0))
    print(listening.getsockname()[1], flush=True)  # noqa: T201 - whoever has started it reads that
    web.run_app(server.app, sock=listening, print=None)
