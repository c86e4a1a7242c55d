"""All channels, one after the other."""

import sys
from collections.abc import Callable, Iterator

from tearline.boundaries import (
    _databases,
    _events,
    _imports,
    _migrations,
    _models,
    _names,
    _shapes,
    _signals,
    _strings,
    _templates,
)
from tearline.boundaries._finding import Finding
from tearline.boundaries._sources import sources

CHANNELS: tuple[Callable[[], Iterator[Finding]], ...] = (
    _imports.imports,
    _imports.attributes,
    _imports.private_imports,
    _imports.outside_packages,
    _shapes.shapes,
    _shapes.loose_operations,
    _shapes.loose_values,
    _models.relations,
    _models.inheritance,
    _models.labels,
    _models.tables,
    _models.reverse_accessors,
    _models.joins,
    _models.rows_followed,
    _models.related_models,
    _migrations.migrations,
    _migrations.migrated_relations,
    _migrations.migration_cycles,
    _signals.receivers,
    _signals.connected_later,
    _events.listeners,
    _strings.dotted_strings,
    _strings.model_labels,
    _strings.task_names,
    _strings.route_names,
    _strings.route_addresses,
    _strings.sql,
    _names.computed_imports,
    _names.imports_handed_on,
    _names.models_got,
    _names.content_types,
    _names.computed_links,
    _names.settings_read,
    _databases.databases,
    _databases.databases_at_large,
    _databases.addresses_of_databases,
    _names.names_taken,
    _templates.template_tags,
    _templates.templates_named,
)

DEEPEST = 20_000
"""How deep calls may go: code is nested deeper than what runs, as a long chain of `elif` is."""


def crossings() -> list[Finding]:
    """Every place where a module that this process hosts reaches another past the doors, in the order of files.

    Raises Unreadable.
    """
    sources()  # what cannot be read is said before all else
    usual = sys.getrecursionlimit()
    sys.setrecursionlimit(DEEPEST)
    try:
        return sorted({finding for channel in CHANNELS for finding in channel()})
    finally:
        sys.setrecursionlimit(usual)
