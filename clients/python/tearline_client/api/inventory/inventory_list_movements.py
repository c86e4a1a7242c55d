from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.page_movement import PageMovement
from ...models.problem_details import ProblemDetails
from ...types import UNSET, Response, Unset


def _get_kwargs(
    sku: str,
    *,
    limit: int | Unset = 25,
    cursor: None | str | Unset = UNSET,
    sort: None | str | Unset = UNSET,
    location: None | str | Unset = UNSET,
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

    json_location: None | str | Unset
    if isinstance(location, Unset):
        json_location = UNSET
    else:
        json_location = location
    params["location"] = json_location

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/stock/{sku}/movements".format(
            sku=quote(str(sku), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> PageMovement | ProblemDetails:
    if response.status_code == 200:
        response_200 = PageMovement.from_dict(response.json())

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
) -> Response[PageMovement | ProblemDetails]:
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
    limit: int | Unset = 25,
    cursor: None | str | Unset = UNSET,
    sort: None | str | Unset = UNSET,
    location: None | str | Unset = UNSET,
) -> Response[PageMovement | ProblemDetails]:
    """List Movements

     The ledger of a SKU, newest first, each line with the balance that it left at its location.

    Args:
        sku (str):
        limit (int | Unset): How many to answer at most. Default: 25.
        cursor (None | str | Unset): `next_cursor` or `prev_cursor` of another page.
        sort (None | str | Unset): In which order: by what, and with `-` in front of it,
            descending. By default as the list says.
        location (None | str | Unset): Only at this location.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PageMovement | ProblemDetails]
    """

    kwargs = _get_kwargs(
        sku=sku,
        limit=limit,
        cursor=cursor,
        sort=sort,
        location=location,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    sku: str,
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 25,
    cursor: None | str | Unset = UNSET,
    sort: None | str | Unset = UNSET,
    location: None | str | Unset = UNSET,
) -> PageMovement | ProblemDetails | None:
    """List Movements

     The ledger of a SKU, newest first, each line with the balance that it left at its location.

    Args:
        sku (str):
        limit (int | Unset): How many to answer at most. Default: 25.
        cursor (None | str | Unset): `next_cursor` or `prev_cursor` of another page.
        sort (None | str | Unset): In which order: by what, and with `-` in front of it,
            descending. By default as the list says.
        location (None | str | Unset): Only at this location.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PageMovement | ProblemDetails
    """

    return sync_detailed(
        sku=sku,
        client=client,
        limit=limit,
        cursor=cursor,
        sort=sort,
        location=location,
    ).parsed


async def asyncio_detailed(
    sku: str,
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 25,
    cursor: None | str | Unset = UNSET,
    sort: None | str | Unset = UNSET,
    location: None | str | Unset = UNSET,
) -> Response[PageMovement | ProblemDetails]:
    """List Movements

     The ledger of a SKU, newest first, each line with the balance that it left at its location.

    Args:
        sku (str):
        limit (int | Unset): How many to answer at most. Default: 25.
        cursor (None | str | Unset): `next_cursor` or `prev_cursor` of another page.
        sort (None | str | Unset): In which order: by what, and with `-` in front of it,
            descending. By default as the list says.
        location (None | str | Unset): Only at this location.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PageMovement | ProblemDetails]
    """

    kwargs = _get_kwargs(
        sku=sku,
        limit=limit,
        cursor=cursor,
        sort=sort,
        location=location,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    sku: str,
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 25,
    cursor: None | str | Unset = UNSET,
    sort: None | str | Unset = UNSET,
    location: None | str | Unset = UNSET,
) -> PageMovement | ProblemDetails | None:
    """List Movements

     The ledger of a SKU, newest first, each line with the balance that it left at its location.

    Args:
        sku (str):
        limit (int | Unset): How many to answer at most. Default: 25.
        cursor (None | str | Unset): `next_cursor` or `prev_cursor` of another page.
        sort (None | str | Unset): In which order: by what, and with `-` in front of it,
            descending. By default as the list says.
        location (None | str | Unset): Only at this location.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PageMovement | ProblemDetails
    """

    return (
        await asyncio_detailed(
            sku=sku,
            client=client,
            limit=limit,
            cursor=cursor,
            sort=sort,
            location=location,
        )
    ).parsed
