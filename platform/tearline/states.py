"""Which states a thing can be in, and which may follow which: one table, for the code, the database and the docs.

    PARCEL = StateMachine("shipping.Parcel", {"ready": {"sent", "lost"}, "sent": {"lost"}, "lost": set()})

The first state is where it begins. To stay as it is, a thing is always allowed. `tearline.databases.transitions` has
the database refuse what is not in the table, and `manage.py states` draws it.
"""

from collections.abc import Collection, Mapping

machines: dict[str, "StateMachine"] = {}
"""Every table that was imported, by its name."""


class IllegalTransition(ValueError):
    """A thing was to go into a state that cannot follow the one it is in."""


class StateMachine:
    """A table of states. Its name is `<module>.<thing>`."""

    def __init__(self, name: str, moves: Mapping[str, Collection[str]]) -> None:
        """Raises ValueError for a state that nothing is said of."""
        self.name = name
        self.moves = {str(state): tuple(sorted(map(str, following))) for state, following in moves.items()}
        strange = {state for following in self.moves.values() for state in following} - self.moves.keys()
        if strange:
            raise ValueError(f"{name}: nothing is said of {', '.join(sorted(strange))}")
        machines[name] = self

    @property
    def states(self) -> tuple[str, ...]:
        """The first one is where it begins."""
        return tuple(self.moves)

    def allows(self, old: str, new: str) -> bool:
        return old == new or new in self.moves[old]

    def check(self, old: str, new: str) -> None:
        """Raises IllegalTransition."""
        if not self.allows(old, new):
            raise IllegalTransition(f"{self.name}: {old} cannot become {new}")

    def drawn(self) -> str:
        """As a mermaid diagram."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.states[0]}"]
        for old, following in self.moves.items():
            lines += [f"    {old} --> {new}" for new in following or ("[*]",)]
        return "\n".join(lines)


_PAGE = """\
# States

Which states things can be in, and which may follow which. Drawn from the tables that the code goes by; whatever is not
in them is refused, by the code and by the database. `python manage.py states > docs/states.md` draws them anew.
"""


def page() -> str:
    """docs/states.md: a section for each module, a diagram for each of its tables."""
    parts, module = [_PAGE], ""
    for name, machine in sorted(machines.items()):
        owner, thing = name.split(".")
        if owner != module:
            parts.append(f"## {owner.capitalize()}\n")
            module = owner
        parts.append(f"### {thing}\n\n```mermaid\n{machine.drawn()}\n```\n")
    return "\n".join(parts)
