import datetime
from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.notifications_list_deliveries_state_type_0 import (
    NotificationsListDeliveriesStateType0,
)
from ...models.notifications_list_deliveries_state_type_1_item import (
    NotificationsListDeliveriesStateType1Item,
)
from ...models.page_webhook_delivery import PageWebhookDelivery
from ...models.problem_details import ProblemDetails
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    limit: int | Unset = 25,
    cursor: None | str | Unset = UNSET,
    sort: None | str | Unset = UNSET,
    created_atgt: datetime.datetime | None | Unset = UNSET,
    created_atgte: datetime.datetime | None | Unset = UNSET,
    created_atlt: datetime.datetime | None | Unset = UNSET,
    created_atlte: datetime.datetime | None | Unset = UNSET,
    endpoint_id: None | str | Unset = UNSET,
    state: list[NotificationsListDeliveriesStateType1Item]
    | None
    | NotificationsListDeliveriesStateType0
    | Unset = UNSET,
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

    json_created_atgt: None | str | Unset
    if isinstance(created_atgt, Unset):
        json_created_atgt = UNSET
    elif isinstance(created_atgt, datetime.datetime):
        json_created_atgt = created_atgt.isoformat()
    else:
        json_created_atgt = created_atgt
    params["created_at[gt]"] = json_created_atgt

    json_created_atgte: None | str | Unset
    if isinstance(created_atgte, Unset):
        json_created_atgte = UNSET
    elif isinstance(created_atgte, datetime.datetime):
        json_created_atgte = created_atgte.isoformat()
    else:
        json_created_atgte = created_atgte
    params["created_at[gte]"] = json_created_atgte

    json_created_atlt: None | str | Unset
    if isinstance(created_atlt, Unset):
        json_created_atlt = UNSET
    elif isinstance(created_atlt, datetime.datetime):
        json_created_atlt = created_atlt.isoformat()
    else:
        json_created_atlt = created_atlt
    params["created_at[lt]"] = json_created_atlt

    json_created_atlte: None | str | Unset
    if isinstance(created_atlte, Unset):
        json_created_atlte = UNSET
    elif isinstance(created_atlte, datetime.datetime):
        json_created_atlte = created_atlte.isoformat()
    else:
        json_created_atlte = created_atlte
    params["created_at[lte]"] = json_created_atlte

    json_endpoint_id: None | str | Unset
    if isinstance(endpoint_id, Unset):
        json_endpoint_id = UNSET
    else:
        json_endpoint_id = endpoint_id
    params["endpoint_id"] = json_endpoint_id

    json_state: list[str] | None | str | Unset
    if isinstance(state, Unset):
        json_state = UNSET
    elif isinstance(state, NotificationsListDeliveriesStateType0):
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
        "url": "/api/v1/webhooks/deliveries",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> PageWebhookDelivery | ProblemDetails:
    if response.status_code == 200:
        response_200 = PageWebhookDelivery.from_dict(response.json())

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
) -> Response[PageWebhookDelivery | ProblemDetails]:
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
    created_atgt: datetime.datetime | None | Unset = UNSET,
    created_atgte: datetime.datetime | None | Unset = UNSET,
    created_atlt: datetime.datetime | None | Unset = UNSET,
    created_atlte: datetime.datetime | None | Unset = UNSET,
    endpoint_id: None | str | Unset = UNSET,
    state: list[NotificationsListDeliveriesStateType1Item]
    | None
    | NotificationsListDeliveriesStateType0
    | Unset = UNSET,
) -> Response[PageWebhookDelivery | ProblemDetails]:
    """List Deliveries

     What was told to whom, newest first.

    Args:
        limit (int | Unset): How many to answer at most. Default: 25.
        cursor (None | str | Unset): `next_cursor` or `prev_cursor` of another page.
        sort (None | str | Unset): In which order: by what, and with `-` in front of it,
            descending. By default as the list says.
        created_atgt (datetime.datetime | None | Unset): Only after this time.
        created_atgte (datetime.datetime | None | Unset): Only from this time on.
        created_atlt (datetime.datetime | None | Unset): Only before this time.
        created_atlte (datetime.datetime | None | Unset): Only up to this time.
        endpoint_id (None | str | Unset): Only to this endpoint.
        state (list[NotificationsListDeliveriesStateType1Item] | None |
            NotificationsListDeliveriesStateType0 | Unset): Only in one of these states.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PageWebhookDelivery | ProblemDetails]
    """

    kwargs = _get_kwargs(
        limit=limit,
        cursor=cursor,
        sort=sort,
        created_atgt=created_atgt,
        created_atgte=created_atgte,
        created_atlt=created_atlt,
        created_atlte=created_atlte,
        endpoint_id=endpoint_id,
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
    created_atgt: datetime.datetime | None | Unset = UNSET,
    created_atgte: datetime.datetime | None | Unset = UNSET,
    created_atlt: datetime.datetime | None | Unset = UNSET,
    created_atlte: datetime.datetime | None | Unset = UNSET,
    endpoint_id: None | str | Unset = UNSET,
    state: list[NotificationsListDeliveriesStateType1Item]
    | None
    | NotificationsListDeliveriesStateType0
    | Unset = UNSET,
) -> PageWebhookDelivery | ProblemDetails | None:
    """List Deliveries

     What was told to whom, newest first.

    Args:
        limit (int | Unset): How many to answer at most. Default: 25.
        cursor (None | str | Unset): `next_cursor` or `prev_cursor` of another page.
        sort (None | str | Unset): In which order: by what, and with `-` in front of it,
            descending. By default as the list says.
        created_atgt (datetime.datetime | None | Unset): Only after this time.
        created_atgte (datetime.datetime | None | Unset): Only from this time on.
        created_atlt (datetime.datetime | None | Unset): Only before this time.
        created_atlte (datetime.datetime | None | Unset): Only up to this time.
        endpoint_id (None | str | Unset): Only to this endpoint.
        state (list[NotificationsListDeliveriesStateType1Item] | None |
            NotificationsListDeliveriesStateType0 | Unset): Only in one of these states.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PageWebhookDelivery | ProblemDetails
    """

    return sync_detailed(
        client=client,
        limit=limit,
        cursor=cursor,
        sort=sort,
        created_atgt=created_atgt,
        created_atgte=created_atgte,
        created_atlt=created_atlt,
        created_atlte=created_atlte,
        endpoint_id=endpoint_id,
        state=state,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 25,
    cursor: None | str | Unset = UNSET,
    sort: None | str | Unset = UNSET,
    created_atgt: datetime.datetime | None | Unset = UNSET,
    created_atgte: datetime.datetime | None | Unset = UNSET,
    created_atlt: datetime.datetime | None | Unset = UNSET,
    created_atlte: datetime.datetime | None | Unset = UNSET,
    endpoint_id: None | str | Unset = UNSET,
    state: list[NotificationsListDeliveriesStateType1Item]
    | None
    | NotificationsListDeliveriesStateType0
    | Unset = UNSET,
) -> Response[PageWebhookDelivery | ProblemDetails]:
    """List Deliveries

     What was told to whom, newest first.

    Args:
        limit (int | Unset): How many to answer at most. Default: 25.
        cursor (None | str | Unset): `next_cursor` or `prev_cursor` of another page.
        sort (None | str | Unset): In which order: by what, and with `-` in front of it,
            descending. By default as the list says.
        created_atgt (datetime.datetime | None | Unset): Only after this time.
        created_atgte (datetime.datetime | None | Unset): Only from this time on.
        created_atlt (datetime.datetime | None | Unset): Only before this time.
        created_atlte (datetime.datetime | None | Unset): Only up to this time.
        endpoint_id (None | str | Unset): Only to this endpoint.
        state (list[NotificationsListDeliveriesStateType1Item] | None |
            NotificationsListDeliveriesStateType0 | Unset): Only in one of these states.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PageWebhookDelivery | ProblemDetails]
    """

    kwargs = _get_kwargs(
        limit=limit,
        cursor=cursor,
        sort=sort,
        created_atgt=created_atgt,
        created_atgte=created_atgte,
        created_atlt=created_atlt,
        created_atlte=created_atlte,
        endpoint_id=endpoint_id,
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
    created_atgt: datetime.datetime | None | Unset = UNSET,
    created_atgte: datetime.datetime | None | Unset = UNSET,
    created_atlt: datetime.datetime | None | Unset = UNSET,
    created_atlte: datetime.datetime | None | Unset = UNSET,
    endpoint_id: None | str | Unset = UNSET,
    state: list[NotificationsListDeliveriesStateType1Item]
    | None
    | NotificationsListDeliveriesStateType0
    | Unset = UNSET,
) -> PageWebhookDelivery | ProblemDetails | None:
    """List Deliveries

     What was told to whom, newest first.

    Args:
        limit (int | Unset): How many to answer at most. Default: 25.
        cursor (None | str | Unset): `next_cursor` or `prev_cursor` of another page.
        sort (None | str | Unset): In which order: by what, and with `-` in front of it,
            descending. By default as the list says.
        created_atgt (datetime.datetime | None | Unset): Only after this time.
        created_atgte (datetime.datetime | None | Unset): Only from this time on.
        created_atlt (datetime.datetime | None | Unset): Only before this time.
        created_atlte (datetime.datetime | None | Unset): Only up to this time.
        endpoint_id (None | str | Unset): Only to this endpoint.
        state (list[NotificationsListDeliveriesStateType1Item] | None |
            NotificationsListDeliveriesStateType0 | Unset): Only in one of these states.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PageWebhookDelivery | ProblemDetails
    """

    return (
        await asyncio_detailed(
            client=client,
            limit=limit,
            cursor=cursor,
            sort=sort,
            created_atgt=created_atgt,
            created_atgte=created_atgte,
            created_atlt=created_atlt,
            created_atlte=created_atlte,
            endpoint_id=endpoint_id,
            state=state,
        )
    ).parsed
