from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.page_product import PageProduct
from ...models.problem_details import ProblemDetails
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    limit: int | Unset = 25,
    cursor: None | str | Unset = UNSET,
    sort: None | str | Unset = UNSET,
    currency: str | Unset = "EUR",
    q: str | Unset = "",
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

    params["currency"] = currency

    params["q"] = q

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/products",
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> PageProduct | ProblemDetails:
    if response.status_code == 200:
        response_200 = PageProduct.from_dict(response.json())

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
) -> Response[PageProduct | ProblemDetails]:
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
    currency: str | Unset = "EUR",
    q: str | Unset = "",
) -> Response[PageProduct | ProblemDetails]:
    """List Products

     What is for sale, newest first.

    Open to keys that are bound to a customer, too: they meet nothing but what is theirs.

    Args:
        limit (int | Unset): How many to answer at most. Default: 25.
        cursor (None | str | Unset): `next_cursor` or `prev_cursor` of another page.
        sort (None | str | Unset): In which order: by what, and with `-` in front of it,
            descending. By default as the list says.
        currency (str | Unset): Only what has a price in this currency. Default: 'EUR'.
        q (str | Unset): Only what holds each of these words, in full or in part: in its name,
            description, SKUs or attributes. Default: ''.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PageProduct | ProblemDetails]
    """

    kwargs = _get_kwargs(
        limit=limit,
        cursor=cursor,
        sort=sort,
        currency=currency,
        q=q,
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
    currency: str | Unset = "EUR",
    q: str | Unset = "",
) -> PageProduct | ProblemDetails | None:
    """List Products

     What is for sale, newest first.

    Open to keys that are bound to a customer, too: they meet nothing but what is theirs.

    Args:
        limit (int | Unset): How many to answer at most. Default: 25.
        cursor (None | str | Unset): `next_cursor` or `prev_cursor` of another page.
        sort (None | str | Unset): In which order: by what, and with `-` in front of it,
            descending. By default as the list says.
        currency (str | Unset): Only what has a price in this currency. Default: 'EUR'.
        q (str | Unset): Only what holds each of these words, in full or in part: in its name,
            description, SKUs or attributes. Default: ''.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PageProduct | ProblemDetails
    """

    return sync_detailed(
        client=client,
        limit=limit,
        cursor=cursor,
        sort=sort,
        currency=currency,
        q=q,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 25,
    cursor: None | str | Unset = UNSET,
    sort: None | str | Unset = UNSET,
    currency: str | Unset = "EUR",
    q: str | Unset = "",
) -> Response[PageProduct | ProblemDetails]:
    """List Products

     What is for sale, newest first.

    Open to keys that are bound to a customer, too: they meet nothing but what is theirs.

    Args:
        limit (int | Unset): How many to answer at most. Default: 25.
        cursor (None | str | Unset): `next_cursor` or `prev_cursor` of another page.
        sort (None | str | Unset): In which order: by what, and with `-` in front of it,
            descending. By default as the list says.
        currency (str | Unset): Only what has a price in this currency. Default: 'EUR'.
        q (str | Unset): Only what holds each of these words, in full or in part: in its name,
            description, SKUs or attributes. Default: ''.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PageProduct | ProblemDetails]
    """

    kwargs = _get_kwargs(
        limit=limit,
        cursor=cursor,
        sort=sort,
        currency=currency,
        q=q,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 25,
    cursor: None | str | Unset = UNSET,
    sort: None | str | Unset = UNSET,
    currency: str | Unset = "EUR",
    q: str | Unset = "",
) -> PageProduct | ProblemDetails | None:
    """List Products

     What is for sale, newest first.

    Open to keys that are bound to a customer, too: they meet nothing but what is theirs.

    Args:
        limit (int | Unset): How many to answer at most. Default: 25.
        cursor (None | str | Unset): `next_cursor` or `prev_cursor` of another page.
        sort (None | str | Unset): In which order: by what, and with `-` in front of it,
            descending. By default as the list says.
        currency (str | Unset): Only what has a price in this currency. Default: 'EUR'.
        q (str | Unset): Only what holds each of these words, in full or in part: in its name,
            description, SKUs or attributes. Default: ''.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PageProduct | ProblemDetails
    """

    return (
        await asyncio_detailed(
            client=client,
            limit=limit,
            cursor=cursor,
            sort=sort,
            currency=currency,
            q=q,
        )
    ).parsed
