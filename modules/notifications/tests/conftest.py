"""A notifications module among peers that are played."""

from pathlib import Path

import pytest
from pytest_django import Settings

from modules.notifications.tests.mailing import mail_by
from modules.notifications.tests.peers import KnownOrders, new_order
from modules.orders import facade
from modules.orders.contracts import Order


@pytest.fixture
def orders(db: None, monkeypatch: pytest.MonkeyPatch) -> KnownOrders:
    """Plays orders for whoever asks by its facade."""
    known = KnownOrders()
    monkeypatch.setattr(facade.orders, "find", known.find)
    return known


@pytest.fixture
def order(orders: KnownOrders) -> Order:
    order = new_order()
    orders.learn(order)
    return order


@pytest.fixture
def mailbox(settings: Settings, tmp_path: Path) -> Path:
    """The folder in which mail arrives, a file for each letter: the backend that ships as the default."""
    mail_by(settings, "django.core.mail.backends.filebased.EmailBackend", file_path=tmp_path / "mail")
    return tmp_path / "mail"
