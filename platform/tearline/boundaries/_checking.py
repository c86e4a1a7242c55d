"""All channels, one after the other."""

from collections.abc import Callable, Iterator

from tearline.boundaries import _events, _imports, _migrations, _models, _names, _signals, _templates
from tearline.boundaries._finding import Finding

CHANNELS: tuple[Callable[[], Iterator[Finding]], ...] = (
    _imports.imports,
    _imports.outside_packages,
    _imports.shapes,
    _imports.loose_operations,
    _models.relations,
    _models.inheritance,
    _models.labels,
    _models.tables,
    _models.reverse_accessors,
    _models.joins,
    _models.related_models,
    _migrations.migrations,
    _migrations.migration_cycles,
    _signals.receivers,
    _events.listeners,
    _names.dotted_strings,
    _names.computed_imports,
    _names.model_labels,
    _names.models_got,
    _names.content_types,
    _names.celery_names,
    _names.url_names,
    _names.settings_read,
    _names.sql,
    _templates.template_tags,
)


def crossings() -> list[Finding]:
    """Every place where a module that this process hosts reaches another past the doors, in the order of files."""
    return sorted({finding for channel in CHANNELS for finding in channel()})
