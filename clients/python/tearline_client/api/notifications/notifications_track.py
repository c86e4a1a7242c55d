from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.problem_details import ProblemDetails
from ...types import UNSET, Response, Unset


def _get_kwargs(
    provider: str,
    *,
    mailtrap_signature: str | Unset = UNSET,
    signature: str | Unset = UNSET,
    svix_id: str | Unset = UNSET,
    svix_signature: str | Unset = UNSET,
    svix_timestamp: str | Unset = UNSET,
    x_mandrill_signature: str | Unset = UNSET,
    x_postal_signature: str | Unset = UNSET,
    x_twilio_email_event_webhook_signature: str | Unset = UNSET,
    x_twilio_email_event_webhook_timestamp: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(mailtrap_signature, Unset):
        headers["Mailtrap-Signature"] = mailtrap_signature

    if not isinstance(signature, Unset):
        headers["Signature"] = signature

    if not isinstance(svix_id, Unset):
        headers["Svix-Id"] = svix_id

    if not isinstance(svix_signature, Unset):
        headers["Svix-Signature"] = svix_signature

    if not isinstance(svix_timestamp, Unset):
        headers["Svix-Timestamp"] = svix_timestamp

    if not isinstance(x_mandrill_signature, Unset):
        headers["X-Mandrill-Signature"] = x_mandrill_signature

    if not isinstance(x_postal_signature, Unset):
        headers["X-Postal-Signature"] = x_postal_signature

    if not isinstance(x_twilio_email_event_webhook_signature, Unset):
        headers["X-Twilio-Email-Event-Webhook-Signature"] = x_twilio_email_event_webhook_signature

    if not isinstance(x_twilio_email_event_webhook_timestamp, Unset):
        headers["X-Twilio-Email-Event-Webhook-Timestamp"] = x_twilio_email_event_webhook_timestamp

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/notifications/tracking/{provider}".format(
            provider=quote(str(provider), safe=""),
        ),
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Any | ProblemDetails:
    if response.status_code == 204:
        response_204 = cast(Any, None)
        return response_204

    if response.status_code == 400:
        response_400 = ProblemDetails.from_dict(response.json())

        return response_400

    if response.status_code == 404:
        response_404 = ProblemDetails.from_dict(response.json())

        return response_404

    if response.status_code == 500:
        response_500 = ProblemDetails.from_dict(response.json())

        return response_500

    if response.status_code == 503:
        response_503 = ProblemDetails.from_dict(response.json())

        return response_503

    response_default = ProblemDetails.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Any | ProblemDetails]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    provider: str,
    *,
    client: AuthenticatedClient | Client,
    mailtrap_signature: str | Unset = UNSET,
    signature: str | Unset = UNSET,
    svix_id: str | Unset = UNSET,
    svix_signature: str | Unset = UNSET,
    svix_timestamp: str | Unset = UNSET,
    x_mandrill_signature: str | Unset = UNSET,
    x_postal_signature: str | Unset = UNSET,
    x_twilio_email_event_webhook_signature: str | Unset = UNSET,
    x_twilio_email_event_webhook_timestamp: str | Unset = UNSET,
) -> Response[Any | ProblemDetails]:
    """Track

     For the mail provider, who tells what became of letters. What it signs by stands in for an API key.

    Args:
        provider (str):
        mailtrap_signature (str | Unset):
        signature (str | Unset):
        svix_id (str | Unset):
        svix_signature (str | Unset):
        svix_timestamp (str | Unset):
        x_mandrill_signature (str | Unset):
        x_postal_signature (str | Unset):
        x_twilio_email_event_webhook_signature (str | Unset):
        x_twilio_email_event_webhook_timestamp (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ProblemDetails]
    """

    kwargs = _get_kwargs(
        provider=provider,
        mailtrap_signature=mailtrap_signature,
        signature=signature,
        svix_id=svix_id,
        svix_signature=svix_signature,
        svix_timestamp=svix_timestamp,
        x_mandrill_signature=x_mandrill_signature,
        x_postal_signature=x_postal_signature,
        x_twilio_email_event_webhook_signature=x_twilio_email_event_webhook_signature,
        x_twilio_email_event_webhook_timestamp=x_twilio_email_event_webhook_timestamp,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    provider: str,
    *,
    client: AuthenticatedClient | Client,
    mailtrap_signature: str | Unset = UNSET,
    signature: str | Unset = UNSET,
    svix_id: str | Unset = UNSET,
    svix_signature: str | Unset = UNSET,
    svix_timestamp: str | Unset = UNSET,
    x_mandrill_signature: str | Unset = UNSET,
    x_postal_signature: str | Unset = UNSET,
    x_twilio_email_event_webhook_signature: str | Unset = UNSET,
    x_twilio_email_event_webhook_timestamp: str | Unset = UNSET,
) -> Any | ProblemDetails | None:
    """Track

     For the mail provider, who tells what became of letters. What it signs by stands in for an API key.

    Args:
        provider (str):
        mailtrap_signature (str | Unset):
        signature (str | Unset):
        svix_id (str | Unset):
        svix_signature (str | Unset):
        svix_timestamp (str | Unset):
        x_mandrill_signature (str | Unset):
        x_postal_signature (str | Unset):
        x_twilio_email_event_webhook_signature (str | Unset):
        x_twilio_email_event_webhook_timestamp (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ProblemDetails
    """

    return sync_detailed(
        provider=provider,
        client=client,
        mailtrap_signature=mailtrap_signature,
        signature=signature,
        svix_id=svix_id,
        svix_signature=svix_signature,
        svix_timestamp=svix_timestamp,
        x_mandrill_signature=x_mandrill_signature,
        x_postal_signature=x_postal_signature,
        x_twilio_email_event_webhook_signature=x_twilio_email_event_webhook_signature,
        x_twilio_email_event_webhook_timestamp=x_twilio_email_event_webhook_timestamp,
    ).parsed


