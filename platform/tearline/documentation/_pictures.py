"""Pictures in Mermaid's language: solid arrows ask, dotted ones tell.

Those of the architecture have the levels of the C4 model (context, containers, components), drawn as flowcharts, which
lay out many arrows where Mermaid's own C4 diagrams lay them on top of each other.
"""

from collections.abc import Iterable, Iterator, Sequence

from tearline.documentation._model import Model, Module, Process, Saga, Step


def context_map(model: Model) -> Iterator[str]:
    """Modules, and by how many operations and kinds of events they need each other."""
    yield "flowchart LR"
    for name in sorted({each for module in model.modules for each in (module.name, *module.asks)}):
        yield f"    {_id(name)}[{name}]"
    for module in model.modules:
        for asked, operations in module.asks.items():
            yield f"    {_id(module.name)} -->|{_counted(len(operations), 'operation')}| {_id(asked)}"
    for teller in model.modules:
        for hearer, topics in _told(teller).items():
            yield f"    {_id(teller.name)} -.->|{_counted(len(topics), 'event')}| {_id(hearer)}"


def context(model: Model) -> Iterator[str]:
    """The system, who uses it, and whom it asks."""
    yield "flowchart LR"
    yield '    customers(["Customers and their programs<br>[person]"]) -->|REST, pages| system["The shop<br>[system]"]'
    yield '    staff(["Staff<br>[person]"]) -->|admin, commands| system'
    yield '    programs(["Programs that are told<br>[system]"])'
    for module in model.modules:
        for adapter in module.adapters:
            yield f'    system -->|asks| {_id(adapter.target)}["{adapter.target}<br>[outside system]"]'
    yield "    system -.->|webhooks| programs"


def containers(processes: Sequence[Process], *, broker: bool) -> Iterator[str]:
    """Processes, with the databases of their modules."""
    yield "flowchart LR"
    for process in processes:
        yield f'    subgraph {_box(process.name)}["{process.name}<br>[process: server and worker]"]'
        for module in process.modules:
            yield f"        {_id(module)}[{module}]"
        yield "    end"
    for process in processes:
        for module in process.modules:
            yield f'    {_id(module)} --- {_id(module)}_data[("{module}<br>[database]")]'
    if broker:
        yield '    broker{{"Redis or Kafka<br>[broker]"}}'
        for process in processes:
            yield f"    {_box(process.name)} -.->|events| broker"
            yield f"    broker -.-> {_box(process.name)}"


def components(model: Model) -> Iterator[str]:
    """The modules: who calls them from the edge, whom they ask, and whom outside."""
    yield "flowchart TB"
    for caller in model.callers:
        yield f'    {_id(caller)}["{caller}<br>[page or command]"]'
    for module in model.modules:
        holds = f"{len(module.tables)} tables, {len(module.routes)} routes"
        yield f'    {_id(module.name)}["{module.name}<br>[module: {holds}]"]'
    for module in model.modules:
        for caller in module.asked_by:
            yield f"    {_id(caller)} --> {_id(module.name)}"
        for hearer in _told(module):
            yield f"    {_id(module.name)} -.-> {_id(hearer)}"
        for adapter in module.adapters:
            yield f'    {_id(module.name)} --> {_id(adapter.target)}["{adapter.target}<br>[outside]"]'


def course(saga: Saga) -> Iterator[str]:
    """Down: what is done. Up, dotted: how it is undone. What is below the pivot is never undone."""
    yield "flowchart TB"
    for step in saga.steps:
        left, right = ("[[", "]]") if step.pivot else ("[", "]")
        yield f'    {_id(step.name)}{left}"{_deed(step)}"{right}'
    for above, step in zip(saga.steps, saga.steps[1:], strict=False):
        beside = step.beside == above.name
        yield f"    {_id(above.name)} {'---|at the same time|' if beside else '-->'} {_id(step.name)}"
    undone = [step for step in saga.steps if step.undo]
    for step in undone:
        asks = f"<br>{', '.join(step.undo_asks)}" if step.undo_asks else ""
        yield f'    {_id(step.name)} -.-o undo_{step.name}("{_words(step.undo or "")}{asks}")'
    for step, above in zip(undone[::-1], undone[-2::-1], strict=False):
        yield f"    undo_{step.name} -.-> undo_{above.name}"


def _deed(step: Step) -> str:
    asks = f"<br>{', '.join(step.asks)}" if step.asks else ""
    return f"{_words(step.name)}<br>[{step.kind}{', no way back from here' if step.pivot else ''}]{asks}"


def _told(teller: Module) -> dict[str, list[str]]:
    """By hearer, what it is told."""
    hearers = sorted({each for event in teller.announces for each in event.heard_by} - {teller.name})
    return {hearer: [event.topic for event in teller.announces if hearer in event.heard_by] for hearer in hearers}


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _words(name: str) -> str:
    return name.replace("_", " ")


# Mermaid takes some words in small letters for its own, such as `end`.


def _id(name: str) -> str:
    return f"n_{name.replace('.', '_').replace('-', '_')}"


def _box(name: str) -> str:
    return f"process_{name.replace('-', '_')}"


def fenced(lines: Iterable[str]) -> str:
    return "\n".join(["```mermaid", *lines, "```"])
