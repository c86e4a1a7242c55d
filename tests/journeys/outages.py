"""Payment providers on a bad day."""

from collections.abc import Callable
from typing import Any, NoReturn

from modules.payments.adapters.simulated import SimulatedProvider
from tearline.contracts import Unavailable


class Down:
    """Answers nothing and does nothing."""

    def __getattr__(self, call: str) -> Callable[..., NoReturn]:
        def no_answer(**_: object) -> NoReturn:
            raise Unavailable(f"the provider does not answer: {call}")

        return no_answer


class AuthorizeUnheard(SimulatedProvider):
    """Holds money, and cannot tell."""

    def authorize(self, **told: Any) -> NoReturn:
        super().authorize(**told)
        raise Unavailable("the answer was lost")


class CaptureUnheard(SimulatedProvider):
    """Takes money, and cannot tell."""

    def capture(self, **told: Any) -> NoReturn:
        super().capture(**told)
        raise Unavailable("the answer was lost")
