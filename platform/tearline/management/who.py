"""Who does what an operator does, and why."""

import getpass
import os
from argparse import ArgumentParser


def take_who(parser: ArgumentParser, *, reason_required: bool = False) -> None:
    """Arguments `reason` and `who`."""
    parser.add_argument("--reason", required=reason_required, default="", help="Kept with what is done.")
    parser.add_argument("--as", dest="who", default=_user(), metavar="NAME", help="By default the system's user.")


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # nobody by name, as in a container
        return f"uid {os.getuid()}"
