"""What is written for people: pages in Markdown, each made of the model alone."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from tearline.documentation import _pictures
from tearline.documentation._model import (
    Adapter,
    Crossing,
    Field,
    Leaving,
    Model,
    Module,
    Operation,
    Process,
    Saga,
    Step,
)
from tearline.documentation._pictures import fenced

MADE = "Read off the code by `python manage.py docs`, which writes it anew."

Blocks = Iterator[str]


def pages(model: Model) -> dict[str, str]:
    """By path below docs/reference."""
    made = {path: make(model) for path, make in PAGES.items()}
    made |= {f"modules/{module.name}.md": _canvas(module) for module in model.modules}
    return {path: "\n\n".join(blocks) + "\n" for path, blocks in made.items()}


def _contents(model: Model) -> Blocks:
    yield "# Reference"
    yield f"{MADE} `make lint` says which page is stale."
    yield _table(
        ("page", "says"),
        [
            ("[Context map](context-map.md)", "who asks whom for what, and who hears what from whom"),
            ("[Architecture](architecture.md)", "the system, its processes and its modules, as pictures"),
            ("[Events](events.md)", "what is announced, what it carries, who hears it"),
            ("[Sagas](sagas.md)", "processes over several modules: steps and how each is undone"),
            ("[States](states.md)", "which states things can be in, and which may follow which"),
            ("[Leaving](leaving.md)", "what would move, and what would change, if a module left"),
            ("[asyncapi.json](asyncapi.json)", "the events for programs: AsyncAPI 3.0.0"),
            ("[openapi.json](openapi.json)", "the REST API for programs: OpenAPI 3.1"),
            ("[model.json](model.json)", "all of this as data"),
        ],
    )
    yield "## Modules"
    yield _table(
        ("module", "owns"),
        [(f"[{each.name}](modules/{each.name}.md)", each.owns.partition("\n\n")[0]) for each in model.modules],
    )


def _context_map(model: Model) -> Blocks:
    yield "# Context map"
    yield f"Solid arrows ask by a facade, dotted ones bring events. {MADE}"
    yield fenced(_pictures.context_map(model))
    yield "## Who asks whom"
    yield _table(
        ("caller", "asks", "for"),
        [
            (caller, _link(module.name), _codes(f"{module.name}.{each}" for each in operations))
            for module in model.modules
            for caller, operations in module.asked_by.items()
        ],
    )
    yield "## Who hears whom"
    yield _table(
        ("announced by", "heard by", "events"),
        [
            (_link(leaving.module), hearer, _codes(topics))
            for leaving in model.leaving
            for hearer, topics in leaving.events_out.items()
        ],
    )


def _architecture(model: Model) -> Blocks:
    yield "# Architecture"
    yield f"The C4 model's first three levels. {MADE}"
    yield "## Context"
    yield fenced(_pictures.context(model))
    yield "## Containers"
    yield "As the topology is:"
    yield fenced(_pictures.containers(model.processes, broker=len(model.processes) > 1))
    yield "With every module in a process of its own, as any of them may be:"
    apart = [Process(name=f"{module.name}-process", modules=[module.name]) for module in model.modules]
    yield fenced(_pictures.containers(apart, broker=True))
    yield "## Components"
    yield fenced(_pictures.components(model))


def _events(model: Model) -> Blocks:
    yield "# Events"
    yield f"Facts that modules announce, told at least once, each aggregate's in order. {MADE}"
    yield "For programs: [asyncapi.json](asyncapi.json)."
    for module in model.modules:
        for event in module.announces:
            yield f"## {event.topic}"
            yield event.sense
            heard = ", ".join(map(_link, event.heard_by)) or "nobody"
            yield f"Announced by {_link(module.name)}, about `{event.aggregate}`. Heard by {heard}."
            yield _fields(event.carries)


def _sagas(model: Model) -> Blocks:
    yield "# Sagas"
    yield f"Down: what is done. Dotted: how it is undone. {MADE}"
    for module in model.modules:
        for saga in module.sagas:
            yield from _saga(saga, module.name)


def _saga(saga: Saga, module: str) -> Blocks:
    yield f"## {saga.name}"
    yield f"Version {saga.version}, over {saga.subject}, a row of {_link(module)}."
    yield fenced(_pictures.course(saga))
    yield _table(
        ("step", "kind", "asks", "undone by", "tried or waited for"),
        [
            (
                _code(step.name),
                step.kind,
                _codes(step.asks),
                _undone(step),
                f"{step.seconds:g} s" if step.seconds else "",
            )
            for step in saga.steps
        ],
    )


def _undone(step: Step) -> str:
    if step.undo:
        return _code(step.undo) + (f": {_codes(step.undo_asks)}" if step.undo_asks else "")
    return step.why_no_undo or ("nothing: no way back from here" if step.pivot else "nothing: past the pivot")


def _states(model: Model) -> Blocks:
    yield "# States"
    yield (
        "Which states things can be in, and which may follow which. Whatever is not in these tables is refused, by the "
        f"code and by the database. {MADE}"
    )
    for module in model.modules:
        if module.states:
            yield f"## {module.name.capitalize()}"
        for each in module.states:
            yield f"### {each.name.partition('.')[2]}"
            yield fenced(each.picture.splitlines())


def _leaving(model: Model) -> Blocks:
    yield "# Leaving"
    yield (
        "What it would cost to have a module leave for a process of its own: which calls would cross a network, which "
        f"events a broker, what goes along, and what has to be changed. No code is among that. {MADE}"
    )
    yield (
        "What was measured is of one machine that both share, by `python -m benchmarks extracting --keep`. What a "
        "call that crosses takes, and whether all this speaks for leaving, `manage.py readiness` measures where it "
        "runs: see [readiness](../readiness.md). [Taking a module out](../extracting-a-module.md) does it."
    )
    for leaving in model.leaving:
        yield f"## {leaving.module}"
        yield _table(("", "whom", "for"), _crossing(leaving))
        if leaving.crossings:
            heads = ("journey", "calls that would cross", "somebody waits for it", "measured to take longer, ms")
            yield _table(heads, map(_crossed, leaving.crossings))
        yield f"Goes along: {_along(leaving)}."
        yield "To change:\n\n" + "\n".join(f"- {change}" for change in leaving.changed)


def _crossed(crossing: Crossing) -> tuple[str, str, str, str]:
    measured = "not yet" if crossing.added_ms is None else f"{crossing.added_ms:.1f}"
    return crossing.journey, str(crossing.calls), "yes" if crossing.waited_for else "no", measured


def _crossing(leaving: Leaving) -> Iterator[tuple[str, str, str]]:
    yield from (("is asked by", peer, _codes(names)) for peer, names in leaving.calls_in.items())
    yield from (("asks", peer, _codes(names)) for peer, names in leaving.calls_out.items())
    yield from (("hears from", peer, _codes(names)) for peer, names in leaving.events_in.items())
    yield from (("tells", peer, _codes(names)) for peer, names in leaving.events_out.items())


def _along(leaving: Leaving) -> str:
    parts = [f"{len(leaving.tables)} tables", f"{leaving.routes} routes"]
    lists = {"tasks": leaving.tasks, "sagas": leaving.sagas, "outside": leaving.outside, "settings": leaving.settings}
    parts += [f"{noun} ({_codes(named)})" for noun, named in lists.items() if named]
    return ", ".join(parts)


PAGES: dict[str, Callable[[Model], Blocks]] = {
    "index.md": _contents,
    "context-map.md": _context_map,
    "architecture.md": _architecture,
    "events.md": _events,
    "sagas.md": _sagas,
    "states.md": _states,
    "leaving.md": _leaving,
}


# The canvas


def _canvas(module: Module) -> Blocks:
    yield f"# {module.name.capitalize()}"
    yield module.owns
    yield MADE
    yield from _with(
        "Commands", [_operation(each) for each in module.operations if each.kind == "command"], _OPERATIONS
    )
    yield from _with("Queries", [_operation(each) for each in module.operations if each.kind == "query"], _OPERATIONS)
    refusals = [(_code(each.code), str(each.status), each.sense) for each in module.refusals]
    yield from _with("Refusals", refusals, ("code", "status", "says"))
    yield from _neighbours(module)
    yield from _of_events(module)
    yield from _with(
        "Sagas",
        [(f"[{each.name}](../sagas.md)", _codes(s.name for s in each.steps)) for each in module.sagas],
        ("saga", "steps"),
    )
    if module.states:
        yield "## States"
        yield ", ".join(f"[{each.name.partition('.')[2]}](../states.md)" for each in module.states)
    yield from _rows(module)
    yield from _with("Tasks", [(_code(each.name), each.sense) for each in module.tasks], ("task", "does"))
    routes = [
        (_code(f"{each.method} {each.path}"), _codes(each.scopes) or "none", each.sense) for each in module.routes
    ]
    yield from _with("REST", routes, ("route", "scope", "says"))
    yield from _with("Settings", [(_code(each.name), each.sense) for each in module.settings], ("setting", "means"))
    for adapter in module.adapters:
        yield from _adapter(adapter)


_OPERATIONS = ("operation", "says", "takes", "answers", "refuses", "asked by")


def _operation(operation: Operation) -> Sequence[str]:
    takes = ", ".join(f"{field.name}: {field.kind}" for field in operation.takes)
    undoes = f", undoes `{operation.undoes}`" if operation.undoes else ""
    return (
        _code(operation.name) + undoes,
        operation.sense,
        takes,
        operation.answers,
        _codes(operation.refusals),
        ", ".join(operation.callers) or "no other module",
    )


def _neighbours(module: Module) -> Blocks:
    yield "## Neighbours"
    asks = [("asks", peer, _codes(operations)) for peer, operations in module.asks.items()]
    asked = [("is asked by", peer, _codes(operations)) for peer, operations in module.asked_by.items()]
    yield _table(("", "whom", "for"), [*asks, *asked]) if asks or asked else "It asks nobody, and nobody asks it."


def _of_events(module: Module) -> Blocks:
    told = [
        (
            f"[{each.topic}](../events.md)",
            each.sense,
            ", ".join(field.name for field in each.carries),
            ", ".join(each.heard_by),
        )
        for each in module.announces
    ]
    yield from _with("Announces", told, ("event", "says", "carries", "heard by"))
    yield from _with("Hears", [(_code(each.topic), _codes(each.by)) for each in module.hears], ("event", "by"))


def _rows(module: Module) -> Blocks:
    owner, app = module.roles
    yield "## Tables"
    yield (
        f"In a database of its own. On PostgreSQL `{owner}` migrates them and `{app}` serves. Beside them lie "
        "the module's own outbox, inbox, tasks, sagas' journals and keys of commands."
    )
    for table in module.tables:
        grants = f"{app}: SELECT, INSERT" + ("" if table.append_only else ", UPDATE, DELETE")
        yield f"### {table.name}"
        yield f"{table.sense} {grants}.".strip()
        yield _fields(table.columns)
        if table.rules:
            yield f"The database keeps: {_codes(table.rules)}."
    projections = [
        (_code(each.name), _codes(each.tables), _codes(each.events), "asks others" if each.asks_others else "own rows")
        for each in module.projections
    ]
    yield from _with("Projections", projections, ("projection", "tables", "made of", "compared with"))


def _adapter(adapter: Adapter) -> Blocks:
    yield f"## Outside: {adapter.target}"
    yield "What each call is granted, in seconds where it is time:"
    yield _table(("of the policy", "is"), [(_code(name), f"{value:g}") for name, value in adapter.policy.items()])


# Markdown


def _with(title: str, rows: Sequence[Sequence[str]], heads: Sequence[str]) -> Blocks:
    if rows:
        yield f"## {title}"
        yield _table(heads, rows)


def _fields(fields: Iterable[Field]) -> str:
    return _table(("field", "type", "means"), [(_code(each.name), each.kind, each.sense) for each in fields])


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(_cell(each) for each in line)} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def _code(text: str) -> str:
    return f"`{text}`"


def _codes(names: Iterable[str]) -> str:
    return ", ".join(map(_code, names))


def _link(module: str) -> str:
    return f"[{module}](modules/{module}.md)"
