"""What the documentation says of the modules, as values. All of it is read off the code."""

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Field(Value):
    """`kind`: its type, in words. `sense`: what the code says of it, "" when it says nothing."""

    name: str
    kind: str
    sense: str = ""


class Refusal(Value):
    code: str
    status: int
    sense: str


class Operation(Value):
    """`refusals`: the codes of those that its docstring names. `callers`: who asks it, by what the code says."""

    name: str
    kind: str
    undoes: str | None
    sense: str
    takes: list[Field]
    answers: str
    refusals: list[str]
    callers: list[str]


class Hearing(Value):
    """An event that a module hears. `by`: the handlers and projections that do."""

    topic: str
    by: list[str]


class Event(Value):
    """`heard_by`: the other modules that do something when it is announced, and the module itself if it does."""

    topic: str
    aggregate: str
    sense: str
    carries: list[Field]
    heard_by: list[str]


class Step(Value):
    """`kind`: local, remote or wait. `asks`: operations of facades. `why_no_undo`: the reason where there is none."""

    name: str
    kind: str
    pivot: bool
    undo: str | None
    why_no_undo: str | None
    asks: list[str]
    undo_asks: list[str]
    beside: str | None
    seconds: float | None


class Saga(Value):
    name: str
    version: int
    subject: str
    steps: list[Step]


class States(Value):
    """A table of states, as a diagram in Mermaid's language."""

    name: str
    states: list[str]
    picture: str


class Table(Value):
    """`append_only`: whoever serves may read and add, and no more. `rules`: constraints that the database keeps."""

    name: str
    sense: str
    append_only: bool
    columns: list[Field]
    rules: list[str]


class Projection(Value):
    name: str
    tables: list[str]
    events: list[str]
    asks_others: bool


class Task(Value):
    name: str
    sense: str


class Route(Value):
    """`scopes`: what an API key needs; none where no key is asked for."""

    method: str
    path: str
    sense: str
    scopes: list[str]


class Setting(Value):
    name: str
    sense: str


class Adapter(Value):
    """Somebody outside whom the module asks, and what each call is granted: see `tearline.resilience.Policy`."""

    target: str
    policy: dict[str, float]


class Module(Value):
    """A module's canvas.

    `asks`: by module, the operations that it asks. `asked_by`: by caller, the operations that it is asked, also by the
    pages and commands of the process that puts the modules together. `declared`: whose facades it may ask at all.
    """

    name: str
    owns: str
    operations: list[Operation]
    refusals: list[Refusal]
    announces: list[Event]
    hears: list[Hearing]
    sagas: list[Saga]
    states: list[States]
    tables: list[Table]
    projections: list[Projection]
    tasks: list[Task]
    routes: list[Route]
    settings: list[Setting]
    adapters: list[Adapter]
    asks: dict[str, list[str]]
    asked_by: dict[str, list[str]]
    declared: list[str]

    @property
    def roles(self) -> tuple[str, str]:
        """Who migrates its schema on PostgreSQL, and who serves."""
        return f"{self.name}_owner", f"{self.name}_app"


class Crossing(Value):
    """A journey, and how many calls of it would cross a network. `waited_for`: somebody waits for its answer.

    `added_ms`: what it was measured to take longer when the module had left; None when that was not measured.
    """

    journey: str
    calls: int
    waited_for: bool
    added_ms: float | None


class Leaving(Value):
    """What it would cost to have a module leave the process that it is in.

    Calls, by peer, would cross a network, and events a broker. Everything else goes along with the module. What has to
    be `changed` are files that say who is where; no code is among them. `crossings`: as the journeys' calls were
    counted; what one takes is measured by `manage.py readiness`.
    """

    module: str
    calls_in: dict[str, list[str]]
    calls_out: dict[str, list[str]]
    crossings: list[Crossing]
    events_in: dict[str, list[str]]
    events_out: dict[str, list[str]]
    tables: list[str]
    routes: int
    tasks: list[str]
    sagas: list[str]
    outside: list[str]
    settings: list[str]
    changed: list[str]


class Process(Value):
    name: str
    modules: list[str]


class Model(Value):
    """`callers`: who asks modules and is none: the pages and commands of the process that puts them together."""

    modules: list[Module]
    callers: list[str]
    processes: list[Process]
    leaving: list[Leaving]

    def module(self, name: str) -> Module:
        """Raises KeyError."""
        return {module.name: module for module in self.modules}[name]
