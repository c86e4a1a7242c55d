"""A clock that goes on when it is told to."""


class Ticking:
    """Starts at nought. Seconds."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def tick(self, seconds: float) -> None:
        self.now += seconds
