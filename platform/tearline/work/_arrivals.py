"""Work that comes from other processes, and has to be fetched."""

from abc import ABC, abstractmethod


class Arrivals(ABC):
    """One way in which it comes. Every call may raise what its carrier raises when that is out of reach."""

    @abstractmethod
    def expects_any(self) -> bool:
        """Whether there are other processes at all."""

    @abstractmethod
    def fetch(self, module: str) -> int:
        """Write what has come into the module's database. How much that was; 0 when there is no more just now."""

    @abstractmethod
    def wait(self, modules: frozenset[str], *, seconds: float) -> None:
        """Until something may have come for one of them, or the time is over."""


ways: list[Arrivals] = []


def arriving(way: type[Arrivals]) -> type[Arrivals]:
    """Have it fetched by every worker."""
    ways.append(way())
    return way
