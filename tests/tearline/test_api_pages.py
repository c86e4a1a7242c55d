from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from tearline.api import Page, PageAsked, keys, paged
from tearline.api.models import ApiKey

pytestmark = [pytest.mark.urls("tests.tearline.example_api"), pytest.mark.usefixtures("db")]


def issued(count: int) -> list[str]:
    """The ids of new rows, newest first."""
    return [keys.issue(name=f"row {n}", scopes=[])[0].id for n in range(count)][::-1]


def page(client: Client, path: str = "keys", **asked: Any) -> dict[str, Any]:
    response = client.get(f"/api/v1/example/{path}", asked)
    assert response.status_code == 200, response.content
    answer: dict[str, Any] = response.json()
    assert answer.keys() == {"data", "has_more", "next_cursor", "prev_cursor"}
    assert answer["has_more"] is (answer["next_cursor"] is not None)
    return answer


def problem(client: Client, query: str) -> dict[str, Any]:
    response = client.get(f"/api/v1/example/keys?{query}")
    assert response.status_code == 400
    answer: dict[str, Any] = response.json()
    return answer


def test_a_list_is_told_newest_first_and_in_whole_when_it_fits(client: Client) -> None:
    ids = issued(3)
    assert page(client) == {"data": ids, "has_more": False, "next_cursor": None, "prev_cursor": None}


def test_an_empty_list_is_a_page_too(client: Client) -> None:
    assert page(client) == {"data": [], "has_more": False, "next_cursor": None, "prev_cursor": None}


def test_the_cursors_lead_through_the_list_and_back(client: Client) -> None:
    ids = issued(7)
    first = page(client, limit=3)
    second = page(client, limit=3, cursor=first["next_cursor"])
    third = page(client, limit=3, cursor=second["next_cursor"])
    assert [first["data"], second["data"], third["data"]] == [ids[:3], ids[3:6], ids[6:]]
    assert (first["prev_cursor"], third["next_cursor"]) == (None, None)
    back = page(client, limit=3, cursor=third["prev_cursor"])
    assert back["data"] == second["data"]
    assert page(client, limit=3, cursor=back["prev_cursor"])["data"] == first["data"]
    assert page(client, limit=3, cursor=back["next_cursor"])["data"] == third["data"]


def test_twenty_five_are_told_unless_asked_otherwise(client: Client) -> None:
    issued(26)
    assert len(page(client)["data"]) == 25


def test_a_page_stays_put_while_rows_come_and_go(client: Client) -> None:
    ids = issued(6)
    first = page(client, limit=3)
    newer = issued(2)
    second = page(client, limit=3, cursor=first["next_cursor"])
    assert second["data"] == ids[3:]
    ApiKey.objects.filter(id__in=[ids[2], ids[3]]).delete()
    assert page(client, limit=3, cursor=first["next_cursor"])["data"] == ids[4:]
    assert page(client, limit=9, cursor=second["prev_cursor"])["data"] == [*newer, *ids[:2]]


def test_a_list_may_be_told_upwards(client: Client) -> None:
    ids = issued(5)[::-1]
    first = page(client, "keys-by-age", limit=3)
    second = page(client, "keys-by-age", limit=3, cursor=first["next_cursor"])
    assert [first["data"], second["data"]] == [ids[:3], ids[3:]]
    assert page(client, "keys-by-age", limit=3, cursor=second["prev_cursor"])["data"] == ids[:3]


def test_filters_hold_across_pages(client: Client) -> None:
    issued(2)
    wanted = [keys.issue(name="wanted", scopes=[])[0].id for _ in range(3)][::-1]
    issued(2)
    first = page(client, limit=2, name="wanted")
    second = page(client, limit=2, name="wanted", cursor=first["next_cursor"])
    assert first["data"] + second["data"] == wanted
    assert second["has_more"] is False


def test_a_page_costs_one_query(client: Client) -> None:
    issued(3)
    with CaptureQueriesContext(connection) as queries:
        page(client, limit=2)
    assert len(queries) == 1


@pytest.mark.parametrize("limit", ["0", "101", "-1", "many", "", "1e1"])
def test_a_limit_out_of_range_is_told_by_name(client: Client, limit: str) -> None:
    answer = problem(client, f"limit={limit}")
    assert (answer["code"], answer["errors"][0]["parameter"]) == ("invalid_parameter", "limit")


@pytest.mark.parametrize("cursor", ["nonsense", "", "%FF", "é", "a.b", "."])
def test_what_was_never_a_cursor_is_refused(client: Client, cursor: str) -> None:
    assert problem(client, f"cursor={cursor}")["code"] == "invalid_cursor"


def test_a_cursor_that_was_changed_anywhere_is_refused(client: Client) -> None:
    issued(2)
    cursor = page(client, limit=1)["next_cursor"]
    assert page(client, cursor=cursor)["data"]
    for place in range(len(cursor)):
        cut = cursor[:place] + cursor[place + 1 :]
        other = cursor[:place] + ("A" if cursor[place] != "A" else "B") + cursor[place + 1 :]
        for mangled in (cut, other):
            assert problem(client, f"cursor={mangled}")["errors"][0]["parameter"] == "cursor"


def test_a_cursor_belongs_to_one_list_with_one_set_of_filters(client: Client) -> None:
    issued(3)
    cursor = page(client, limit=1, name=["row 0", "row 1", "row 2"])["next_cursor"]
    assert page(client, cursor=cursor, limit=2, name=["row 0", "row 1", "row 2"])["data"]
    for query in (f"cursor={cursor}", f"cursor={cursor}&name=row 0"):
        assert problem(client, query)["code"] == "invalid_cursor"
    unfiltered = page(client, limit=1)["next_cursor"]
    elsewhere = client.get("/api/v1/example/keys-by-age", {"cursor": unfiltered})
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (400, "invalid_cursor")