async def asyncio_detailed(
    provider: str,
    *,
    client: AuthenticatedClient | Client,
    mailtrap_signature: str | Unset = UNSET,
    signature: str | Unset = UNSET,
    svix_id: str | Unset = UNSET,
    svix_signature: str | Unset = UNSET,
    svix_timestamp: str | Unset = UNSET,
    x_mandrill_signature: str | Unset = UNSET,
    x_postal_signature: str | Unset = UNSET,
    x_twilio_email_event_webhook_signature: str | Unset = UNSET,
    x_twilio_email_event_webhook_timestamp: str | Unset = UNSET,
) -> Response[Any | ProblemDetails]:
    """Track

     For the mail provider, who tells what became of letters. What it signs by stands in for an API key.

    Args:
        provider (str):
        mailtrap_signature (str | Unset):
        signature (str | Unset):
        svix_id (str | Unset):
        svix_signature (str | Unset):
        svix_timestamp (str | Unset):
        x_mandrill_signature (str | Unset):
        x_postal_signature (str | Unset):
        x_twilio_email_event_webhook_signature (str | Unset):
        x_twilio_email_event_webhook_timestamp (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ProblemDetails]
    """

    kwargs = _get_kwargs(
        provider=provider,
        mailtrap_signature=mailtrap_signature,
        signature=signature,
        svix_id=svix_id,
        svix_signature=svix_signature,
        svix_timestamp=svix_timestamp,
        x_mandrill_signature=x_mandrill_signature,
        x_postal_signature=x_postal_signature,
        x_twilio_email_event_webhook_signature=x_twilio_email_event_webhook_signature,
        x_twilio_email_event_webhook_timestamp=x_twilio_email_event_webhook_timestamp,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    provider: str,
    *,
    client: AuthenticatedClient | Client,
    mailtrap_signature: str | Unset = UNSET,
    signature: str | Unset = UNSET,
    svix_id: str | Unset = UNSET,
    svix_signature: str | Unset = UNSET,
    svix_timestamp: str | Unset = UNSET,
    x_mandrill_signature: str | Unset = UNSET,
    x_postal_signature: str | Unset = UNSET,
    x_twilio_email_event_webhook_signature: str | Unset = UNSET,
    x_twilio_email_event_webhook_timestamp: str | Unset = UNSET,
) -> Any | ProblemDetails | None:
    """Track

     For the mail provider, who tells what became of letters. What it signs by stands in for an API key.

    Args:
        provider (str):
        mailtrap_signature (str | Unset):
        signature (str | Unset):
        svix_id (str | Unset):
        svix_signature (str | Unset):
        svix_timestamp (str | Unset):
        x_mandrill_signature (str | Unset):
        x_postal_signature (str | Unset):
        x_twilio_email_event_webhook_signature (str | Unset):
        x_twilio_email_event_webhook_timestamp (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ProblemDetails
    """

    return (
        await asyncio_detailed(
            provider=provider,
            client=client,
            mailtrap_signature=mailtrap_signature,
            signature=signature,
            svix_id=svix_id,
            svix_signature=svix_signature,
            svix_timestamp=svix_timestamp,
            x_mandrill_signature=x_mandrill_signature,
            x_postal_signature=x_postal_signature,
            x_twilio_email_event_webhook_signature=x_twilio_email_event_webhook_signature,
            x_twilio_email_event_webhook_timestamp=x_twilio_email_event_webhook_timestamp,
        )
    ).parsed
