from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.problem_details import ProblemDetails
from ...models.received import Received
from ...types import UNSET, Response, Unset


def _get_kwargs(
    provider: str,
    *,
    simulated_signature: str | Unset = UNSET,
    stripe_signature: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(simulated_signature, Unset):
        headers["Simulated-Signature"] = simulated_signature

    if not isinstance(stripe_signature, Unset):
        headers["Stripe-Signature"] = stripe_signature

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/payments/webhooks/{provider}".format(
            provider=quote(str(provider), safe=""),
        ),
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> ProblemDetails | Received:
    if response.status_code == 200:
        response_200 = Received.from_dict(response.json())

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
) -> Response[ProblemDetails | Received]:
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
    simulated_signature: str | Unset = UNSET,
    stripe_signature: str | Unset = UNSET,
) -> Response[ProblemDetails | Received]:
    """Receive Webhook

     For the payment provider, whose signature of the raw body stands in for an API key.

    Args:
        provider (str):
        simulated_signature (str | Unset):
        stripe_signature (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDetails | Received]
    """

    kwargs = _get_kwargs(
        provider=provider,
        simulated_signature=simulated_signature,
        stripe_signature=stripe_signature,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    provider: str,
    *,
    client: AuthenticatedClient | Client,
    simulated_signature: str | Unset = UNSET,
    stripe_signature: str | Unset = UNSET,
) -> ProblemDetails | Received | None:
    """Receive Webhook

     For the payment provider, whose signature of the raw body stands in for an API key.

    Args:
        provider (str):
        simulated_signature (str | Unset):
        stripe_signature (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDetails | Received
    """

    return sync_detailed(
        provider=provider,
        client=client,
        simulated_signature=simulated_signature,
        stripe_signature=stripe_signature,
    ).parsed


async def asyncio_detailed(
    provider: str,
    *,
    client: AuthenticatedClient | Client,
    simulated_signature: str | Unset = UNSET,
    stripe_signature: str | Unset = UNSET,
) -> Response[ProblemDetails | Received]:
    """Receive Webhook

     For the payment provider, whose signature of the raw body stands in for an API key.

    Args:
        provider (str):
        simulated_signature (str | Unset):
        stripe_signature (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDetails | Received]
    """

    kwargs = _get_kwargs(
        provider=provider,
        simulated_signature=simulated_signature,
        stripe_signature=stripe_signature,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    provider: str,
    *,
    client: AuthenticatedClient | Client,
    simulated_signature: str | Unset = UNSET,
    stripe_signature: str | Unset = UNSET,
) -> ProblemDetails | Received | None:
    """Receive Webhook

     For the payment provider, whose signature of the raw body stands in for an API key.

    Args:
        provider (str):
        simulated_signature (str | Unset):
        stripe_signature (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDetails | Received
    """

    return (
        await asyncio_detailed(
            provider=provider,
            client=client,
            simulated_signature=simulated_signature,
            stripe_signature=stripe_signature,
        )
    ).parsed
