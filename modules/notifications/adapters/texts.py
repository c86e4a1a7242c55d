"""Whoever carries texts to phones. `settings.NOTIFICATIONS_TEXTS` names the class that is used."""

from dataclasses import dataclass
from typing import Protocol

from tearline.resilience import outside


@dataclass(frozen=True, kw_only=True)
class Text:
    """What a phone is to show. `reference` is our name for it; `to` a number as in E.164: +4930123456."""

    reference: str
    to: str
    body: str


class Texts(Protocol):
    """Carries texts for money."""

    def send(self, text: Text) -> str:
        """Why it will never get there, or "". Raises Unavailable when there is no answer."""
        ...


TARGET = "notifications.texts"

texts = outside(TARGET, Texts, setting="NOTIFICATIONS_TEXTS", idempotent=False)
"""The carrier that the settings name."""
