from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.new_price import NewPrice
from ...models.price_period import PricePeriod
from ...models.problem_details import ProblemDetails
from ...types import Response


def _get_kwargs(
    sku: str,
    *,
    body: NewPrice,
    idempotency_key: str,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/variants/{sku}/prices".format(
            sku=quote(str(sku), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ProblemDetails | list[PricePeriod]:
    if response.status_code == 200:
        response_200 = []
        _response_200 = response.json()
        for response_200_item_data in _response_200:
            response_200_item = PricePeriod.from_dict(response_200_item_data)

            response_200.append(response_200_item)

        return response_200

    if response.status_code == 400:
        response_400 = ProblemDetails.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = ProblemDetails.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = ProblemDetails.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = ProblemDetails.from_dict(response.json())

        return response_404

    if response.status_code == 409:
        response_409 = ProblemDetails.from_dict(response.json())

        return response_409

    if response.status_code == 411:
        response_411 = ProblemDetails.from_dict(response.json())

        return response_411

    if response.status_code == 413:
        response_413 = ProblemDetails.from_dict(response.json())

        return response_413

    if response.status_code == 415:
        response_415 = ProblemDetails.from_dict(response.json())

        return response_415

    if response.status_code == 422:
        response_422 = ProblemDetails.from_dict(response.json())

        return response_422

    if response.status_code == 429:
        response_429 = ProblemDetails.from_dict(response.json())

        return response_429

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
) -> Response[ProblemDetails | list[PricePeriod]]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    sku: str,
    *,
    client: AuthenticatedClient,
    body: NewPrice,
    idempotency_key: str,
) -> Response[ProblemDetails | list[PricePeriod]]:
    """Set Price

     Change its price now, or announce a price for later, for good or for a while.

    Args:
        sku (str):
        idempotency_key (str): Make one up for what you want done, without a comma, and send it
            again with every repeat.
        body (NewPrice): A price for a while: from now on unless `valid_from` is later, and for
            good unless it ends. To the second.

            It takes the place of whatever was to be valid in that time. What was valid before, and is
            to be after, stays so.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDetails | list[PricePeriod]]
    """

    kwargs = _get_kwargs(
        sku=sku,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    sku: str,
    *,
    client: AuthenticatedClient,
    body: NewPrice,
    idempotency_key: str,
) -> ProblemDetails | list[PricePeriod] | None:
    """Set Price

     Change its price now, or announce a price for later, for good or for a while.

    Args:
        sku (str):
        idempotency_key (str): Make one up for what you want done, without a comma, and send it
            again with every repeat.
        body (NewPrice): A price for a while: from now on unless `valid_from` is later, and for
            good unless it ends. To the second.

            It takes the place of whatever was to be valid in that time. What was valid before, and is
            to be after, stays so.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDetails | list[PricePeriod]
    """

    return sync_detailed(
        sku=sku,
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    sku: str,
    *,
    client: AuthenticatedClient,
    body: NewPrice,
    idempotency_key: str,
) -> Response[ProblemDetails | list[PricePeriod]]:
    """Set Price

     Change its price now, or announce a price for later, for good or for a while.

    Args:
        sku (str):
        idempotency_key (str): Make one up for what you want done, without a comma, and send it
            again with every repeat.
        body (NewPrice): A price for a while: from now on unless `valid_from` is later, and for
            good unless it ends. To the second.

            It takes the place of whatever was to be valid in that time. What was valid before, and is
            to be after, stays so.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDetails | list[PricePeriod]]
    """

    kwargs = _get_kwargs(
        sku=sku,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    sku: str,
    *,
    client: AuthenticatedClient,
    body: NewPrice,
    idempotency_key: str,
) -> ProblemDetails | list[PricePeriod] | None:
    """Set Price

     Change its price now, or announce a price for later, for good or for a while.

    Args:
        sku (str):
        idempotency_key (str): Make one up for what you want done, without a comma, and send it
            again with every repeat.
        body (NewPrice): A price for a while: from now on unless `valid_from` is later, and for
            good unless it ends. To the second.

            It takes the place of whatever was to be valid in that time. What was valid before, and is
            to be after, stays so.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDetails | list[PricePeriod]
    """

    return (
        await asyncio_detailed(
            sku=sku,
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
