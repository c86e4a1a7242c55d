from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.new_product import NewProduct
from ...models.problem_details import ProblemDetails
from ...models.product import Product
from ...types import Response


def _get_kwargs(
    *,
    body: NewProduct,
    idempotency_key: str,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/products",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
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
) -> Response[ProblemDetails | Product]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: NewProduct,
    idempotency_key: str,
) -> Response[ProblemDetails | Product]:
    """Offer Product

     Put a product on sale or, if its SKUs are known, bring it up to date.

    What is left out stays as it is, and what is withdrawn from sale stays so: `put-back` undoes that.

    Args:
        idempotency_key (str): Make one up for what you want done, without a comma, and send it
            again with every repeat.
        body (NewProduct): What to put on sale: each SKU once, all for the same money. Other money
            is offered on its own.

            What is withdrawn from sale stays so: it is put back by its own operation.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDetails | Product]
    """

    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: NewProduct,
    idempotency_key: str,
) -> ProblemDetails | Product | None:
    """Offer Product

     Put a product on sale or, if its SKUs are known, bring it up to date.

    What is left out stays as it is, and what is withdrawn from sale stays so: `put-back` undoes that.

    Args:
        idempotency_key (str): Make one up for what you want done, without a comma, and send it
            again with every repeat.
        body (NewProduct): What to put on sale: each SKU once, all for the same money. Other money
            is offered on its own.

            What is withdrawn from sale stays so: it is put back by its own operation.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDetails | Product
    """

    return sync_detailed(
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: NewProduct,
    idempotency_key: str,
) -> Response[ProblemDetails | Product]:
    """Offer Product

     Put a product on sale or, if its SKUs are known, bring it up to date.

    What is left out stays as it is, and what is withdrawn from sale stays so: `put-back` undoes that.

    Args:
        idempotency_key (str): Make one up for what you want done, without a comma, and send it
            again with every repeat.
        body (NewProduct): What to put on sale: each SKU once, all for the same money. Other money
            is offered on its own.

            What is withdrawn from sale stays so: it is put back by its own operation.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDetails | Product]
    """

    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: NewProduct,
    idempotency_key: str,
) -> ProblemDetails | Product | None:
    """Offer Product

     Put a product on sale or, if its SKUs are known, bring it up to date.

    What is left out stays as it is, and what is withdrawn from sale stays so: `put-back` undoes that.

    Args:
        idempotency_key (str): Make one up for what you want done, without a comma, and send it
            again with every repeat.
        body (NewProduct): What to put on sale: each SKU once, all for the same money. Other money
            is offered on its own.

            What is withdrawn from sale stays so: it is put back by its own operation.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDetails | Product
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
