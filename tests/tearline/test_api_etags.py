import pytest
from django.test import Client

from tearline.api import Problem, etag_of, expected
from tearline.api.keys import issue
from tests.tearline.example_api import Thing

pytestmark = pytest.mark.urls("tests.tearline.example_api")

SEEN = etag_of(Thing(name="one", version=3))


def test_whatever_is_read_has_an_etag_and_is_sent_once(db: None) -> None:
    _, token = issue(name="reader", scopes=["things:read"])
    client = Client(headers={"Authorization": f"Bearer {token}"})
    path = "/api/v1/example/keys"
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert (first["Cache-Control"], again["Cache-Control"]) == ("private, no-cache", "private, no-cache")
    issue(name="another", scopes=[])
    assert client.get(path, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_a_problem_has_no_etag(client: Client) -> None:
    answer = client.get("/api/v1/example/failures/refusal", headers={"If-None-Match": "*"})
    assert (answer.status_code, "ETag" in answer) == (409, False)


def test_an_etag_tells_both_the_version_and_what_is_told() -> None:
    assert SEEN.startswith('"3-')
    assert len({SEEN, etag_of(Thing(name="one", version=4)), etag_of(Thing(name="two", version=3))}) == 3


@pytest.mark.parametrize(
    ("if_match", "said", "version"),
    [(None, None, None), (None, 2, 2), ("*", None, None), ("*", 2, 2), (SEEN, None, 3), (SEEN, 3, 3)],
)
def test_the_version_to_change_is_told_in_either_place(
    if_match: str | None, said: int | None, version: int | None
) -> None:
    assert expected(if_match, said=said) == version


@pytest.mark.parametrize(
    ("if_match", "said", "status", "code"),
    [
        (None, None, 428, "precondition_required"),
        (SEEN, 4, 400, "invalid_precondition"),
        (f"{SEEN}, {etag_of(Thing(name='one', version=4))}", None, 400, "invalid_precondition"),
        ('"abc"', None, 412, "precondition_failed"),
        (f"W/{SEEN}", None, 412, "precondition_failed"),
        ("", None, 412, "precondition_failed"),
    ],
)
def test_what_names_no_version_or_two_is_refused(
    if_match: str | None, said: int | None, status: int, code: str
) -> None:
    with pytest.raises(Problem) as refused:
        expected(if_match, said=said, needed=True)
    assert (refused.value.status, refused.value.code) == (status, code)
