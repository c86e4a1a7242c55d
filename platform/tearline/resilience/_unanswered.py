"""Ways of having no answer.

Unavailable
├── NotAsked    we did not ask: it is certain that nothing happened
├── TurnedAway  we asked for what is not done there: it is certain that nothing happened
├── CutShort    we asked, and did not wait as long as we usually do
├── TimedOut    we asked, and waited as long as we usually do
└── TooLarge    more came than anybody wants to hear

The first three are no fault of whoever was to be asked.
"""

from typing import Any, Literal

from tearline.contracts import Unavailable

Because = Literal["circuit open", "isolated", "callers full", "connections full", "deadline passed"]


class NotAsked(Unavailable):
    """Nobody was asked, and nothing has happened. `target` is who was to be asked; asking at once again is no use."""

    def __init__(self, target: str, because: Because, *, retry_after: float | None = None) -> None:
        """`retry_after`: seconds until it may be of use."""
        super().__init__(f"{target} was not asked: {because}", maybe_done=False, retry_after=retry_after)
        self.target, self.because = target, because

    def __reduce__(self) -> tuple[Any, ...]:
        return _not_asked, (self.target, self.because, self.retry_after)


def _not_asked(target: str, because: Because, retry_after: float | None) -> NotAsked:
    return NotAsked(target, because, retry_after=retry_after)


class TurnedAway(Unavailable):
    """Nothing has happened: the target does not let us in, or knows no such thing yet. Asking again now is no use."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail, maybe_done=False)

    def __reduce__(self) -> tuple[Any, ...]:
        return TurnedAway, (self.detail,)


class CutShort(Unavailable):
    """The deadline of whoever wants the answer came before the time that the target has for it was over."""


class TimedOut(Unavailable):
    """The time for one try was over before the whole answer had come."""


class TooLarge(Unavailable):
    """The answer was not read to its end."""