def test_cursors_hold_wherever_the_secret_key_is_the_same(client: Client, settings: Settings) -> None:
    issued(2)
    cursor = page(client, limit=1)["next_cursor"]
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another one"
    assert problem(client, f"cursor={cursor}")["code"] == "invalid_cursor"
    settings.SECRET_KEY_FALLBACKS = [old]
    assert page(client, cursor=cursor)["data"]


def numbers(cursor: str | None) -> Page[int]:
    """A page of rows whose primary keys are numbers."""
    asked = PageAsked(limit=3, cursor=cursor)
    return paged(RequestFactory().get("/groups"), Group.objects.all(), asked, show=lambda group: group.pk)


def test_rows_with_numbers_for_keys_come_in_the_order_of_the_numbers() -> None:
    Group.objects.bulk_create(Group(pk=number, name=f"group {number}") for number in (9, 10, 99, 100))
    first = numbers(None)
    assert (first.data, numbers(first.next_cursor).data) == ([100, 99, 10], [9])


def test_what_takes_one_value_is_not_told_twice(client: Client) -> None:
    answer = problem(client, "limit=5&limit=6&name=a&name=b")
    assert [(flaw["parameter"], flaw["message"]) for flaw in answer["errors"]] == [
        ("limit", "This parameter is there twice.")
    ]


def test_a_parameter_of_several_values_is_named_as_in_the_address(client: Client) -> None:
    long = "&".join(f"name={number}" for number in range(21))
    assert [flaw["parameter"] for flaw in problem(client, long)["errors"]] == ["name"]


def test_an_unknown_parameter_is_refused_so_that_a_misspelt_filter_answers_nothing(client: Client) -> None:
    answer = problem(client, "limit=3&nmae=wanted")
    assert (answer["code"], answer["errors"][0]["parameter"]) == ("unknown_parameter", "nmae")


def test_parameters_are_refused_where_none_are_known(client: Client) -> None:
    response = client.get("/api/v1/example/failures/refusal?verbose=1")
    assert (response.status_code, response.json()["code"]) == (400, "unknown_parameter")


def test_the_character_nul_in_a_parameter_is_refused_before_a_database_sees_it(client: Client) -> None:
    for query in ("name=a%00b", "name=a%00b&name=c"):
        assert problem(client, query)["code"] == "invalid_parameter"


@pytest.mark.parametrize("sort", ["name", "-name", "created_at", "-created_at", "id", "-id"])
def test_pages_stay_put_in_every_order_while_rows_come_and_change(client: Client, sort: str) -> None:
    rows = [keys.issue(name=name, scopes=[])[0].id for name in "bbbabcd"]
    now = timezone.now()
    ApiKey.objects.filter(id__in=rows[2:]).update(created_at=now - timedelta(days=1))
    way = "-" if sort.startswith("-") else ""
    whole = list(ApiKey.objects.order_by(sort, f"{way}pk").values_list("id", flat=True))
    first = page(client, limit=3, sort=sort)
    keys.issue(name="a" if way == "" else "z", scopes=[])
    ApiKey.objects.filter(id=whole[2]).update(name="m", created_at=now - timedelta(hours=1))
    second = page(client, limit=3, sort=sort, cursor=first["next_cursor"])
    assert first["data"] == whole[:3]
    seen = second["data"]
    while second["next_cursor"]:
        second = page(client, limit=3, sort=sort, cursor=second["next_cursor"])
        seen += second["data"]
    assert [told for told in seen if told in whole[3:]] == whole[3:]
    back = page(client, limit=9, sort=sort, cursor=second["prev_cursor"])
    assert set(whole[:2]) <= set(back["data"])


def test_any_of_several_values_will_do(client: Client) -> None:
    ids = {name: keys.issue(name=name, scopes=[])[0].id for name in ("one", "two", "three")}
    assert page(client, name=["one", "three"])["data"] == [ids["three"], ids["one"]]


def test_a_time_is_asked_for_from_both_sides(client: Client) -> None:
    ids = issued(3)
    start = datetime(2026, 11, 1, tzinfo=UTC)
    for days, row in enumerate(ids):
        ApiKey.objects.filter(id=row).update(created_at=start + timedelta(days=days))
    asked = {"created_at[gte]": "2026-11-02T01:00:00+01:00", "created_at[lt]": "2026-11-03T00:00:00Z"}
    assert page(client, **asked)["data"] == [ids[1]]
    assert page(client, **{"created_at[gt]": "2026-11-02T00:00:00Z"})["data"] == [ids[2]]
    assert page(client, **{"created_at[lte]": "2026-11-02T00:00:00Z"})["data"] == ids[:2]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("sort=hash", "sort"),
        ("sort=-", "sort"),
        ("created_at[gte]=2026-11-01T00:00:00", "created_at[gte]"),
        ("created_at[lt]=0001-01-01T00:00:00%2B10:00", "created_at[lt]"),
    ],
)
def test_what_a_list_is_not_sorted_or_filtered_by_is_told_by_name(client: Client, query: str, parameter: str) -> None:
    answer = problem(client, query)
    assert (answer["code"], answer["errors"][0]["parameter"]) == ("invalid_parameter", parameter)


@pytest.mark.parametrize("other", ["-name", "created_at", "id", None])
def test_a_cursor_belongs_to_one_order(client: Client, other: str | None) -> None:
    issued(3)
    cursor = page(client, limit=1, sort="name")["next_cursor"]
    assert problem(client, f"cursor={cursor}" + (f"&sort={other}" if other else ""))["code"] == "invalid_cursor"
