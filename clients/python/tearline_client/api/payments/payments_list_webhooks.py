from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.page_received_event import PageReceivedEvent
from ...models.payments_list_webhooks_state_type_0 import PaymentsListWebhooksStateType0
from ...models.payments_list_webhooks_state_type_1_item import (
    PaymentsListWebhooksStateType1Item,
)
from ...models.problem_details import ProblemDetails
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    limit: int | Unset = 25,
    cursor: None | str | Unset = UNSET,
    sort: None | str | Unset = UNSET,
    state: list[PaymentsListWebhooksStateType1Item] | None | PaymentsListWebhooksStateType0 | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["limit"] = limit

    json_cursor: None | str | Unset
    if isinstance(cursor, Unset):
        json_cursor = UNSET
    else:
        json_cursor = cursor
    params["cursor"] = json_cursor

    json_sort: None | str | Unset
    if isinstance(sort, Unset):
        json_sort = UNSET
    else:
        json_sort = sort
    params["sort"] = json_sort

    json_state: list[str] | None | str | Unset
    if isinstance(state, Unset):
        json_state = UNSET
    elif isinstance(state, PaymentsListWebhooksStateType0):
        json_state = state.value
    elif isinstance(state, list):
        json_state = []
        for state_type_1_item_data in state:
            state_type_1_item = state_type_1_item_data.value
            json_state.append(state_type_1_item)

    else:
        json_state = state
    params["state"] = json_state

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/payments/webhooks",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> PageReceivedEvent | ProblemDetails:
    if response.status_code == 200:
        response_200 = PageReceivedEvent.from_dict(response.json())

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
) -> Response[PageReceivedEvent | ProblemDetails]:
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
    sort: None | str | Unset = UNSET,
    state: list[PaymentsListWebhooksStateType1Item] | None | PaymentsListWebhooksStateType0 | Unset = UNSET,
) -> Response[PageReceivedEvent | ProblemDetails]:
    """List Webhooks

     What the provider told us by itself, newest first.

    Args:
        limit (int | Unset): How many to answer at most. Default: 25.
        cursor (None | str | Unset): `next_cursor` or `prev_cursor` of another page.
        sort (None | str | Unset): In which order: by what, and with `-` in front of it,
            descending. By default as the list says.
        state (list[PaymentsListWebhooksStateType1Item] | None | PaymentsListWebhooksStateType0 |
            Unset): Only in one of these states.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PageReceivedEvent | ProblemDetails]
    """

    kwargs = _get_kwargs(
        limit=limit,
        cursor=cursor,
        sort=sort,
        state=state,
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
    sort: None | str | Unset = UNSET,
    state: list[PaymentsListWebhooksStateType1Item] | None | PaymentsListWebhooksStateType0 | Unset = UNSET,
) -> PageReceivedEvent | ProblemDetails | None:
    """List Webhooks

     What the provider told us by itself, newest first.

    Args:
        limit (int | Unset): How many to answer at most. Default: 25.
        cursor (None | str | Unset): `next_cursor` or `prev_cursor` of another page.
        sort (None | str | Unset): In which order: by what, and with `-` in front of it,
            descending. By default as the list says.
        state (list[PaymentsListWebhooksStateType1Item] | None | PaymentsListWebhooksStateType0 |
            Unset): Only in one of these states.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PageReceivedEvent | ProblemDetails
    """

    return sync_detailed(
        client=client,
        limit=limit,
        cursor=cursor,
        sort=sort,
        state=state,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 25,
    cursor: None | str | Unset = UNSET,
    sort: None | str | Unset = UNSET,
    state: list[PaymentsListWebhooksStateType1Item] | None | PaymentsListWebhooksStateType0 | Unset = UNSET,
) -> Response[PageReceivedEvent | ProblemDetails]:
    """List Webhooks

     What the provider told us by itself, newest first.

    Args:
        limit (int | Unset): How many to answer at most. Default: 25.
        cursor (None | str | Unset): `next_cursor` or `prev_cursor` of another page.
        sort (None | str | Unset): In which order: by what, and with `-` in front of it,
            descending. By default as the list says.
        state (list[PaymentsListWebhooksStateType1Item] | None | PaymentsListWebhooksStateType0 |
            Unset): Only in one of these states.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PageReceivedEvent | ProblemDetails]
    """

    kwargs = _get_kwargs(
        limit=limit,
        cursor=cursor,
        sort=sort,
        state=state,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 25,
    cursor: None | str | Unset = UNSET,
    sort: None | str | Unset = UNSET,
    state: list[PaymentsListWebhooksStateType1Item] | None | PaymentsListWebhooksStateType0 | Unset = UNSET,
) -> PageReceivedEvent | ProblemDetails | None:
    """List Webhooks

     What the provider told us by itself, newest first.

    Args:
        limit (int | Unset): How many to answer at most. Default: 25.
        cursor (None | str | Unset): `next_cursor` or `prev_cursor` of another page.
        sort (None | str | Unset): In which order: by what, and with `-` in front of it,
            descending. By default as the list says.
        state (list[PaymentsListWebhooksStateType1Item] | None | PaymentsListWebhooksStateType0 |
            Unset): Only in one of these states.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PageReceivedEvent | ProblemDetails
    """

    return (
        await asyncio_detailed(
            client=client,
            limit=limit,
            cursor=cursor,
            sort=sort,
            state=state,
        )
    ).parsed
