"""A module as a project of its own, and what is left of it here.

`write` makes the project: the module whole, the public files of every module that it calls or hears, this platform as
a wheel, the composition root without its pages and commands, and what installs, tests and deploys it. Nothing is
changed here, and the same checkout gives the same files. `cut` leaves of the module here what its callers keep:
`facade.py`, `contracts.py` and `events.py`, and an `__init__.py` that says what it owns.

Whatever both projects say they say in the same words: files are copied, and changed only where they speak of what is
not there. Who calls and hears whom is read from .importlinter, see `tearline.boundaries`. `manage.py extract` does
either: see docs/a-service-of-its-own.md.
"""

from tearline.extraction._checkout import CannotExtract, Checkout
from tearline.extraction._cutting import cut
from tearline.extraction._writing import lock, write

__all__ = ["CannotExtract", "Checkout", "cut", "lock", "write"]
