"""What a browser may do with what we answer."""

import pytest
from django.test import Client
from pytest_django import Settings

from tearline.content_security import HEADER, allowing

NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def test_what_a_page_needs_is_all_that_it_may() -> None:
    assert allowing() == NOTHING
    assert allowing(form_action="'self'", img_src="'self'") == (
        "default-src 'none'; form-action 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


@pytest.mark.parametrize("path", ["/api/v1/openapi.json", "/api/v1/orders", "/api/v1/nowhere", "/nowhere"])
def test_with_data_and_problems_a_browser_does_nothing(client: Client, db: None, path: str) -> None:
    answer = client.get(path)
    assert answer[HEADER] == NOTHING
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == answer["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/", "/api/v1/docs", "/api/v1/notifications/preview"])
def test_no_page_may_run_scripts_that_are_not_in_a_file_of_ours(
    client: Client, db: None, settings: Settings, path: str
) -> None:
    settings.DEBUG = True
    policy = client.get(path)[HEADER]
    assert policy.startswith("default-src 'none'; ")
    assert "script-src 'unsafe-inline'" not in policy
    assert not {"http:", "https:", "*", "'unsafe-eval'"} & set(policy.replace(";", "").split())
