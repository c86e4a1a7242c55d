"""A new module: every file that modules are made of, one kind of row, one command, one query, one event, its tests.

`start` writes it, and has the topology host it. What is made is small and works; its author changes what it is about.
"""

from tearline.scaffolding._starting import CannotStart, start

__all__ = ["CannotStart", "start"]
