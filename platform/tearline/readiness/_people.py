"""What only people know: said in a file, or an open question.

teams = 3                   # that work on all of this
deadline = 2027-03-01       # what there is must be shipped by then; false when nothing presses

[modules.payments]
team = "money"              # who owns it
own_releases = true         # it has to go live when the others do not
own_scaling = false         # it has to grow when the others need not
"""

import tomllib
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, ValidationError

from tearline.readiness._report import Value


class Told(Value):
    """Of one module."""

    model_config = ConfigDict(extra="forbid")

    team: str | None = None
    own_releases: bool | None = None
    own_scaling: bool | None = None


class People(Value):
    """`teams`: how many work on it. `deadline`: that of what is to be shipped; False when nothing presses."""

    model_config = ConfigDict(extra="forbid")

    teams: int | None = None
    deadline: date | Literal[False] | None = None
    modules: dict[str, Told] = {}

    def of(self, module: str) -> Told:
        return self.modules.get(module, Told())

    def questions(self, module: str) -> list[str]:
        """What has not been said, and decides."""
        told = self.of(module)
        asked = {
            "How many teams work on this?": self.teams,
            f"Which team owns {module}?": told.team,
            f"Must {module} go live when the others do not?": told.own_releases,
            f"Must {module} grow when the others need not?": told.own_scaling,
            "By when must what there is be shipped?": self.deadline,
        }
        return [question for question, answer in asked.items() if answer is None]


class NotUnderstood(Exception):
    """The file does not say what it should."""


def said_in(file: Path) -> People:
    """Nothing, when there is no such file. Raises NotUnderstood."""
    try:
        return People.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return People()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise NotUnderstood(f"{file}: {error}") from error
    except ValidationError as error:
        flaw = error.errors()[0]
        raise NotUnderstood(f"{file}: {'.'.join(map(str, flaw['loc']))}: {flaw['msg']}") from error
