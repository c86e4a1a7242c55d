import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from tearline.api import keys
from tearline.api.models import ApiKey
from tearline.prepared import refuse_unless_prepared

pytestmark = [pytest.mark.urls("tests.tearline.example_api"), pytest.mark.usefixtures("db")]


def whoami(client: Client, authorization: str) -> Any:
    return client.get("/api/v1/example/whoami", headers={"Authorization": authorization})


def test_a_key_with_the_scope_lets_in_and_names_its_caller(client: Client) -> None:
    key, token = keys.issue(name="reader", scopes=["things:read"])
    assert whoami(client, f"Bearer {token}").json()["caller"] == f"api:{key.id}"


def test_a_key_for_everything_has_every_scope(client: Client) -> None:
    _, token = keys.issue(name="root", scopes=["*"])
    assert whoami(client, f"Bearer {token}").status_code == 200


def test_only_the_hash_of_a_token_is_kept() -> None:
    key, token = keys.issue(name="reader", scopes=["things:read"])
    stored = ApiKey.objects.values_list("id", "name", "prefix", "hash", "scopes").get()
    assert token not in str(stored)
    assert token.startswith(key.prefix)
    assert len(token) - len(key.prefix) >= 40


def test_tokens_say_whether_they_are_for_real() -> None:
    assert keys.issue(name="t", scopes=[])[1].startswith("sk_test_")
    assert keys.issue(name="l", scopes=[], live=True)[1].startswith("sk_live_")


@pytest.mark.parametrize("authorization", ["", "Basic Zm9vOmJhcg==", "sk_test_1"])
def test_without_a_key_nobody_gets_in(client: Client, authorization: str) -> None:
    response = whoami(client, authorization)
    assert (response.status_code, response.json()["code"]) == (401, "api_key_missing")
    assert response["WWW-Authenticate"] == 'Bearer realm="tearline"'


@pytest.mark.parametrize("token", ["", "sk_test_1", "é", "\udcff", "x" * 10_000])
def test_an_unknown_key_opens_nothing(client: Client, token: str) -> None:
    response = whoami(client, f"Bearer {token}")
    assert (response.status_code, response.json()["code"]) == (401, "api_key_invalid")
    assert 'error="invalid_token"' in response["WWW-Authenticate"]


def test_a_revoked_key_opens_nothing_from_the_next_request_on(client: Client) -> None:
    key, token = keys.issue(name="reader", scopes=["things:read"])
    assert whoami(client, f"Bearer {token}").status_code == 200
    key.revoke()
    assert whoami(client, f"Bearer {token}").status_code == 401


def test_a_key_opens_until_it_expires(client: Client) -> None:
    now = timezone.now()
    _, late = keys.issue(name="late", scopes=["things:read"], expires_at=now - timedelta(seconds=1))
    _, early = keys.issue(name="early", scopes=["things:read"], expires_at=now + timedelta(hours=1))
    assert whoami(client, f"Bearer {late}").status_code == 401
    assert whoami(client, f"Bearer {early}").status_code == 200


def test_a_key_without_the_scope_is_told_which_one_it_lacks(client: Client) -> None:
    _, token = keys.issue(name="writer", scopes=["things:write", "orders:read"])
    response = whoami(client, f"Bearer {token}")
    assert (response.status_code, response.json()["code"]) == (403, "insufficient_scope")
    assert 'scope="things:read"' in response["WWW-Authenticate"]


@pytest.mark.parametrize("scope", ["", "orders", "orders:", "Orders:read", "orders:read ", "**"])
def test_a_scope_that_means_nothing_is_never_issued(scope: str) -> None:
    with pytest.raises(ValueError, match="not a scope"):
        keys.issue(name="odd", scopes=["orders:read", scope])
    assert not ApiKey.objects.exists()


def test_recognising_a_key_costs_one_query_and_its_use_is_noted_once_a_minute(client: Client) -> None:
    key, token = keys.issue(name="reader", scopes=["things:read"])
    whoami(client, f"Bearer {token}")
    key.refresh_from_db()
    noted = key.last_used_at
    assert noted is not None
    with CaptureQueriesContext(connection) as queries:
        whoami(client, f"Bearer {token}")
    assert len(queries) == 1
    ApiKey.objects.update(last_used_at=noted - timedelta(minutes=2))
    whoami(client, f"Bearer {token}")
    key.refresh_from_db()
    assert key.last_used_at is not None
    assert key.last_used_at >= noted


class TestDevelopmentKey:
    @pytest.fixture(autouse=True)
    def workshop(self, settings: Any, tmp_path: Path) -> Path:
        settings.DEBUG = True
        settings.VAR = tmp_path / "var"
        return tmp_path

    def test_it_does_everything_and_stays_the_same(self, client: Client) -> None:
        token = keys.development_key()
        assert keys.development_key() == token
        assert whoami(client, f"Bearer {token}").status_code == 200
        assert ApiKey.objects.count() == 1

    def test_its_file_is_for_its_owner_alone(self, workshop: Path) -> None:
        token = keys.development_key()
        file = workshop / "var" / "development-key"
        assert file.read_text().strip() == token
        assert stat.S_IMODE(file.stat().st_mode) == 0o600

    def test_it_outlives_the_database(self, client: Client) -> None:
        token = keys.development_key()
        ApiKey.objects.all().delete()
        assert keys.development_key() == token
        assert whoami(client, f"Bearer {token}").status_code == 200

    def test_once_revoked_it_is_replaced(self) -> None:
        token = keys.development_key()
        ApiKey.objects.get().revoke()
        assert keys.development_key() != token

    def test_without_debug_there_is_none(self, settings: Any) -> None:
        settings.DEBUG = False
        with pytest.raises(ImproperlyConfigured):
            keys.development_key()
        assert not ApiKey.objects.exists()


def test_no_process_serves_outside_of_development_while_a_development_key_opens_everything(settings: Settings) -> None:
    settings.DEBUG = True
    token = keys.development_key()
    refuse_unless_prepared()
    settings.DEBUG = False
    with pytest.raises(CommandError, match="A development key opens everything here"):
        refuse_unless_prepared()

    ApiKey.objects.get(prefix=token[:14]).revoke()
    refuse_unless_prepared()
