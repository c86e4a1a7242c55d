"""What one target is granted: time, threads, tries, and how much failing is too much."""

from collections.abc import Iterator
from dataclasses import dataclass, fields


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Times in seconds. The defaults are for a peer nearby that answers in milliseconds."""

    # Time
    total: float = 10.0
    """For a call, all tries and waits between them."""
    attempt: float = 3.0
    """For one try, from the first byte to the last."""

    # Threads
    callers: int = 8
    """Threads of this process that may be tied up at once, waiting for the next try or not."""
    connections: int = 8
    """Of those, how many may be asking."""
    patience: float = 0.05
    """How long a thread waits for its place among them."""

    # Tries, where nobody else tries again: see `tried_again_later`
    tries: int = 3
    """The first one counts."""
    first_wait: float = 0.05
    longest_wait: float = 0.5
    """The wait is drawn between nothing and `first_wait`, doubled at each try up to this."""
    retry_share: float = 0.1
    """So many more questions for each call, and one a second besides."""

    # Circuit
    failures: int = 5
    """In a row that open it."""
    failure_rate: float = 0.5
    """Of the calls within the window that opens it. A slow call is a failed one here."""
    least_calls: int = 20
    """Within the window, for there to be a rate."""
    window: float = 30.0
    slow: float = 1.5
    """What takes longer is slow."""
    open_for: float = 30.0
    """Then it is half open: some calls are let through, to see."""
    probes: int = 2
    """That are let through at a time."""
    successes: int = 2
    """That close it."""

    def faults(self) -> Iterator[str]:
        """What cannot work, one sentence each."""
        for field in fields(self):
            if field.name != "retry_share" and getattr(self, field.name) <= 0:
                yield f"{field.name} must be more than 0"
        if self.total < self.attempt:
            yield "a call has less time in total than for one attempt"
        if self.window < 2 * self.attempt:
            yield "the window must be as long as two attempts: else no rate is known of what fails by taking too long"
        if self.slow > self.attempt:
            yield "no attempt lasts long enough to be slow"
        if self.failure_rate > 1:
            yield "no more calls can fail than there are: failure_rate is at most 1"
        if self.longest_wait < self.first_wait:
            yield "the longest wait is shorter than the first one"
        if self.connections > self.callers:
            yield "there are more connections than callers to use them"
