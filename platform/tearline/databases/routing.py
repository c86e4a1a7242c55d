"""Which rows go to which database: each module's to its own, the platform's work rows along with them."""

from typing import Any

from django.conf import settings
from django.db.models import Model

EVERYWHERE = "tearline"
"""The app whose tables are in every module's database, and never in `default`."""


class SayUsing(RuntimeError):
    """A row that every module's database holds was asked for without saying whose."""


def home_of(label: str) -> str:
    """The alias that keeps the rows of the app with this label; EVERYWHERE for the app that is in all modules'."""
    if label == EVERYWHERE or label in settings.TEARLINE_TOPOLOGY.hosted:
        return label
    return "default"


class Router:
    """By app label. Django asks it for every query, relation and migration."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str:
        home = home_of(model._meta.app_label)
        if home != EVERYWHERE:
            return home
        instance = hints.get("instance")
        if instance is None or instance._state.db is None:
            raise SayUsing(f"{model.__name__} is kept in every module's database: say .using(module)")
        alias: str = instance._state.db
        return alias

    def db_for_write(self, model: type[Model], **hints: Any) -> str:
        return self.db_for_read(model, **hints)

    def allow_relation(self, one: Model, other: Model, **_hints: Any) -> bool:
        same_home = home_of(one._meta.app_label) == home_of(other._meta.app_label)
        return same_home and one._state.db == other._state.db

    def allow_migrate(self, db: str, app_label: str, **_hints: Any) -> bool:
        home = home_of(app_label)
        return db != "default" if home == EVERYWHERE else db == home
