"""Moves the rows of a module to another database, while everything else goes on.

    manage.py move payments           # to where PAYMENTS_MOVES_TO_DATABASE_URL says
    manage.py move payments --back

The module is paused, its rows are copied in one transaction that keeps all writers out, both sides are compared, and
the one that is left is closed for ever, in that same transaction. Then the other one serves. Whoever moves them may be
killed at any point: the pause ends with it, the module is served from where it was or is where it goes to, and the same
command ends what was begun.

`_ends` says from where to where, `_pausing` keeps everybody away, `_copying` copies, `_comparing` compares, `_closing`
closes what is left, `_moving` does one after the other. How processes follow: see `tearline.databases._residence`.
"""

from tearline.moving._ends import Refused
from tearline.moving._moving import move, survey

__all__ = ["Refused", "move", "survey"]
