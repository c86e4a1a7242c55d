"""What was found: where one module reaches another past the doors, by which channel, and the way out."""

from dataclasses import dataclass

FACADE = "Ask {owner} by its facade, or hear of it by its events."
KEEP_THE_ID = "Keep the id as text, and ask {owner} by its facade."

WAYS_OUT = {
    "private import": "Go by what the platform's package shows: inside it, all modules are in reach.",
    "name taken": FACADE,
    "import": "Import {owner}.facade, .contracts or .events, and declare that door in .importlinter.",
    "no package": "Put an __init__.py in each of its folders.",
    "shape": "Let values cross: a contract, a refusal, an event. Turn rows into values in local.py.",
    "foreign key": KEEP_THE_ID,
    "one to one": KEEP_THE_ID,
    "many to many": KEEP_THE_ID,
    "inheritance": "Give the module a model of its own.",
    "app label": "Leave the label out: a model has its module's.",
    "table": "Keep a table of your own, and ask {owner} by its facade.",
    "reverse accessor": FACADE,
    "join": FACADE,
    "related model": FACADE,
    "get_model": FACADE,
    "content type": KEEP_THE_ID,
    "dynamic import": FACADE,
    "dotted string": FACADE,
    "model label": FACADE,
    "celery name": "Announce an event: {owner} has its own tasks done when it hears of it.",
    "url name": "Link by what {owner}'s contracts say, or let config lead there.",
    "url": FACADE,
    "setting": "Read settings of your own. What another module does, ask its facade.",
    "template library": "Have a tag of your own, or one in config.",
    "template": "Have a template of your own.",
    "signal": "Hear {owner}'s events: signals stay in the process, and in the transaction, that sends them.",
    "event": "Declare that door in .importlinter, and import {owner}.events.",
    "migration": "Migrations of one module build on its own alone.",
    "migration cycle": "Migrations of one module build on its own alone.",
    "sql": FACADE,
    "database": FACADE,
}
"""By channel. Each has a name here, and nothing else is found."""

ANY = "any"
"""The owner, where the code may reach whomever it wants."""


@dataclass(frozen=True, order=True)
class Finding:
    """`path`: below the root. `column`: from 1, or 0 for all of the line. `module` reaches `owner`, as `what` tells in
    the words of the code.
    """

    path: str
    line: int
    channel: str
    module: str
    owner: str
    what: str
    column: int = 0

    @property
    def way_out(self) -> str:
        return WAYS_OUT[self.channel].format(owner="the other module" if self.owner == ANY else self.owner)

    def __str__(self) -> str:
        return (
            f"{self.path}:{self.line}: {self.channel}: {self.module} reaches {self.owner}: {self.what}. {self.way_out}"
        )
