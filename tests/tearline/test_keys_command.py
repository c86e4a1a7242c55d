"""Keys in the hands of operators: issued, changed while they are in use, taken away."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from tearline.api import keys
from tearline.api.models import ApiKey

pytestmark = [pytest.mark.urls("tests.tearline.example_api"), pytest.mark.usefixtures("db")]


def run(*arguments: str) -> list[str]:
    out = io.StringIO()
    call_command("keys", *arguments, stdout=out)
    return out.getvalue().splitlines()


def caller(token: str) -> Any:
    """Under which name it is known; None: it opens nothing."""
    response = Client().get("/api/v1/example/whoami", headers={"Authorization": f"Bearer {token}"})
    return response.json().get("caller")


def test_a_key_is_issued_listed_and_revoked() -> None:
    told, token = run("issue", "the till", "things:read", "things:write", "--customer", "cus_1", "--days", "2")
    key = ApiKey.objects.get()
    assert told.startswith(key.id)
    assert (key.name, key.scopes, key.customer) == ("the till", ["things:read", "things:write"], "cus_1")
    assert key.expires_at is not None
    assert timedelta(days=1) < key.expires_at - timezone.now() <= timedelta(days=2)
    [line] = run()
    assert line.startswith(f"{key.id}  {token[:14]}…  the till of cus_1: things:read things:write  (expires 2")
    assert line.endswith(", never used)")
    assert token not in line
    run("revoke", f"{key.prefix}…")
    assert run("list") == []
    assert "(revoked 2" in run("list", "--all")[0]
    revoked_at = ApiKey.objects.get().revoked_at
    run("revoke", key.id)
    assert ApiKey.objects.get().revoked_at == revoked_at


def test_whoever_changes_keys_is_known_by_the_same_name_and_may_do_the_same() -> None:
    """So that what is repeated with the new key under the same Idempotency-Key has no second effect."""
    old, token = keys.issue(name="till", scopes=["things:read"], live=True)
    *_, second = run("rotate", old.id, "--overlap", "3")
    *_, third = run("rotate", second[:14])
    assert [caller(each) for each in (token, second, third)] == [f"api:{old.id}"] * 3
    assert third.startswith("sk_live_")
    assert {(key.name, *key.scopes, key.customer) for key in ApiKey.objects.all()} == {("till", "things:read", None)}
    old.refresh_from_db()
    assert old.expires_at is not None
    assert timedelta(hours=2) < old.expires_at - timezone.now() <= timedelta(hours=3)
    ApiKey.objects.filter(id=old.id).update(expires_at=timezone.now())
    assert [caller(each) for each in (token, third)] == [None, f"api:{old.id}"]


def test_a_customers_key_is_changed_for_one_of_the_same_customer() -> None:
    old, _ = keys.issue(name="ada", scopes=["things:read"], customer="cus_ada")
    new, _ = keys.rotate(old.id, overlap=timedelta(0))
    assert new.customer == "cus_ada"


def test_a_new_key_lives_as_long_as_the_old_one_was_meant_to_and_no_old_one_lives_longer() -> None:
    now = timezone.now()
    old, _ = keys.issue(name="short", scopes=[], expires_at=now + timedelta(hours=1))
    new, _ = keys.rotate(old.id, overlap=timedelta(hours=24))
    old.refresh_from_db()
    assert old.expires_at == now + timedelta(hours=1)
    assert new.expires_at is not None
    assert new.expires_at >= now + timedelta(hours=1)


def test_a_key_that_opens_nothing_gets_no_successor() -> None:
    old, _ = keys.issue(name="gone", scopes=["things:read"])
    old.revoke()
    with pytest.raises(CommandError, match="revoked"):
        run("rotate", old.id)
    assert ApiKey.objects.count() == 1


def test_one_key_takes_the_place_of_another_and_if_that_one_is_lost_the_next_does() -> None:
    old, _ = keys.issue(name="till", scopes=["things:read"])
    new, _ = keys.rotate(old.id, overlap=timedelta(hours=1))
    with pytest.raises(CommandError, match=f"{new.id} has taken the place"):
        run("rotate", old.id)
    assert ApiKey.objects.count() == 2
    new.revoke()
    *_, token = run("rotate", old.id)
    assert caller(token) == f"api:{old.id}"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["issue", "odd", "orders"], "not a scope"),
        (["issue", "odd", "orders:read", "--customer", "Ada Lovelace"], "not the name of a customer"),
        (["issue", "odd", "orders:read", "--customer", ""], "not the name of a customer"),
        (["revoke", "key_1"], "no key is named key_1"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_issued(arguments: list[str], says: str) -> None:
    with pytest.raises(CommandError, match=says):
        run(*arguments)
    assert not ApiKey.objects.exists()
