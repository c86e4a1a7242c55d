"""Whoever writes letters sees all of them."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from modules.notifications import letters

INDEX = "/api/v1/notifications/preview"


@pytest.fixture
def staff(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_user("ada", is_staff=True))
    return client


def test_every_letter_is_shown_in_every_language(staff: Client) -> None:
    links = re.findall(r'href="preview/([^"]+)"', staff.get(INDEX).content.decode())
    assert len(links) == len(letters.TEMPLATES) * len(letters.LOCALES)
    for link in links:
        shown = staff.get(f"{INDEX}/{link}")
        assert shown.status_code == 200
        assert "srcdoc=" in shown.content.decode()


def test_nothing_of_a_letter_runs_in_the_page(staff: Client) -> None:
    shown = staff.get(f"{INDEX}/en/confirmation").content.decode()

    assert "Róisín O&#x27;Brien &lt;3" in shown
    assert "sandbox" in shown
    assert "<3" not in shown


def test_nobody_else_sees_them_but_developers(db: None, settings: Settings) -> None:
    client = Client()
    assert client.get(INDEX).status_code == 401
    client.force_login(User.objects.create_user("eve"))
    assert client.get(INDEX).status_code == 401
    settings.DEBUG = True
    assert client.get(INDEX).status_code == 200


def test_there_are_no_others(staff: Client) -> None:
    assert staff.get(f"{INDEX}/en/nothing").status_code == 404
    assert staff.get(f"{INDEX}/xx/confirmation").status_code == 404
