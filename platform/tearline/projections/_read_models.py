"""The rows of read models, in generations, of which one is shown."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar, Self, TypeVar

from django.db import models
from django.db.models import Subquery

from tearline.models import ProjectionRow

R = TypeVar("R", bound="ReadModel")

_filling: ContextVar[tuple[str, int] | None] = ContextVar("filling", default=None)
"""The projection whose fold is at work, and the generation of rows that it fills."""


class OutsideFold(TypeError):
    """A row of a read model was to be written by something else than the fold of its projection."""


@contextmanager
def filling(projection: str, generation: int) -> Iterator[None]:
    """Inside, the rows of the projection's tables are those of this generation."""
    before = _filling.set((projection, generation))
    try:
        yield
    finally:
        _filling.reset(before)


def generation_filled() -> int:
    """Raises OutsideFold."""
    found = _filling.get()
    if found is None:
        raise OutsideFold("rows of a read model are written by the fold of its projection alone")
    return found[1]


class _Rows(models.QuerySet[R]):
    """Read by everybody."""

    def update(self, **changes: Any) -> int:
        """Raises OutsideFold."""
        generation_filled()
        return super().update(**changes)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Raises OutsideFold."""
        generation_filled()
        return super().delete()


class _OfOneGeneration(models.Manager[R]):
    """Within a fold the rows that it fills, else those that are shown: which ones these are, each statement looks."""

    def get_queryset(self) -> _Rows[R]:
        found = _filling.get()
        if found and found[0] == self.model.projection:
            return _Rows(self.model, using=self._db).filter(generation=found[1])
        shown = ProjectionRow.objects.filter(name=self.model.projection).values("generation")[:1]
        return _Rows(self.model, using=self._db).filter(generation=Subquery(shown))


class ReadModel(models.Model):
    """A table of a projection, whose name it tells.

    Its keys are made by the database, and what is unique in it is so within a generation: a rebuild makes all rows
    anew. Nothing refers to one of them.
    """

    projection: ClassVar[str]

    generation = models.BigIntegerField(default=generation_filled, editable=False)

    objects: ClassVar[models.Manager[Self]] = _OfOneGeneration()

    class Meta:
        abstract = True
