import datetime
from http import HTTPStatus
from typing import Any, Literal

import httpx

from ...client import AuthenticatedClient, Client
from ...models.orders_list_orders_fulfillment_status_type_0 import (
    OrdersListOrdersFulfillmentStatusType0,
)
from ...models.orders_list_orders_fulfillment_status_type_1_item import (
    OrdersListOrdersFulfillmentStatusType1Item,
)
from ...models.orders_list_orders_payment_status_type_0 import (
    OrdersListOrdersPaymentStatusType0,
)
from ...models.orders_list_orders_payment_status_type_1_item import (
    OrdersListOrdersPaymentStatusType1Item,
)
from ...models.orders_list_orders_sort_type_0 import OrdersListOrdersSortType0
from ...models.orders_list_orders_status_type_0 import OrdersListOrdersStatusType0
from ...models.orders_list_orders_status_type_1_item import (
    OrdersListOrdersStatusType1Item,
)
from ...models.page_expanded_order import PageExpandedOrder
from ...models.problem_details import ProblemDetails
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    limit: int | Unset = 25,
    cursor: None | str | Unset = UNSET,
    sort: None | OrdersListOrdersSortType0 | Unset = UNSET,
    created_atgt: datetime.datetime | None | Unset = UNSET,
    created_atgte: datetime.datetime | None | Unset = UNSET,
    created_atlt: datetime.datetime | None | Unset = UNSET,
    created_atlte: datetime.datetime | None | Unset = UNSET,
    status: list[OrdersListOrdersStatusType1Item] | None | OrdersListOrdersStatusType0 | Unset = UNSET,
    payment_status: list[OrdersListOrdersPaymentStatusType1Item]
    | None
    | OrdersListOrdersPaymentStatusType0
    | Unset = UNSET,
    fulfillment_status: list[OrdersListOrdersFulfillmentStatusType1Item]
    | None
    | OrdersListOrdersFulfillmentStatusType0
    | Unset = UNSET,
    customer: None | str | Unset = UNSET,
    currency: None | str | Unset = UNSET,
    totalgt: int | None | Unset = UNSET,
    totalgte: int | None | Unset = UNSET,
    totallt: int | None | Unset = UNSET,
    totallte: int | None | Unset = UNSET,
    expand: list[Literal["returns"]] | None | Unset = UNSET,
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
    elif isinstance(sort, OrdersListOrdersSortType0):
        json_sort = sort.value
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

    json_status: list[str] | None | str | Unset
    if isinstance(status, Unset):
        json_status = UNSET
    elif isinstance(status, OrdersListOrdersStatusType0):
        json_status = status.value
    elif isinstance(status, list):
        json_status = []
        for status_type_1_item_data in status:
            status_type_1_item = status_type_1_item_data.value
            json_status.append(status_type_1_item)

    else:
        json_status = status
    params["status"] = json_status

    json_payment_status: list[str] | None | str | Unset
    if isinstance(payment_status, Unset):
        json_payment_status = UNSET
    elif isinstance(payment_status, OrdersListOrdersPaymentStatusType0):
        json_payment_status = payment_status.value
    elif isinstance(payment_status, list):
        json_payment_status = []
        for payment_status_type_1_item_data in payment_status:
            payment_status_type_1_item = payment_status_type_1_item_data.value
            json_payment_status.append(payment_status_type_1_item)

    else:
        json_payment_status = payment_status
    params["payment_status"] = json_payment_status

    json_fulfillment_status: list[str] | None | str | Unset
    if isinstance(fulfillment_status, Unset):
        json_fulfillment_status = UNSET
    elif isinstance(fulfillment_status, OrdersListOrdersFulfillmentStatusType0):
        json_fulfillment_status = fulfillment_status.value
    elif isinstance(fulfillment_status, list):
        json_fulfillment_status = []
        for fulfillment_status_type_1_item_data in fulfillment_status:
            fulfillment_status_type_1_item = fulfillment_status_type_1_item_data.value
            json_fulfillment_status.append(fulfillment_status_type_1_item)

    else:
        json_fulfillment_status = fulfillment_status
    params["fulfillment_status"] = json_fulfillment_status

    json_customer: None | str | Unset
    if isinstance(customer, Unset):
        json_customer = UNSET
    else:
        json_customer = customer
    params["customer"] = json_customer

    json_currency: None | str | Unset
    if isinstance(currency, Unset):
        json_currency = UNSET
    else:
        json_currency = currency
    params["currency"] = json_currency

    json_totalgt: int | None | Unset
    if isinstance(totalgt, Unset):
        json_totalgt = UNSET
    else:
        json_totalgt = totalgt
    params["total[gt]"] = json_totalgt

    json_totalgte: int | None | Unset
    if isinstance(totalgte, Unset):
        json_totalgte = UNSET
    else:
        json_totalgte = totalgte
    params["total[gte]"] = json_totalgte

    json_totallt: int | None | Unset
    if isinstance(totallt, Unset):
        json_totallt = UNSET
    else:
        json_totallt = totallt
    params["total[lt]"] = json_totallt

    json_totallte: int | None | Unset
    if isinstance(totallte, Unset):
        json_totallte = UNSET
    else:
        json_totallte = totallte
    params["total[lte]"] = json_totallte

    json_expand: list[Literal["returns"]] | None | Unset
    if isinstance(expand, Unset):
        json_expand = UNSET
    elif isinstance(expand, list):
        json_expand = expand

    else:
        json_expand = expand
    params["expand"] = json_expand

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/orders",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> PageExpandedOrder | ProblemDetails:
    if response.status_code == 200:
        response_200 = PageExpandedOrder.from_dict(response.json())

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
) -> Response[PageExpandedOrder | ProblemDetails]:
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
    sort: None | OrdersListOrdersSortType0 | Unset = UNSET,
    created_atgt: datetime.datetime | None | Unset = UNSET,
    created_atgte: datetime.datetime | None | Unset = UNSET,
    created_atlt: datetime.datetime | None | Unset = UNSET,
    created_atlte: datetime.datetime | None | Unset = UNSET,
    status: list[OrdersListOrdersStatusType1Item] | None | OrdersListOrdersStatusType0 | Unset = UNSET,
    payment_status: list[OrdersListOrdersPaymentStatusType1Item]
    | None
    | OrdersListOrdersPaymentStatusType0
    | Unset = UNSET,
    fulfillment_status: list[OrdersListOrdersFulfillmentStatusType1Item]
    | None
    | OrdersListOrdersFulfillmentStatusType0
    | Unset = UNSET,
    customer: None | str | Unset = UNSET,
    currency: None | str | Unset = UNSET,
    totalgt: int | None | Unset = UNSET,
    totalgte: int | None | Unset = UNSET,
    totallt: int | None | Unset = UNSET,
    totallte: int | None | Unset = UNSET,
    expand: list[Literal["returns"]] | None | Unset = UNSET,
) -> Response[PageExpandedOrder | ProblemDetails]:
    """List Orders

     Orders, newest first. `expand=returns` tells what comes back of each.

    Open to keys that are bound to a customer, too: they meet nothing but what is theirs.

    Args:
        limit (int | Unset): How many to answer at most. Default: 25.
        cursor (None | str | Unset): `next_cursor` or `prev_cursor` of another page.
        sort (None | OrdersListOrdersSortType0 | Unset): In which order: by what, and with `-` in
            front of it, descending. By default as the list says.
        created_atgt (datetime.datetime | None | Unset): Only after this time.
        created_atgte (datetime.datetime | None | Unset): Only from this time on.
        created_atlt (datetime.datetime | None | Unset): Only before this time.
        created_atlte (datetime.datetime | None | Unset): Only up to this time.
        status (list[OrdersListOrdersStatusType1Item] | None | OrdersListOrdersStatusType0 |
            Unset): Only in one of these states.
        payment_status (list[OrdersListOrdersPaymentStatusType1Item] | None |
            OrdersListOrdersPaymentStatusType0 | Unset): Only with one of these payment statuses.
        fulfillment_status (list[OrdersListOrdersFulfillmentStatusType1Item] | None |
            OrdersListOrdersFulfillmentStatusType0 | Unset): Only with one of these fulfillment
            statuses.
        customer (None | str | Unset): Only of this customer.
        currency (None | str | Unset): Only in this currency.
        totalgt (int | None | Unset): Only above this, in minor units.
        totalgte (int | None | Unset): Only from this on.
        totallt (int | None | Unset): Only below this.
        totallte (int | None | Unset): Only up to this.
        expand (list[Literal['returns']] | None | Unset): What else to tell, below `expanded`.
            Several: with commas between them.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PageExpandedOrder | ProblemDetails]
    """

    kwargs = _get_kwargs(
        limit=limit,
        cursor=cursor,
        sort=sort,
        created_atgt=created_atgt,
        created_atgte=created_atgte,
        created_atlt=created_atlt,
        created_atlte=created_atlte,
        status=status,
        payment_status=payment_status,
        fulfillment_status=fulfillment_status,
        customer=customer,
        currency=currency,
        totalgt=totalgt,
        totalgte=totalgte,
        totallt=totallt,
        totallte=totallte,
        expand=expand,
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
    sort: None | OrdersListOrdersSortType0 | Unset = UNSET,
    created_atgt: datetime.datetime | None | Unset = UNSET,
    created_atgte: datetime.datetime | None | Unset = UNSET,
    created_atlt: datetime.datetime | None | Unset = UNSET,
    created_atlte: datetime.datetime | None | Unset = UNSET,
    status: list[OrdersListOrdersStatusType1Item] | None | OrdersListOrdersStatusType0 | Unset = UNSET,
    payment_status: list[OrdersListOrdersPaymentStatusType1Item]
    | None
    | OrdersListOrdersPaymentStatusType0
    | Unset = UNSET,
    fulfillment_status: list[OrdersListOrdersFulfillmentStatusType1Item]
    | None
    | OrdersListOrdersFulfillmentStatusType0
    | Unset = UNSET,
    customer: None | str | Unset = UNSET,
    currency: None | str | Unset = UNSET,
    totalgt: int | None | Unset = UNSET,
    totalgte: int | None | Unset = UNSET,
    totallt: int | None | Unset = UNSET,
    totallte: int | None | Unset = UNSET,
    expand: list[Literal["returns"]] | None | Unset = UNSET,
) -> PageExpandedOrder | ProblemDetails | None:
    """List Orders

     Orders, newest first. `expand=returns` tells what comes back of each.

    Open to keys that are bound to a customer, too: they meet nothing but what is theirs.

    Args:
        limit (int | Unset): How many to answer at most. Default: 25.
        cursor (None | str | Unset): `next_cursor` or `prev_cursor` of another page.
        sort (None | OrdersListOrdersSortType0 | Unset): In which order: by what, and with `-` in
            front of it, descending. By default as the list says.
        created_atgt (datetime.datetime | None | Unset): Only after this time.
        created_atgte (datetime.datetime | None | Unset): Only from this time on.
        created_atlt (datetime.datetime | None | Unset): Only before this time.
        created_atlte (datetime.datetime | None | Unset): Only up to this time.
        status (list[OrdersListOrdersStatusType1Item] | None | OrdersListOrdersStatusType0 |
            Unset): Only in one of these states.
        payment_status (list[OrdersListOrdersPaymentStatusType1Item] | None |
            OrdersListOrdersPaymentStatusType0 | Unset): Only with one of these payment statuses.
        fulfillment_status (list[OrdersListOrdersFulfillmentStatusType1Item] | None |
            OrdersListOrdersFulfillmentStatusType0 | Unset): Only with one of these fulfillment
            statuses.
        customer (None | str | Unset): Only of this customer.
        currency (None | str | Unset): Only in this currency.
        totalgt (int | None | Unset): Only above this, in minor units.
        totalgte (int | None | Unset): Only from this on.
        totallt (int | None | Unset): Only below this.
        totallte (int | None | Unset): Only up to this.
        expand (list[Literal['returns']] | None | Unset): What else to tell, below `expanded`.
            Several: with commas between them.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PageExpandedOrder | ProblemDetails
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
        status=status,
        payment_status=payment_status,
        fulfillment_status=fulfillment_status,
        customer=customer,
        currency=currency,
        totalgt=totalgt,
        totalgte=totalgte,
        totallt=totallt,
        totallte=totallte,
        expand=expand,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 25,
    cursor: None | str | Unset = UNSET,
    sort: None | OrdersListOrdersSortType0 | Unset = UNSET,
    created_atgt: datetime.datetime | None | Unset = UNSET,
    created_atgte: datetime.datetime | None | Unset = UNSET,
    created_atlt: datetime.datetime | None | Unset = UNSET,
    created_atlte: datetime.datetime | None | Unset = UNSET,
    status: list[OrdersListOrdersStatusType1Item] | None | OrdersListOrdersStatusType0 | Unset = UNSET,
    payment_status: list[OrdersListOrdersPaymentStatusType1Item]
    | None
    | OrdersListOrdersPaymentStatusType0
    | Unset = UNSET,
    fulfillment_status: list[OrdersListOrdersFulfillmentStatusType1Item]
    | None
    | OrdersListOrdersFulfillmentStatusType0
    | Unset = UNSET,
    customer: None | str | Unset = UNSET,
    currency: None | str | Unset = UNSET,
    totalgt: int | None | Unset = UNSET,
    totalgte: int | None | Unset = UNSET,
    totallt: int | None | Unset = UNSET,
    totallte: int | None | Unset = UNSET,
    expand: list[Literal["returns"]] | None | Unset = UNSET,
) -> Response[PageExpandedOrder | ProblemDetails]:
    """List Orders

     Orders, newest first. `expand=returns` tells what comes back of each.

    Open to keys that are bound to a customer, too: they meet nothing but what is theirs.

    Args:
        limit (int | Unset): How many to answer at most. Default: 25.
        cursor (None | str | Unset): `next_cursor` or `prev_cursor` of another page.
        sort (None | OrdersListOrdersSortType0 | Unset): In which order: by what, and with `-` in
            front of it, descending. By default as the list says.
        created_atgt (datetime.datetime | None | Unset): Only after this time.
        created_atgte (datetime.datetime | None | Unset): Only from this time on.
        created_atlt (datetime.datetime | None | Unset): Only before this time.
        created_atlte (datetime.datetime | None | Unset): Only up to this time.
        status (list[OrdersListOrdersStatusType1Item] | None | OrdersListOrdersStatusType0 |
            Unset): Only in one of these states.
        payment_status (list[OrdersListOrdersPaymentStatusType1Item] | None |
            OrdersListOrdersPaymentStatusType0 | Unset): Only with one of these payment statuses.
        fulfillment_status (list[OrdersListOrdersFulfillmentStatusType1Item] | None |
            OrdersListOrdersFulfillmentStatusType0 | Unset): Only with one of these fulfillment
            statuses.
        customer (None | str | Unset): Only of this customer.
        currency (None | str | Unset): Only in this currency.
        totalgt (int | None | Unset): Only above this, in minor units.
        totalgte (int | None | Unset): Only from this on.
        totallt (int | None | Unset): Only below this.
        totallte (int | None | Unset): Only up to this.
        expand (list[Literal['returns']] | None | Unset): What else to tell, below `expanded`.
            Several: with commas between them.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PageExpandedOrder | ProblemDetails]
    """

    kwargs = _get_kwargs(
        limit=limit,
        cursor=cursor,
        sort=sort,
        created_atgt=created_atgt,
        created_atgte=created_atgte,
        created_atlt=created_atlt,
        created_atlte=created_atlte,
        status=status,
        payment_status=payment_status,
        fulfillment_status=fulfillment_status,
        customer=customer,
        currency=currency,
        totalgt=totalgt,
        totalgte=totalgte,
        totallt=totallt,
        totallte=totallte,
        expand=expand,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 25,
    cursor: None | str | Unset = UNSET,
    sort: None | OrdersListOrdersSortType0 | Unset = UNSET,
    created_atgt: datetime.datetime | None | Unset = UNSET,
    created_atgte: datetime.datetime | None | Unset = UNSET,
    created_atlt: datetime.datetime | None | Unset = UNSET,
    created_atlte: datetime.datetime | None | Unset = UNSET,
    status: list[OrdersListOrdersStatusType1Item] | None | OrdersListOrdersStatusType0 | Unset = UNSET,
    payment_status: list[OrdersListOrdersPaymentStatusType1Item]
    | None
    | OrdersListOrdersPaymentStatusType0
    | Unset = UNSET,
    fulfillment_status: list[OrdersListOrdersFulfillmentStatusType1Item]
    | None
    | OrdersListOrdersFulfillmentStatusType0
    | Unset = UNSET,
    customer: None | str | Unset = UNSET,
    currency: None | str | Unset = UNSET,
    totalgt: int | None | Unset = UNSET,
    totalgte: int | None | Unset = UNSET,
    totallt: int | None | Unset = UNSET,
    totallte: int | None | Unset = UNSET,
    expand: list[Literal["returns"]] | None | Unset = UNSET,
) -> PageExpandedOrder | ProblemDetails | None:
    """List Orders

     Orders, newest first. `expand=returns` tells what comes back of each.

    Open to keys that are bound to a customer, too: they meet nothing but what is theirs.

    Args:
        limit (int | Unset): How many to answer at most. Default: 25.
        cursor (None | str | Unset): `next_cursor` or `prev_cursor` of another page.
        sort (None | OrdersListOrdersSortType0 | Unset): In which order: by what, and with `-` in
            front of it, descending. By default as the list says.
        created_atgt (datetime.datetime | None | Unset): Only after this time.
        created_atgte (datetime.datetime | None | Unset): Only from this time on.
        created_atlt (datetime.datetime | None | Unset): Only before this time.
        created_atlte (datetime.datetime | None | Unset): Only up to this time.
        status (list[OrdersListOrdersStatusType1Item] | None | OrdersListOrdersStatusType0 |
            Unset): Only in one of these states.
        payment_status (list[OrdersListOrdersPaymentStatusType1Item] | None |
            OrdersListOrdersPaymentStatusType0 | Unset): Only with one of these payment statuses.
        fulfillment_status (list[OrdersListOrdersFulfillmentStatusType1Item] | None |
            OrdersListOrdersFulfillmentStatusType0 | Unset): Only with one of these fulfillment
            statuses.
        customer (None | str | Unset): Only of this customer.
        currency (None | str | Unset): Only in this currency.
        totalgt (int | None | Unset): Only above this, in minor units.
        totalgte (int | None | Unset): Only from this on.
        totallt (int | None | Unset): Only below this.
        totallte (int | None | Unset): Only up to this.
        expand (list[Literal['returns']] | None | Unset): What else to tell, below `expanded`.
            Several: with commas between them.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PageExpandedOrder | ProblemDetails
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
            status=status,
            payment_status=payment_status,
            fulfillment_status=fulfillment_status,
            customer=customer,
            currency=currency,
            totalgt=totalgt,
            totalgte=totalgte,
            totallt=totallt,
            totallte=totallte,
            expand=expand,
        )
    ).parsed
