"""From where to where, and the tables that go."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections, router
from django.db.models import Model

from tearline.databases._residence import alone, residence_of

FROM, TO = "moving from", "moving to"
"""The aliases of the two ends, in the thread that moves."""

NOT_COPIED = frozenset({"django_migrations", "tearline_residence"})
"""What each place says of itself."""


class Refused(Exception):
    """The module is not moved, and why: it is served from where it was."""


@dataclass(frozen=True)
class End:
    """A database of the module. `told`: its settings."""

    module: str
    told: dict[str, Any]

    def __str__(self) -> str:
        """Never who connects there, or by which password."""
        if self.is_file:
            return str(self.told["NAME"])
        name = f"{self.told['NAME']}.{self.told['SCHEMA']}" if "SCHEMA" in self.told else str(self.told["NAME"])
        return f"{name} at {self.told['HOST'] or 'this machine'}" + (
            f":{self.told['PORT']}" if self.told["PORT"] else ""
        )

    @property
    def is_file(self) -> bool:
        return str(self.told["ENGINE"]) == "tearline.databases.sqlite"

    @property
    def is_missing(self) -> bool:
        """Whether it is a file that nobody has made yet."""
        return self.is_file and not Path(self.told["NAME"]).exists()

    def make_folder(self) -> None:
        if self.is_file:
            Path(self.told["NAME"]).parent.mkdir(parents=True, exist_ok=True)

    def is_the_same_as(self, other: "End") -> bool:
        """As far as the addresses tell."""
        if self.is_file and other.is_file:
            return Path(self.told["NAME"]).resolve() == Path(other.told["NAME"]).resolve()
        said = ("ENGINE", "NAME", "HOST", "PORT", "SCHEMA")
        return [self.told.get(key) for key in said] == [other.told.get(key) for key in said]

    @contextlib.contextmanager
    def opened(self, alias: str) -> Iterator[None]:
        """Meanwhile this thread has a connection there by this alias, as the owner of the tables."""
        with alone(self.told, alias, **self.told.get("OWNER", {})) as place:
            connections[alias] = place
            try:
                yield
            finally:
                del connections[alias]

    @contextlib.contextmanager
    def standing_in(self) -> Iterator[None]:
        """Meanwhile this thread finds the module there."""
        with alone(self.told, self.module) as place:
            before = connections[self.module]
            connections[self.module] = place
            try:
                yield
            finally:
                connections[self.module] = before


def ends(module: str, *, back: bool) -> tuple[End, End]:
    """From where and to where. Raises Refused."""
    if module in ("default", "platform"):
        raise Refused("the platform's own database stays: every process has its own, and no module's rows are in it")
    residence = residence_of(module)
    if residence is None:
        raise Refused(f"{module} is not hosted here; these are: {', '.join(settings.TEARLINE_TOPOLOGY.hosted)}")
    if residence.other is None:
        raise Refused(f"{module.upper()}_MOVES_TO_DATABASE_URL must say where {module} moves to")
    usual, elsewhere = sorted((residence.here, residence.other), key=lambda told: "ELSEWHERE" not in told)
    source, target = End(module, usual), End(module, elsewhere)
    if source.is_the_same_as(target):
        raise Refused(f"{module}: both addresses lead to {source}")
    return (target, source) if back else (source, target)


def models_of(module: str) -> list[type[Model]]:
    """Whose rows go along, the platform's work rows among them."""
    models = (model for model in apps.get_models(include_auto_created=True) if not model._meta.proxy)
    kept = [model for model in models if model._meta.managed and router.allow_migrate_model(module, model)]
    return sorted(
        (model for model in kept if model._meta.db_table not in NOT_COPIED), key=lambda model: model._meta.db_table
    )
