"""A file that says what there is, and on which line."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from tearline.topology._lines import Key, line_of, line_of_error
from tearline.topology._values import TopologyError


@dataclass(frozen=True)
class File:
    path: Path
    text: str
    content: Mapping[str, Any]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Raises TopologyError when it cannot be read, or is not TOML."""
        try:
            written = path.read_bytes()
        except OSError as error:
            raise TopologyError(f"{path}: cannot be read: {error.strerror}") from error
        try:
            text = written.decode("utf-8").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            line = written[: error.start].count(b"\n") + 1
            raise TopologyError(f"{path}:{line}: is not UTF-8 from here on") from error
        try:
            return cls(path, text, tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            raise TopologyError(f"{path}:{line_of_error(text, error)}: {error}") from error

    def wrong(self, message: str, *keys: Key) -> TopologyError:
        """What to raise about whatever these keys lead to."""
        return TopologyError(f"{self.path}:{line_of(self.text, *keys)}: {message}")


def is_address(url: str) -> bool:
    """Whether a server can be reached there, as in http://till.internal:8000."""
    try:
        parts = urlsplit(url)
        return bool(parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0) and not (
            parts.query or parts.fragment or parts.username or parts.password
        )
    except ValueError:  # a port that is no number
        return False
