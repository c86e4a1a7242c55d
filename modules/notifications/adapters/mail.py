"""Whoever carries letters: the backend that Django's settings name, django-anymail's among them.

A mail server says yes, or no. A provider that django-anymail knows says later, by webhooks, what became of a letter:
`tracked` reads these as anymail's own views do, in its words for the news of all providers.
"""

import smtplib
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Literal

from django.core.exceptions import ImproperlyConfigured, SuspiciousOperation
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest
from django.utils import timezone

from tearline.mail import mail_backend
from tearline.resilience import needs_policy, policy_for

TARGET = "notifications.mail"
needs_policy(TARGET, asked_by="notifications")

ANYMAIL = "anymail.backends."
PERMANENT = 500
"""From here on a mail server's no is final: RFC 5321, section 4.2.1."""

News = Literal["delivered", "bounced", "complained"]

_NEWS: Mapping[str, News] = {
    "delivered": "delivered",
    "bounced": "bounced",
    "rejected": "bounced",
    "failed": "bounced",
    "complained": "complained",
    "unsubscribed": "complained",
}
_FOR_GOOD = frozenset({"bounced", "invalid", "spam", "unsubscribed"})


class NotOurProvider(LookupError):
    """A webhook of a provider that carries none of our letters, or by which nobody could tell who has sent it."""


class NotFromProvider(Exception):
    """A webhook that its provider has not signed."""


@dataclass(frozen=True, kw_only=True)
class Tracked:
    """What became of a letter. `is_for_good`: nothing should be sent to that address any more."""

    notification_id: str
    news: News
    address: str
    is_for_good: bool
    why: str
    at: datetime


def send(letter: EmailMultiAlternatives) -> str:
    """Why it will never get there, or "". Whatever it raises may go better another time, NotAsked among that."""
    refusal = policy_for(TARGET).call(partial(_handed_over, letter), idempotent=False)
    if isinstance(refusal, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in refusal.recipients.values()]
        if min(codes) < PERMANENT:
            raise refusal
        return f"refused by the mail server: {max(codes)}"
    return "refused by the provider" if refusal else ""


def _handed_over(letter: EmailMultiAlternatives) -> Exception | None:
    """The recipient's refusal, if there is one: an answer, and given in good health."""
    try:
        letter.send()
    except Exception as error:
        if not (isinstance(error, smtplib.SMTPRecipientsRefused) or _is_refused_by_provider(error)):
            raise
        return error
    return None


def tracked(provider: str, request: HttpRequest) -> list[Tracked]:
    """What a webhook tells. Raises NotOurProvider, NotFromProvider."""
    if mail_backend() != f"{ANYMAIL}{provider}.EmailBackend":
        raise NotOurProvider(provider)
    view = _view_of(provider)
    try:
        view.run_validators(request)
        events = view.parse_events(request)
    except (SuspiciousOperation, LookupError, TypeError, ValueError) as error:
        raise NotFromProvider(f"This is not signed by {provider}, or not to be read.") from error
    return [told for event in events if (told := _read(event))]


def _is_refused_by_provider(error: Exception) -> bool:
    if not mail_backend().startswith(ANYMAIL):
        return False
    from anymail.exceptions import AnymailRecipientsRefused

    return isinstance(error, AnymailRecipientsRefused)


def _view_of(provider: str) -> Any:
    """That of anymail, which knows how its provider signs. Raises NotOurProvider where it would believe anybody."""
    from anymail.exceptions import AnymailInsecureWebhookWarning
    from anymail.urls import urlpatterns

    warnings.filterwarnings("error", category=AnymailInsecureWebhookWarning)
    wanted = "mandrill/" if provider == "mandrill" else f"{provider}/tracking/"
    found = next((each for each in urlpatterns if str(each.pattern) == wanted), None)
    if found is None:
        raise NotOurProvider(provider)
    try:
        return found.callback.view_class()
    except (AnymailInsecureWebhookWarning, ImproperlyConfigured) as unsafe:
        raise NotOurProvider(provider) from unsafe


def _read(event: Any) -> Tracked | None:
    """An event of anymail's; None for what is no news of a letter of ours, or changes nothing, as opening one does."""
    news = _NEWS.get(event.event_type)
    notification_id = (event.metadata or {}).get("notification")
    if news is None or not notification_id:
        return None
    return Tracked(
        notification_id=notification_id,
        news=news,
        address=event.recipient or "",
        is_for_good=news == "complained" or (news == "bounced" and event.reject_reason in _FOR_GOOD),
        why=event.reject_reason or event.event_type,
        at=event.timestamp or timezone.now(),
    )
