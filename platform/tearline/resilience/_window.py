"""How many of the last calls went badly."""

from collections import deque

BUCKETS = 10


class Window:
    """Counts the calls of the last so many seconds, to a tenth of them. Whoever uses it holds a lock."""

    def __init__(self, seconds: float) -> None:
        self._width = seconds / BUCKETS
        self._buckets: deque[list[int]] = deque()
        """[which tenth, calls, bad ones], oldest first"""
        self.calls = self.bad = 0

    def add(self, *, bad: bool, now: float) -> None:
        tenth = int(now / self._width)
        while self._buckets and self._buckets[0][0] <= tenth - BUCKETS:
            _, calls, bad_ones = self._buckets.popleft()
            self.calls -= calls
            self.bad -= bad_ones
        if not self._buckets or self._buckets[-1][0] != tenth:
            self._buckets.append([tenth, 0, 0])
        self._buckets[-1][1] += 1
        self._buckets[-1][2] += bad
        self.calls += 1
        self.bad += bad

    def clear(self) -> None:
        self._buckets.clear()
        self.calls = self.bad = 0
