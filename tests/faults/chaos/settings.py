"""The settings of every process of a deployment that is tormented: they have a witness, and may be a version ahead."""

from config.settings import *  # noqa: F403 - all of them
from config.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults.chaos.program.Program"]
