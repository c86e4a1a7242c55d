from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.problem_details import ProblemDetails
from ...models.webhook_taken import WebhookTaken
from ...types import UNSET, Response, Unset


def _get_kwargs(
    carrier: str,
    *,
    x_hmac_signature: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(x_hmac_signature, Unset):
        headers["X-Hmac-Signature"] = x_hmac_signature

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/shipments/webhooks/{carrier}".format(
            carrier=quote(str(carrier), safe=""),
        ),
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> ProblemDetails | WebhookTaken:
    if response.status_code == 200:
        response_200 = WebhookTaken.from_dict(response.json())

        return response_200

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
) -> Response[ProblemDetails | WebhookTaken]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    carrier: str,
    *,
    client: AuthenticatedClient | Client,
    x_hmac_signature: str | Unset = UNSET,
) -> Response[ProblemDetails | WebhookTaken]:
    """Receive Webhook

     For the carrier, whose signature of the raw body stands in for an API key.

    Args:
        carrier (str):
        x_hmac_signature (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDetails | WebhookTaken]
    """

    kwargs = _get_kwargs(
        carrier=carrier,
        x_hmac_signature=x_hmac_signature,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    carrier: str,
    *,
    client: AuthenticatedClient | Client,
    x_hmac_signature: str | Unset = UNSET,
) -> ProblemDetails | WebhookTaken | None:
    """Receive Webhook

     For the carrier, whose signature of the raw body stands in for an API key.

    Args:
        carrier (str):
        x_hmac_signature (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDetails | WebhookTaken
    """

    return sync_detailed(
        carrier=carrier,
        client=client,
        x_hmac_signature=x_hmac_signature,
    ).parsed


async def asyncio_detailed(
    carrier: str,
    *,
    client: AuthenticatedClient | Client,
    x_hmac_signature: str | Unset = UNSET,
) -> Response[ProblemDetails | WebhookTaken]:
    """Receive Webhook

     For the carrier, whose signature of the raw body stands in for an API key.

    Args:
        carrier (str):
        x_hmac_signature (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDetails | WebhookTaken]
    """

    kwargs = _get_kwargs(
        carrier=carrier,
        x_hmac_signature=x_hmac_signature,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    carrier: str,
    *,
    client: AuthenticatedClient | Client,
    x_hmac_signature: str | Unset = UNSET,
) -> ProblemDetails | WebhookTaken | None:
    """Receive Webhook

     For the carrier, whose signature of the raw body stands in for an API key.

    Args:
        carrier (str):
        x_hmac_signature (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDetails | WebhookTaken
    """

    return (
        await asyncio_detailed(
            carrier=carrier,
            client=client,
            x_hmac_signature=x_hmac_signature,
        )
    ).parsed
