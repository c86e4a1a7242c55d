"""One database per module: an alias of the module's name, and no transaction, key or join across two of them.

The alias `default` holds the platform's own rows alone: staff, sessions, API keys. The app `tearline` has its tables in
every module's database, so that outbox, inbox and keys move with the module.

`settings` says where each database is, `routing` which rows go there, `provisioning` who may do what on PostgreSQL,
`preparing` brings the tables up to date, `_migrated` sees whether they are, `_residence` finds a module that has moved,
`checks` refuses models that reach across.
"""

from tearline.databases._migrated import unapplied, written_migrations
from tearline.databases._residence import (
    Moved,
    refuse_if_lost,
    refuse_unless_served,
    served_for,
    serves,
    wait_until_served,
)
from tearline.databases._servers import on_one_server
from tearline.databases._transactions import (
    LAZILY,
    execute_at_commit,
    give_back_idle,
    give_back_wanted,
    open_transactions,
    waited_for_a_lock,
)
from tearline.databases.routing import Router
from tearline.databases.settings import DatabaseSettingsError, configured

__all__ = [
    "LAZILY",
    "DatabaseSettingsError",
    "Moved",
    "Router",
    "configured",
    "execute_at_commit",
    "give_back_idle",
    "give_back_wanted",
    "on_one_server",
    "open_transactions",
    "refuse_if_lost",
    "refuse_unless_served",
    "served_for",
    "serves",
    "unapplied",
    "wait_until_served",
    "waited_for_a_lock",
    "written_migrations",
]
