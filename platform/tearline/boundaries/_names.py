"""Functions by which code gets at another module when it has no more than a name: of an app, a model, a setting."""

import ast
from collections.abc import Iterator
from importlib.util import resolve_name

from django.conf import settings

from tearline.boundaries._finding import ANY, Finding
from tearline.boundaries._meanings import HOLE, NOWHERE, UNKNOWN, Call, Paths
from tearline.boundaries._sources import Source, calls, modules, owner_of, sources
from tearline.boundaries._strings import GETTING, IMPORTING, LINKING, owners_named_in

LOADING = {
    "importlib.import_module", "importlib.__import__", "__import__", "exec", "eval", "pkgutil.resolve_name",
    "importlib.util.spec_from_file_location", "pydoc.locate", "runpy.run_module", "runpy.run_path",
    "django.utils.module_loading.import_string", "django.utils.module_loading.autodiscover_modules",
}  # fmt: skip
"""What imports or runs whatever it is told, by the paths under which it is known."""

GETTING_ALL = {"get_models", "get_app_configs"}
REGISTERED = {"all_models", "app_configs"}
CONTENT_TYPES = {"ContentType", "GenericForeignKey", "GenericRelation"}
SETTINGS = {"django.conf.settings", f"{UNKNOWN}settings"}


def computed_imports() -> Iterator[Finding]:
    """Imports that are calls and name what they import relatively, or in no constant: these may lead anywhere."""
    for source, call in calls():
        owner = _imported_by(call, source) if call.names & IMPORTING or call.paths & LOADING else None
        if owner not in (None, source.module):
            yield source.found(call.node, "dynamic import", str(owner), ast.unparse(call.node))


def imports_handed_on() -> Iterator[Finding]:
    """What imports, where it goes on to be called elsewhere, and what was imported already, by no constant."""
    for source in sources():
        for node, paths in source.meanings.handed_on:
            if paths & LOADING:
                yield source.found(node, "dynamic import", ANY, ast.unparse(node))
        for place in (node for node in ast.walk(source.tree) if isinstance(node, ast.Subscript)):
            is_loaded = "sys.modules" in source.meanings.paths(place.value)
            if is_loaded and not _is_own(source.meanings.text(place.slice), source):
                yield source.found(place, "dynamic import", ANY, ast.unparse(place))


def _imported_by(call: Call, source: Source) -> str | None:
    """Whom it reaches, but by a whole path or a setting: these are found among the strings and the settings."""
    said = call.argument(0, "name", "dotted_path")
    if said is None or _setting(said, source):
        return None
    text = source.meanings.text(said)
    if HOLE in text:
        return None if _is_own(text, source) or not call.paths & LOADING else ANY
    if not text.startswith(".") or not call.names & IMPORTING:
        return None
    package = _package(call.argument(1, "package"), source)
    try:
        return owner_of(resolve_name(text, package)) if package else ANY
    except ImportError:
        return ANY


def _is_own(text: str, source: Source) -> bool:
    """Whether what can be read says that it is the module's own, or nobody's."""
    return text.startswith(f"modules.{source.module}.") or (HOLE not in text and not text.startswith("."))


def _package(said: ast.expr | None, source: Source) -> str | None:
    if isinstance(said, ast.Name) and said.id == "__package__":
        return source.name if source.path.endswith("/__init__.py") else source.name.rpartition(".")[0]
    return source.meanings.constant(said)


def models_got() -> Iterator[Finding]:
    """What is got from the registry of another module's models, or of those of one that is not to be seen here."""
    for source in sources():
        for node, app in _got(source):
            owner = ANY if app is None else app.split(".")[0]
            if owner == ANY or source.is_foreign(owner):
                yield source.found(node, "get_model", owner, ast.unparse(node))


def _got(source: Source) -> Iterator[tuple[ast.expr, str | None]]:
    """Where the registry is asked, and for which app or model. None: for all of them, or nobody can read for which."""
    called = set()
    for call in source.meanings.calls:
        called.add(id(call.node.func))
        if call.names & GETTING:
            said = source.meanings.constant(call.argument(0, "app_label"))
            if said or _is_of_registry(call.paths, GETTING):
                yield call.node, said
        elif _is_of_registry(call.paths, GETTING_ALL):
            yield call.node, None
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Subscript) and _is_of_registry(source.meanings.paths(node.value), REGISTERED):
            called.add(id(node.value))
            yield node, source.meanings.constant(node.slice)
    for node in (node for node in ast.walk(source.tree) if isinstance(node, ast.Attribute)):
        if id(node) not in called and _is_of_registry(source.meanings.paths(node), GETTING | REGISTERED):
            yield node, None


