from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.expanded_order import ExpandedOrder
from ...models.orders_get_order_expand_type_0_item import OrdersGetOrderExpandType0Item
from ...models.problem_details import ProblemDetails
from ...types import UNSET, Response, Unset


def _get_kwargs(
    order_id: str,
    *,
    expand: list[OrdersGetOrderExpandType0Item] | None | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_expand: list[str] | None | Unset
    if isinstance(expand, Unset):
        json_expand = UNSET
    elif isinstance(expand, list):
        json_expand = []
        for expand_type_0_item_data in expand:
            expand_type_0_item = expand_type_0_item_data.value
            json_expand.append(expand_type_0_item)

    else:
        json_expand = expand
    params["expand"] = json_expand

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/orders/{order_id}".format(
            order_id=quote(str(order_id), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ExpandedOrder | ProblemDetails:
    if response.status_code == 200:
        response_200 = ExpandedOrder.from_dict(response.json())

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
) -> Response[ExpandedOrder | ProblemDetails]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    order_id: str,
    *,
    client: AuthenticatedClient,
    expand: list[OrdersGetOrderExpandType0Item] | None | Unset = UNSET,
) -> Response[ExpandedOrder | ProblemDetails]:
    """Get Order

     One order with its lines, and what `expand` names. `payment` and `shipments` need the scope
    overview:read.

    Open to keys that are bound to a customer, too: they meet nothing but what is theirs.

    Args:
        order_id (str):
        expand (list[OrdersGetOrderExpandType0Item] | None | Unset): What else to tell, below
            `expanded`. Several: with commas between them.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ExpandedOrder | ProblemDetails]
    """

    kwargs = _get_kwargs(
        order_id=order_id,
        expand=expand,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    order_id: str,
    *,
    client: AuthenticatedClient,
    expand: list[OrdersGetOrderExpandType0Item] | None | Unset = UNSET,
) -> ExpandedOrder | ProblemDetails | None:
    """Get Order

     One order with its lines, and what `expand` names. `payment` and `shipments` need the scope
    overview:read.

    Open to keys that are bound to a customer, too: they meet nothing but what is theirs.

    Args:
        order_id (str):
        expand (list[OrdersGetOrderExpandType0Item] | None | Unset): What else to tell, below
            `expanded`. Several: with commas between them.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ExpandedOrder | ProblemDetails
    """

    return sync_detailed(
        order_id=order_id,
        client=client,
        expand=expand,
    ).parsed


async def asyncio_detailed(
    order_id: str,
    *,
    client: AuthenticatedClient,
    expand: list[OrdersGetOrderExpandType0Item] | None | Unset = UNSET,
) -> Response[ExpandedOrder | ProblemDetails]:
    """Get Order

     One order with its lines, and what `expand` names. `payment` and `shipments` need the scope
    overview:read.

    Open to keys that are bound to a customer, too: they meet nothing but what is theirs.

    Args:
        order_id (str):
        expand (list[OrdersGetOrderExpandType0Item] | None | Unset): What else to tell, below
            `expanded`. Several: with commas between them.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ExpandedOrder | ProblemDetails]
    """

    kwargs = _get_kwargs(
        order_id=order_id,
        expand=expand,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    order_id: str,
    *,
    client: AuthenticatedClient,
    expand: list[OrdersGetOrderExpandType0Item] | None | Unset = UNSET,
) -> ExpandedOrder | ProblemDetails | None:
    """Get Order

     One order with its lines, and what `expand` names. `payment` and `shipments` need the scope
    overview:read.

    Open to keys that are bound to a customer, too: they meet nothing but what is theirs.

    Args:
        order_id (str):
        expand (list[OrdersGetOrderExpandType0Item] | None | Unset): What else to tell, below
            `expanded`. Several: with commas between them.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ExpandedOrder | ProblemDetails
    """

    return (
        await asyncio_detailed(
            order_id=order_id,
            client=client,
            expand=expand,
        )
    ).parsed
