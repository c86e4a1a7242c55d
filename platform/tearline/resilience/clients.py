"""Connections to other processes: a pool for each target in every process of ours, and none that a fork has left us."""

import os
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from tearline.resilience._declared import policy_for

if TYPE_CHECKING:
    import httpx


class Clients:
    """By target, made when one is first asked for. For any number of threads."""

    def __init__(self) -> None:
        self._made: dict[str, httpx.Client] = {}
        self._making = threading.Lock()

    def for_calls_on(self, target: str, *, admits: Callable[[str], bool] | None = None) -> "httpx.Client":
        """With as many connections as the policy for the target grants, to addresses that are admitted: see `http`."""
        client = self._made.get(target)
        if client is None:
            with self._making:
                client = self._made.get(target) or _client(target, admits)
                self._made[target] = client
        return client

    def forget(self) -> None:
        """After a fork: the connections are our parent's, and so may the lock be."""
        self._made, self._making = {}, threading.Lock()

    def close(self) -> None:
        """Hang up everywhere."""
        for client in self._made.values():
            client.close()
        self._made.clear()


clients = Clients()
os.register_at_fork(after_in_child=clients.forget)


def _client(target: str, admits: Callable[[str], bool] | None) -> "httpx.Client":
    from tearline.resilience import http

    return http.client(connections=policy_for(target).policy.connections, admits=admits or http.anywhere)