def _is_of_registry(paths: Paths, names: set[str]) -> bool:
    """Whether this is one of these of Django's registry, or of what is called apps as that of a migration is."""
    return any(path.rpartition(".")[2] in names and _last_but_one(path) == "apps" for path in paths)


def _last_but_one(path: str) -> str:
    return path.rpartition(".")[0].rpartition(".")[2].removeprefix(UNKNOWN)


def content_types() -> Iterator[Finding]:
    """Content types know every model, and are kept where no module may look."""
    for source, call in calls():
        by_natural_key = "get_by_natural_key" in call.names
        if by_natural_key or any(_is_of_content_types(path) for path in call.paths):
            said = call.argument(0 if by_natural_key else NOWHERE, "app_label")
            owner = source.meanings.constant(said) or ANY
            yield source.found(call.node, "content type", owner, ast.unparse(call.node))


def _is_of_content_types(path: str) -> bool:
    return path.startswith("django.contrib.contenttypes.") and bool(CONTENT_TYPES & {*path.split(".")})


def computed_links() -> Iterator[Finding]:
    """Links to a route, and tasks that are sent, by a name that is no constant: these may be anybody's."""
    for source, call in calls():
        said = call.argument(0, "viewname", "name", "to", "task", "varies")
        text = source.meanings.text(said) if said else ""
        if HOLE in text and (channel := _sent_by(call, text)):
            yield source.found(call.node, channel, ANY, ast.unparse(call.node))


def _sent_by(call: Call, text: str) -> str | None:
    """The channel. To redirect to an object or an address is no link by a name."""
    for path in call.paths:
        root, name = path.partition(".")[0], path.rpartition(".")[2]
        if root == "django" and name in LINKING and (name.startswith("reverse") or ":" in text):
            return "url name"
        if name == "send_task" or (root == "celery" and name in ("signature", "subtask", "Signature")):
            return "celery name"
    return None


def settings_read() -> Iterator[Finding]:
    """Settings that are another module's by their name, or name its code. What names such a setting reads it."""
    for source in sources():
        for node in ast.walk(source.tree):
            if name := _setting(node, source):
                for owner in sorted(_owners_of_setting(name) - {source.module}):
                    yield source.found(node, "setting", owner, f"settings.{name}")
        for said in () if source.is_test else source.meanings.texts:
            if "getattr" not in said.handed_to and said.text.isupper() and hasattr(settings, said.text):
                for owner in sorted(_owners_of_setting(said.text) - {source.module}):
                    yield source.found(said.node, "setting", owner, repr(said.text))


def _setting(node: ast.AST, source: Source) -> str | None:
    """The name of the setting that this reads, which may have holes; None if it reads none."""
    match node:
        case ast.Attribute(value=value, attr=name) if source.meanings.paths(value) & SETTINGS:
            return name
        case ast.Call(func=ast.Name(id="getattr"), args=[value, said, *_]) if source.meanings.paths(value) & SETTINGS:
            return source.meanings.text(said)
    return None


def _owners_of_setting(name: str) -> set[str]:
    """`PAYMENT_PROVIDER` and `PAYMENTS_LIMIT` are payments' own."""
    if HOLE in name:
        return {ANY}
    named = {
        module
        for module in modules()
        if name.startswith((f"{module}_".upper(), f"{module.removesuffix('s')}_".upper()))
    }
    return named | owners_named_in(getattr(settings, name, None))


def names_taken() -> Iterator[Finding]:
    """What is done in another module's name: its commands carried out, past its facade, or calls made as if by it."""
    for source, call in calls():
        if any(path.startswith("tearline.") for path in call.paths) and call.names & {"perform", "acting_as"}:
            name = source.meanings.constant(call.argument(0, "module", "name"))
            if name and source.is_foreign(name) and not source.is_test:
                yield source.found(call.node, "name taken", name, ast.unparse(call.node))
