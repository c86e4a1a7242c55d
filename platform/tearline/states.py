"""Which states a thing can be in, and which may follow which: one table, for the code, the database and the docs.

    PARCEL = StateMachine("shipping.Parcel", {"ready": {"sent", "lost"}, "sent": {"lost"}, "lost": set()})

The first state is where it begins. To stay as it is, a thing is always allowed. `tearline.databases.transitions` has
the database refuse what is not in the table, and `manage.py docs` draws it.
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
