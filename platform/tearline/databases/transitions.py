"""Has the database itself refuse a change of state that is not in the table, whoever asks for it."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from tearline.databases._guards import Guard


class GuardTransitions(Guard):
    """A migration's step: from here on, UPDATEs of a field that are not in `moves` raise IntegrityError.

    Replaces what the field was guarded by before. SQLite forgets it when a later migration makes the table anew, as it
    does for constraints and altered fields: repeat it there, last.
    """

    def __init__(self, model_name: str, field: str, moves: Mapping[str, Collection[str]]) -> None:
        self.model_name, self.field, self.moves = model_name, field, moves

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [self.model_name, self.field, self.moves], {}

    def describe(self) -> str:
        return f"Guard the transitions of {self.model_name}.{self.field}"

    def raised(self, model: Any, vendor: str) -> Iterator[str]:
        for statement in _GUARD[vendor]:
            yield statement.format(**self._names(model), moves=self._pairs())

    def lifted(self, model: Any, vendor: str) -> Iterator[str]:
        yield _UNGUARD[vendor].format(**self._names(model))

    def _names(self, model: Any) -> dict[str, str]:
        table, column = model._meta.db_table, model._meta.get_field(self.field).column
        return {"table": table, "column": column, "name": f"{table}_{column}_moves"}

    def _pairs(self) -> str:
        """As SQL: what is written by us, and by nobody else."""
        return ", ".join(f"'{old}>{new}'" for old, following in self.moves.items() for new in sorted(following)) or "''"


_GUARDED = "OLD.{column} <> NEW.{column} AND OLD.{column} || '>' || NEW.{column} NOT IN ({moves})"
_UNGUARD = {
    "sqlite": 'DROP TRIGGER IF EXISTS "{name}"',
    "postgresql": 'DROP TRIGGER IF EXISTS "{name}" ON "{table}"',
}
_GUARD = {
    "sqlite": (
        (
            f'CREATE TRIGGER "{{name}}" BEFORE UPDATE OF "{{column}}" ON "{{table}}" FOR EACH ROW WHEN {_GUARDED}'
            " BEGIN SELECT RAISE(ABORT, '{name}'); END"
        ),
    ),
    "postgresql": (
        (
            'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN'
            " RAISE EXCEPTION '{name}: % cannot become %', OLD.{column}, NEW.{column}"
            " USING ERRCODE = 'check_violation'; END $$"
        ),
        (
            f'CREATE TRIGGER "{{name}}" BEFORE UPDATE ON "{{table}}" FOR EACH ROW WHEN ({_GUARDED})'
            ' EXECUTE FUNCTION "{name}"()'
        ),
    ),
}
