"""Has the database itself refuse two rows about the same thing that hold at the same time, whoever writes them."""

from collections.abc import Iterator, Sequence
from typing import Any

from tearline.databases._guards import Guard


class GuardPeriods(Guard):
    """A migration's step: from here on, rows that are alike in the fields `of` have periods [begins, ends) apart from
    each other. What breaks that raises IntegrityError. No end (null) is later than any.

    On PostgreSQL whoever writes rows that are alike waits for whoever is at it. SQLite has one writer, but forgets the
    guard when a later migration makes the table anew, as it does for constraints and altered fields: repeat it there,
    last.
    """

    def __init__(self, model_name: str, of: Sequence[str], begins: str, ends: str) -> None:
        self.model_name, self.of, self.begins, self.ends = model_name, of, begins, ends

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [self.model_name, self.of, self.begins, self.ends], {}

    def describe(self) -> str:
        return f"Guard the periods of {self.model_name}"

    def raised(self, model: Any, vendor: str) -> Iterator[str]:
        column = {field.name: f'"{field.column}"' for field in model._meta.concrete_fields}
        words = {
            "alike": " AND ".join(f"other.{column[name]} = NEW.{column[name]}" for name in self.of),
            "which": " || ' ' || ".join(f"NEW.{column[name]}" for name in self.of),
            "row": f'"{model._meta.pk.column}"',
            "begins": column[self.begins],
            "ends": column[self.ends],
        }
        for statement in _GUARD[vendor]:
            yield statement.format(**self._names(model), **words)

    def lifted(self, model: Any, vendor: str) -> Iterator[str]:
        for statement in _UNGUARD[vendor]:
            yield statement.format(**self._names(model))

    def _names(self, model: Any) -> dict[str, str]:
        return {"table": model._meta.db_table, "name": f"{model._meta.db_table}_periods"}


_OVERLAP = (
    'SELECT 1 FROM "{table}" AS other WHERE {alike} AND other.{row} <> NEW.{row}'
    " AND (other.{ends} IS NULL OR other.{ends} > NEW.{begins})"
    " AND (NEW.{ends} IS NULL OR NEW.{ends} > other.{begins})"
)
_UNGUARD = {
    "sqlite": ('DROP TRIGGER IF EXISTS "{name}_inserted"', 'DROP TRIGGER IF EXISTS "{name}_updated"'),
    "postgresql": ('DROP TRIGGER IF EXISTS "{name}" ON "{table}"',),
}
_GUARD = {
    "sqlite": tuple(
        f'CREATE TRIGGER "{{name}}_{done}" AFTER {when} ON "{{table}}" FOR EACH ROW WHEN EXISTS ({_OVERLAP})'
        " BEGIN SELECT RAISE(ABORT, '{name}'); END"
        for when, done in (("INSERT", "inserted"), ("UPDATE", "updated"))
    ),
    "postgresql": (
        (  # what it reads after it has waited is what the others have committed meanwhile
            'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN'
            " PERFORM pg_advisory_xact_lock(hashtextextended(TG_TABLE_SCHEMA || '.{name} ' || {which}, 0));"
            f" IF EXISTS ({_OVERLAP}) THEN RAISE EXCEPTION '{{name}}' USING ERRCODE = 'exclusion_violation'; END IF;"
            " RETURN NULL; END $$"
        ),
        'CREATE TRIGGER "{name}" AFTER INSERT OR UPDATE ON "{table}" FOR EACH ROW EXECUTE FUNCTION "{name}"()',
    ),
}
