"""Has the database itself refuse a change of state that is not in the table, whoever asks for it."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class GuardTransitions(Operation):
    """A migration's step: from here on, UPDATEs of a field that are not in `moves` raise IntegrityError.

    Replaces what the field was guarded by before. SQLite forgets it when a later migration makes the table anew, as it
    does for constraints and altered fields: repeat it there, last.
    """

    reversible = True

    def __init__(self, model_name: str, field: str, moves: Mapping[str, Collection[str]]) -> None:
        self.model_name, self.field, self.moves = model_name, field, moves

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [self.model_name, self.field, self.moves], {}

    def describe(self) -> str:
        return f"Guard the transitions of {self.model_name}.{self.field}"

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Models look the same."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, _before: ProjectState, after: ProjectState
    ) -> None:
        model = after.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        table, column = model._meta.db_table, model._meta.get_field(self.field).column
        statements = _POSTGRESQL if schema_editor.connection.vendor == "postgresql" else _SQLITE
        words = {"table": table, "column": column, "name": f"{table}_{column}_moves", "moves": self._pairs()}
        for statement in (_UNGUARD[schema_editor.connection.vendor], *statements):
            schema_editor.execute(statement.format(**words), params=None)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, _before: ProjectState, after: ProjectState
    ) -> None:
        table = after.apps.get_model(app_label, self.model_name)._meta.db_table
        words = {"table": table, "name": f"{table}_{self.field}_moves"}
        schema_editor.execute(_UNGUARD[schema_editor.connection.vendor].format(**words), params=None)

    def _pairs(self) -> str:
        """As SQL: what is written by us, and by nobody else."""
        return ", ".join(f"'{old}>{new}'" for old, following in self.moves.items() for new in sorted(following)) or "''"


_GUARDED = "OLD.{column} <> NEW.{column} AND OLD.{column} || '>' || NEW.{column} NOT IN ({moves})"
_UNGUARD = {
    "sqlite": 'DROP TRIGGER IF EXISTS "{name}"',
    "postgresql": 'DROP TRIGGER IF EXISTS "{name}" ON "{table}"',
}
_SQLITE = (
    (
        f'CREATE TRIGGER "{{name}}" BEFORE UPDATE OF "{{column}}" ON "{{table}}" FOR EACH ROW WHEN {_GUARDED}'
        " BEGIN SELECT RAISE(ABORT, '{name}'); END"
    ),
)
_POSTGRESQL = (
    (
        'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN'
        " RAISE EXCEPTION '{name}: % cannot become %', OLD.{column}, NEW.{column} USING ERRCODE = 'check_violation';"
        " END $$"
    ),
    (
        f'CREATE TRIGGER "{{name}}" BEFORE UPDATE ON "{{table}}" FOR EACH ROW WHEN ({_GUARDED})'
        ' EXECUTE FUNCTION "{name}"()'
    ),
)
