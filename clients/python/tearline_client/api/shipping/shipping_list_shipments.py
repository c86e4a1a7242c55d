from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.page_shipment import PageShipment
from ...models.problem_details import ProblemDetails
from ...models.shipping_list_shipments_direction_type_0 import (
    ShippingListShipmentsDirectionType0,
)
from ...models.shipping_list_shipments_state_type_0 import (
    ShippingListShipmentsStateType0,
)
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    limit: int | Unset = 25,
    cursor: None | str | Unset = UNSET,
    order_id: None | str | Unset = UNSET,
    state: None | ShippingListShipmentsStateType0 | Unset = UNSET,
    direction: None | ShippingListShipmentsDirectionType0 | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["limit"] = limit

    json_cursor: None | str | Unset
    if isinstance(cursor, Unset):
        json_cursor = UNSET
    else:
        json_cursor = cursor
    params["cursor"] = json_cursor

    json_order_id: None | str | Unset
    if isinstance(order_id, Unset):
        json_order_id = UNSET
    else:
        json_order_id = order_id
    params["order_id"] = json_order_id

    json_state: None | str | Unset
    if isinstance(state, Unset):
        json_state = UNSET
    elif isinstance(state, ShippingListShipmentsStateType0):
        json_state = state.value
    else:
        json_state = state
    params["state"] = json_state

    json_direction: None | str | Unset
    if isinstance(direction, Unset):
        json_direction = UNSET
    elif isinstance(direction, ShippingListShipmentsDirectionType0):
        json_direction = direction.value
    else:
        json_direction = direction
    params["direction"] = json_direction

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/shipments",
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> PageShipment | ProblemDetails:
    if response.status_code == 200:
        response_200 = PageShipment.from_dict(response.json())

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
) -> Response[PageShipment | ProblemDetails]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 25,
    cursor: None | str | Unset = UNSET,
    order_id: None | str | Unset = UNSET,
    state: None | ShippingListShipmentsStateType0 | Unset = UNSET,
    direction: None | ShippingListShipmentsDirectionType0 | Unset = UNSET,
) -> Response[PageShipment | ProblemDetails]:
    """List Shipments

     What was sent or is about to be, and what comes back, newest first.

    Args:
        limit (int | Unset): How many to answer at most. Default: 25.
        cursor (None | str | Unset): `next_cursor` or `prev_cursor` of another page.
        order_id (None | str | Unset): Only of this order.
        state (None | ShippingListShipmentsStateType0 | Unset): Only in this state.
        direction (None | ShippingListShipmentsDirectionType0 | Unset): Only to the customer, or
            only back.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PageShipment | ProblemDetails]
    """

    kwargs = _get_kwargs(
        limit=limit,
        cursor=cursor,
        order_id=order_id,
        state=state,
        direction=direction,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 25,
    cursor: None | str | Unset = UNSET,
    order_id: None | str | Unset = UNSET,
    state: None | ShippingListShipmentsStateType0 | Unset = UNSET,
    direction: None | ShippingListShipmentsDirectionType0 | Unset = UNSET,
) -> PageShipment | ProblemDetails | None:
    """List Shipments

     What was sent or is about to be, and what comes back, newest first.

    Args:
        limit (int | Unset): How many to answer at most. Default: 25.
        cursor (None | str | Unset): `next_cursor` or `prev_cursor` of another page.
        order_id (None | str | Unset): Only of this order.
        state (None | ShippingListShipmentsStateType0 | Unset): Only in this state.
        direction (None | ShippingListShipmentsDirectionType0 | Unset): Only to the customer, or
            only back.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PageShipment | ProblemDetails
    """

    return sync_detailed(
        client=client,
        limit=limit,
        cursor=cursor,
        order_id=order_id,
        state=state,
        direction=direction,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 25,
    cursor: None | str | Unset = UNSET,
    order_id: None | str | Unset = UNSET,
    state: None | ShippingListShipmentsStateType0 | Unset = UNSET,
    direction: None | ShippingListShipmentsDirectionType0 | Unset = UNSET,
) -> Response[PageShipment | ProblemDetails]:
    """List Shipments

     What was sent or is about to be, and what comes back, newest first.

    Args:
        limit (int | Unset): How many to answer at most. Default: 25.
        cursor (None | str | Unset): `next_cursor` or `prev_cursor` of another page.
        order_id (None | str | Unset): Only of this order.
        state (None | ShippingListShipmentsStateType0 | Unset): Only in this state.
        direction (None | ShippingListShipmentsDirectionType0 | Unset): Only to the customer, or
            only back.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PageShipment | ProblemDetails]
    """

    kwargs = _get_kwargs(
        limit=limit,
        cursor=cursor,
        order_id=order_id,
        state=state,
        direction=direction,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 25,
    cursor: None | str | Unset = UNSET,
    order_id: None | str | Unset = UNSET,
    state: None | ShippingListShipmentsStateType0 | Unset = UNSET,
    direction: None | ShippingListShipmentsDirectionType0 | Unset = UNSET,
) -> PageShipment | ProblemDetails | None:
    """List Shipments

     What was sent or is about to be, and what comes back, newest first.

    Args:
        limit (int | Unset): How many to answer at most. Default: 25.
        cursor (None | str | Unset): `next_cursor` or `prev_cursor` of another page.
        order_id (None | str | Unset): Only of this order.
        state (None | ShippingListShipmentsStateType0 | Unset): Only in this state.
        direction (None | ShippingListShipmentsDirectionType0 | Unset): Only to the customer, or
            only back.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PageShipment | ProblemDetails
    """

    return (
        await asyncio_detailed(
            client=client,
            limit=limit,
            cursor=cursor,
            order_id=order_id,
            state=state,
            direction=direction,
        )
    ).parsed
