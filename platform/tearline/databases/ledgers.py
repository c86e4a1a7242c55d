"""Tables that are only added to."""

from typing import Any, ClassVar, NoReturn, Self, TypeVar

from django.db import models

L = TypeVar("L", bound="Ledger")


class Rewritten(TypeError):
    """A line of a ledger was to be changed or removed. Add one that corrects it."""


class _Lines(models.QuerySet[L]):
    """Reads and adds lines."""

    def update(self, **_changes: Any) -> NoReturn:
        raise Rewritten(f"{self.model.__name__} is only added to")

    def delete(self) -> NoReturn:
        raise Rewritten(f"{self.model.__name__} is only added to")


class _Adding(models.Manager[L]):
    def get_queryset(self) -> _Lines[L]:
        return _Lines(self.model, using=self._db)


class Ledger(models.Model):
    """A line that is written once. On PostgreSQL the role that serves can do no more than add and read, either."""

    append_only = True

    objects: ClassVar[models.Manager[Self]] = _Adding()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises Rewritten when the line is written already."""
        if not self._state.adding:
            raise Rewritten(f"{type(self).__name__} is only added to")
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise Rewritten(f"{type(self).__name__} is only added to")
