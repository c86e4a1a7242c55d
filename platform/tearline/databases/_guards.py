"""What all guards have in common that migrations put up in the database itself."""

from collections.abc import Iterator
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class Guard(Operation):
    """A migration's step that replaces the guard of this name. Both kinds of statements are SQL of the engine's."""

    reversible = True
    model_name: str

    def raised(self, model: Any, vendor: str) -> Iterator[str]:
        """The statements that put it up."""
        raise NotImplementedError

    def lifted(self, model: Any, vendor: str) -> Iterator[str]:
        """The statements that take it down, and do nothing where there is none."""
        raise NotImplementedError

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Models look the same."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, _before: ProjectState, after: ProjectState
    ) -> None:
        model = after.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            vendor = schema_editor.connection.vendor
            for statement in (*self.lifted(model, vendor), *self.raised(model, vendor)):
                schema_editor.execute(statement, params=None)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, _before: ProjectState, after: ProjectState
    ) -> None:
        model = after.apps.get_model(app_label, self.model_name)
        for statement in self.lifted(model, schema_editor.connection.vendor):
            schema_editor.execute(statement, params=None)
