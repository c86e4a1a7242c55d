"""What is said of a module that might leave: what was measured, what speaks for and against it, what follows."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict

Recommendation = Literal["stay", "could leave", "should leave", "not yet"]
"""`stay`: nothing is gained, or it costs more. `could leave`: it costs little, and nobody has said what for.
`should leave`: there is a need, and nothing in the way. `not yet`: there is a need, and first something else to do.
"""

Side = Literal["for", "against"]
Number = float | int
Calls = dict[str, dict[str, int]]
"""By module or other caller, then operation, how often."""


class Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Edge(Value):
    """An event that goes to or comes from another module. `peer`: who hears it, or announces it.

    `per_order`: how often an order that ends well makes it do so; None when that was not measured.
    """

    topic: str
    peer: str
    per_order: int | None


class Transactions(Value):
    """Those in which an order writes the module's own rows. `widest`: the tables that one of them writes.

    None ever crosses modules: a facade that is called with a transaction open raises, and each has its own database.
    """

    per_order: int
    widest: list[str]
    crossing: Literal[0] = 0


class Table(Value):
    """`recent`: rows made within the days that were asked for; None when rows do not say when they were made.

    `bytes`: with indexes; None where the database does not tell.
    """

    rows: int
    recent: int | None
    bytes: int | None


class Coupling(Value):
    """How often the module's files change together with another module's, by the history of the repository.

    `commits`: those that touch the module, but for merges and for sweeping ones. `shared`: the share of them that touch
    another module too. `peers`: the share by that module. `unknown`: why nothing is known; empty when it is.
    """

    commits: int = 0
    shared: float = 0.0
    peers: dict[str, float] = {}
    unknown: str = ""


class Work(Value):
    """Durable work, as its rows tell it until they are purged.

    `done`: rows finished within the days asked for; `share`: of those of all modules; `seconds`: from made to finished,
    on average; `retried`: the share of them that took more than one try; `lag`: for how many seconds the oldest due row
    has been due; `parked`: rows that wait for an operator.
    """

    done: int
    share: float | None
    seconds: float | None
    retried: float | None
    lag: float
    parked: int


class Requests(Value):
    """What the metrics of a running process say. `share`: of the seconds that its requests took altogether."""

    count: int
    seconds: float
    share: float | None


class Outside(Value):
    """Somebody outside of all processes whom the module asks. `circuit`: isolated, or as metrics say."""

    circuit: str


class Delay(Value):
    """`calls` on a journey that would go to another process, and the milliseconds that they add one after the other."""

    added: float
    calls: int
    waited_for: bool


class Longer(Value):
    """Milliseconds that a journey took longer, and that it had been forecast to."""

    added: float
    forecast: float


class Departure(Value):
    """What was measured when a module had left. `journeys`: by name."""

    measured_on: date
    journeys: dict[str, Longer]


class Reason(Value):
    """`measured`: the number or the words that it goes by."""

    for_or_against: Side
    because: str
    measured: Number | str


class Measured(Value):
    """All that is known of a module without asking people.

    Calls are those of an order that ends well. `synchronous`: their share of all that passes between the module and
    others for it; the rest is events. `copying_seconds`: what a move of its rows would take. `probe_ms`: what a call to
    another process was measured to add, with the round trip that was said. `departure`: None where it never left while
    that was measured. `blockers`: places that reach past the doors; None where nobody could look.
    """

    module: str
    process: str
    calls_in: Calls
    calls_out: Calls
    calls_per_order: int
    synchronous: float | None
    events_in: list[Edge]
    events_out: list[Edge]
    transactions: Transactions
    database: Literal["shared", "its own"]
    tables: dict[str, Table]
    copying_seconds: float
    coupling: Coupling
    work: Work
    requests: Requests | None
    outside: dict[str, Outside]
    read_models_asking_others: list[str]
    probe_ms: float
    forecast_ms: dict[str, Delay]
    departure: Departure | None
    blockers: list[str] | None


class Report(Measured):
    """`questions`: what only people know, and nobody has said."""

    recommendation: Recommendation
    reasons: list[Reason]
    questions: list[str]
