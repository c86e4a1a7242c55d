"""What is said over HTTP."""

import re

from tests.network.proxy import Request


class HTTP:
    """Version 1.1, with lengths that are given. Every request matters."""

    def __init__(self) -> None:
        self._answer = bytearray()

    def request(self, heard: bytearray) -> Request | None:
        length = _length(heard)
        if not length or len(heard) < length:
            return None
        sent = bytes(heard[:length])
        del heard[:length]
        return Request(sent, sent.decode(errors="replace"), matters=True)

    def answer(self, heard: bytes) -> bool:
        self._answer += heard
        length = _length(self._answer)
        if not length or len(self._answer) < length:
            return False
        del self._answer[:length]
        return True


def _length(heard: bytearray) -> int:
    """Of the message at the front, head and body; 0 while its head is not whole."""
    head, end, _ = bytes(heard).partition(b"\r\n\r\n")
    told = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
    return len(head) + len(end) + int(told[1] if told else 0) if end else 0
