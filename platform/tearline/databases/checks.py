"""Refused at start: a model with a key into another database, and an SQLite too old to be used."""

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db.models import Model

from tearline.databases.routing import home_of

OLDEST_SQLITE = (3, 35)
"""The first one that knows RETURNING."""


@register(Tags.models)
def no_key_leaves_its_module(*, app_configs: Iterable[AppConfig] | None = None, **_options: Any) -> list[CheckMessage]:
    """Every relation of every model stays in the database of that model."""
    models = (model for app in app_configs or apps.get_app_configs() for model in app.get_models())
    return [error for model in models for error in keys_that_leave(model)]


def keys_that_leave(model: type[Model]) -> Iterator[CheckMessage]:
    """An error for each foreign key or many-to-many of this model that points into another database."""
    home = home_of(model._meta.app_label)
    for field in (*model._meta.local_fields, *model._meta.local_many_to_many):
        other = field.related_model
        if isinstance(other, type) and home_of(other._meta.app_label) != home:
            yield Error(
                f"{model._meta.label}.{field.name} points to {other._meta.label}, which is kept in another database.",
                hint="Keep the id as text, and ask the other module's facade.",
                obj=model,
                id="tearline.E001",
            )


@register(Tags.compatibility)
def sqlite_is_recent(**_options: Any) -> list[CheckMessage]:
    """An error when a database is SQLite and the library is older than OLDEST_SQLITE."""
    used = any(database["ENGINE"] == "tearline.databases.sqlite" for database in settings.DATABASES.values())
    if not used or sqlite3.sqlite_version_info >= OLDEST_SQLITE:
        return []
    oldest = ".".join(map(str, OLDEST_SQLITE))
    return [Error(f"SQLite {oldest} or later is needed, found {sqlite3.sqlite_version}.", id="tearline.E002")]
