"""Twilio, by its own library.

It knows no idempotency keys. A text whose answer got lost is sent once more, as a letter would be.
"""

import logging
from typing import Any
from urllib.parse import urlencode

import httpx
from django.conf import settings
from twilio.base.exceptions import TwilioRestException
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client

from modules.notifications.adapters.texts import TARGET, Text, Texts
from tearline.contracts import Unavailable
from tearline.resilience import http
from tearline.resilience.clients import clients

ITS_OWN_ADDRESS = "https://api.twilio.com"
NO_SUCH_NUMBER = frozenset({21211, 21214, 21610, 21612, 21614})
"""Not a number, not reachable, has asked for no more texts, no way there, no mobile phone: its error codes."""

SERVER_ERROR = 500


class TwilioTexts(Texts):
    def __init__(self) -> None:
        self._api = Client(
            settings.NOTIFICATIONS_TWILIO_ACCOUNT,
            settings.NOTIFICATIONS_TWILIO_TOKEN,
            http_client=_WithinDeadline(logging.getLogger(__name__), is_async=False),
        )

    def send(self, text: Text) -> str:
        try:
            self._api.messages.create(to=text.to, from_=settings.NOTIFICATIONS_TWILIO_FROM, body=text.body)
        except TwilioRestException as error:
            if error.code in NO_SUCH_NUMBER:
                return f"refused by Twilio: {error.code}"
            told = f"Twilio did not take it: {error.status}, {error.code}"
            raise Unavailable(told, maybe_done=error.status >= SERVER_ERROR) from error
        return ""


class _WithinDeadline(HttpClient):  # type: ignore[misc]  # the library has no types
    """Has the deadline hold for whole exchanges: the library's own client bounds each read alone."""

    def request(
        self,
        method: str,
        url: str,
        params: Any = None,
        data: Any = None,
        headers: Any = None,
        auth: Any = None,
        timeout: Any = None,  # noqa: ARG002 - the deadline says
        allow_redirects: bool = False,  # noqa: ARG002 - none is followed
    ) -> Response:
        client = clients.for_calls_on(TARGET)
        there = url.replace(ITS_OWN_ADDRESS, settings.NOTIFICATIONS_TWILIO_URL, 1)
        asked = client.build_request(method, there, params=params, content=urlencode(data or {}), headers=headers)
        authorized = next(httpx.BasicAuth(*auth).sync_auth_flow(asked))
        answer = http.ask(client, authorized)
        return Response(answer.status_code, answer.text, answer.headers)
