"""What is said to Redis."""

import re

from tests.network.proxy import Request


class Redis:
    """As Celery uses it: a command or a few in one piece, and their answers in one. What matters is about messages."""

    ABOUT_MESSAGES = re.compile(rb"\b(LPUSH|BRPOP|LLEN)\r\n")

    def request(self, heard: bytearray) -> Request | None:
        sent = bytes(heard)
        heard.clear()
        matters = bool(self.ABOUT_MESSAGES.search(sent))
        return Request(sent, sent.decode(errors="replace"), matters) if sent else None

    def answer(self, heard: bytes) -> bool:
        return heard.endswith(b"\r\n")
