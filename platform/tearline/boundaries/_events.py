"""Listeners that hear another module though theirs has not declared so. Read from those that are registered."""

from collections.abc import Iterator

from django.conf import settings

from tearline.boundaries._declared import heard_by_modules
from tearline.boundaries._finding import Finding
from tearline.boundaries._sources import modules, owner_of, texts, where
from tearline.events._listeners import Listener, by_name


def listeners() -> Iterator[Finding]:
    """However they came by the event: a topic can be looked up without an import."""
    declared = heard_by_modules(settings.BASE_DIR / ".importlinter")
    for listener in by_name.values():
        module, owner = listener.module, listener.event.module
        if module in modules() and owner not in (module, *declared.get(module, ())):
            yield Finding(*_place(listener), "event", module, owner, f"{listener.name} hears {listener.event.topic}")


def _place(listener: Listener) -> tuple[str, int]:
    """Where its function is written, or its projection is named."""
    if owner_of(listener.handle.__module__) == listener.module or listener.fold is None:
        return where(listener.handle)
    named = (
        (source.path, said.node.lineno)
        for source, said in texts()
        if source.module == listener.module and said.text == listener.fold.name
    )
    return next(named, (f"modules/{listener.module}/__init__.py", 1))
