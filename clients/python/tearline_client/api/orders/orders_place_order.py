from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.order import Order
from ...models.place_order import PlaceOrder
from ...models.problem_details import ProblemDetails
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: PlaceOrder,
    idempotency_key: str,
    prefer: None | str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    headers["Idempotency-Key"] = idempotency_key

    if not isinstance(prefer, Unset):
        headers["Prefer"] = prefer

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/orders",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Order | ProblemDetails:
    if response.status_code == 201:
        response_201 = Order.from_dict(response.json())

        return response_201

    if response.status_code == 202:
        response_202 = Order.from_dict(response.json())

        return response_202

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
) -> Response[Order | ProblemDetails]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: PlaceOrder,
    idempotency_key: str,
    prefer: None | str | Unset = UNSET,
) -> Response[Order | ProblemDetails]:
    """Place Order

     Place an order. With `Prefer: wait=10` the answer is its outcome; 202 when there is none within that
    time.

    Open to keys that are bound to a customer, too: they meet nothing but what is theirs.

    Args:
        idempotency_key (str): Make one up for what you want done, without a comma, and send it
            again with every repeat.
        prefer (None | str | Unset): `wait=10` holds the answer until the outcome is known, for 10
            seconds at most.
        body (PlaceOrder): What a customer sends.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Order | ProblemDetails]
    """

    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
        prefer=prefer,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: PlaceOrder,
    idempotency_key: str,
    prefer: None | str | Unset = UNSET,
) -> Order | ProblemDetails | None:
    """Place Order

     Place an order. With `Prefer: wait=10` the answer is its outcome; 202 when there is none within that
    time.

    Open to keys that are bound to a customer, too: they meet nothing but what is theirs.

    Args:
        idempotency_key (str): Make one up for what you want done, without a comma, and send it
            again with every repeat.
        prefer (None | str | Unset): `wait=10` holds the answer until the outcome is known, for 10
            seconds at most.
        body (PlaceOrder): What a customer sends.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Order | ProblemDetails
    """

    return sync_detailed(
        client=client,
        body=body,
        idempotency_key=idempotency_key,
        prefer=prefer,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: PlaceOrder,
    idempotency_key: str,
    prefer: None | str | Unset = UNSET,
) -> Response[Order | ProblemDetails]:
    """Place Order

     Place an order. With `Prefer: wait=10` the answer is its outcome; 202 when there is none within that
    time.

    Open to keys that are bound to a customer, too: they meet nothing but what is theirs.

    Args:
        idempotency_key (str): Make one up for what you want done, without a comma, and send it
            again with every repeat.
        prefer (None | str | Unset): `wait=10` holds the answer until the outcome is known, for 10
            seconds at most.
        body (PlaceOrder): What a customer sends.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Order | ProblemDetails]
    """

    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
        prefer=prefer,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: PlaceOrder,
    idempotency_key: str,
    prefer: None | str | Unset = UNSET,
) -> Order | ProblemDetails | None:
    """Place Order

     Place an order. With `Prefer: wait=10` the answer is its outcome; 202 when there is none within that
    time.

    Open to keys that are bound to a customer, too: they meet nothing but what is theirs.

    Args:
        idempotency_key (str): Make one up for what you want done, without a comma, and send it
            again with every repeat.
        prefer (None | str | Unset): `wait=10` holds the answer until the outcome is known, for 10
            seconds at most.
        body (PlaceOrder): What a customer sends.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Order | ProblemDetails
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            idempotency_key=idempotency_key,
            prefer=prefer,
        )
    ).parsed
