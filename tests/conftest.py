"""What tests in several folders ask for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kafka_server import KafkaServer
from tests.redis_server import RedisServer


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def kafka_server(tmp_path: Path) -> Iterator[KafkaServer]:
    server = KafkaServer(tmp_path)
    server.start()
    yield server
    server.kill()
