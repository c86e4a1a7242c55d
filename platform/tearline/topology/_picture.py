"""A topology for people: as text, and as a picture in Mermaid's language."""

from collections.abc import Iterator, Mapping, Sequence

from tearline.topology._values import TRANSPORTS, Process, Shift, Topology

Declared = Mapping[str, Sequence[str]]
"""By module, the others that it asks or hears."""


def as_text(topology: Topology, *, asks: Declared, hears: Declared) -> Iterator[str]:
    """A line for each process, and below it one for each of its databases: whose data, where, whom the module needs.

    The gateway stands before them, and below it what it leads elsewhere.
    """
    streams = "" if topology.transport == TRANSPORTS[0] else f", a stream for each {topology.streams}"
    yield f"events travel by: {topology.transport}{streams}"
    yield f"version of the file: {topology.fingerprint}"
    yield ""
    yield f"the gateway: {topology.gateway.name}"
    for shift in topology.shifts:
        yield f"  {shift.prefix:<14} {shift.name:<28} {', '.join([*_limits(shift), f'to {shift.url}'])}"
    for process in topology.processes:
        ours = ", which we are" if process is topology.process else ""
        yield ""
        yield f"{process.name}{ours}: {process.url or 'no url, so no other process reaches it'}"
        for name, variable in process.databases.items():
            needs = _needs("asks", asks.get(name)) + _needs("hears", hears.get(name))
            yield f"  {name:<14} {variable:<28} {'; '.join(needs)}".rstrip()


def as_mermaid(topology: Topology, *, asks: Declared, hears: Declared) -> Iterator[str]:
    """Processes as boxes of modules, databases as cylinders; solid arrows ask, dotted ones bring events."""
    yield "flowchart LR"
    for process in topology.processes:
        yield from _box(process)
    for process in topology.processes:
        yield from _databases(process)
    for module in topology.modules:
        for asked in asks.get(module, ()):
            yield f"    {_module(module)} -->|asks| {_module(asked)}"
        for heard in hears.get(module, ()):
            yield f"    {_module(heard)} -.->|tells| {_module(module)}"


def _limits(shift: Shift) -> Iterator[str]:
    if shift.percent < 100:
        yield f"{shift.percent:g} %" + (f" by {shift.by}" if shift.by else "")
    if shift.version:
        yield f"version {shift.version}"
    if shift.methods:
        yield f"of {' '.join(shift.methods)}"


def _needs(verb: str, modules: Sequence[str] | None) -> list[str]:
    return [f"{verb} {', '.join(modules)}"] if modules else []


def _box(process: Process) -> Iterator[str]:
    title = f"{process.name}, {process.url}" if process.url else process.name
    yield f'    subgraph {_process(process)}["{title}"]'
    for module in process.modules:
        yield f"        {_module(module)}[{module}]"
    yield "    end"


def _databases(process: Process) -> Iterator[str]:
    """A shared database is drawn once for all, at each process; one of a module's own at the module."""
    if "DATABASE_URL" in process.databases.values():
        yield f'    {_process(process)} --- shared[("DATABASE_URL: a schema each")]'
    for name in process.own_databases:
        owner = _module(name) if name in process.modules else _process(process)
        yield f'    {owner} --- {_process(process)}_{name}[("{process.databases[name]}")]'


# Mermaid takes some words in small letters for its own, such as `end`, and a box and what is in it need different ids.


def _module(name: str) -> str:
    return name.capitalize()


def _process(process: Process) -> str:
    return f"process_{process.name.replace('-', '_')}"
