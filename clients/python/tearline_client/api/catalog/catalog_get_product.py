from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.problem_details import ProblemDetails
from ...models.product import Product
from ...types import UNSET, Response, Unset


def _get_kwargs(
    product_id: str,
    *,
    currency: str | Unset = "EUR",
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["currency"] = currency

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/products/{product_id}".format(
            product_id=quote(str(product_id), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> ProblemDetails | Product:
    if response.status_code == 200:
        response_200 = Product.from_dict(response.json())

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
) -> Response[ProblemDetails | Product]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    product_id: str,
    *,
    client: AuthenticatedClient,
    currency: str | Unset = "EUR",
) -> Response[ProblemDetails | Product]:
    """Get Product

     One product, for sale or not any more.

    Open to keys that are bound to a customer, too: they meet nothing but what is theirs.

    Args:
        product_id (str):  Example: prd_01jdc3k5v8e1xszq4b7m2n9htw.
        currency (str | Unset): Only the variants that have a price in this currency. Default:
            'EUR'.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDetails | Product]
    """

    kwargs = _get_kwargs(
        product_id=product_id,
        currency=currency,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    product_id: str,
    *,
    client: AuthenticatedClient,
    currency: str | Unset = "EUR",
) -> ProblemDetails | Product | None:
    """Get Product

     One product, for sale or not any more.

    Open to keys that are bound to a customer, too: they meet nothing but what is theirs.

    Args:
        product_id (str):  Example: prd_01jdc3k5v8e1xszq4b7m2n9htw.
        currency (str | Unset): Only the variants that have a price in this currency. Default:
            'EUR'.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDetails | Product
    """

    return sync_detailed(
        product_id=product_id,
        client=client,
        currency=currency,
    ).parsed


async def asyncio_detailed(
    product_id: str,
    *,
    client: AuthenticatedClient,
    currency: str | Unset = "EUR",
) -> Response[ProblemDetails | Product]:
    """Get Product

     One product, for sale or not any more.

    Open to keys that are bound to a customer, too: they meet nothing but what is theirs.

    Args:
        product_id (str):  Example: prd_01jdc3k5v8e1xszq4b7m2n9htw.
        currency (str | Unset): Only the variants that have a price in this currency. Default:
            'EUR'.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDetails | Product]
    """

    kwargs = _get_kwargs(
        product_id=product_id,
        currency=currency,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    product_id: str,
    *,
    client: AuthenticatedClient,
    currency: str | Unset = "EUR",
) -> ProblemDetails | Product | None:
    """Get Product

     One product, for sale or not any more.

    Open to keys that are bound to a customer, too: they meet nothing but what is theirs.

    Args:
        product_id (str):  Example: prd_01jdc3k5v8e1xszq4b7m2n9htw.
        currency (str | Unset): Only the variants that have a price in this currency. Default:
            'EUR'.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDetails | Product
    """

    return (
        await asyncio_detailed(
            product_id=product_id,
            client=client,
            currency=currency,
        )
    ).parsed
