"""The settings of a process that goes by the topology in the file that TOPOLOGY names."""

import os
from pathlib import Path

from tearline import topology

_load = topology.load


def _load_that_file(path: Path, *, modules: Path, process: str | None = None) -> topology.Topology:
    return _load(Path(os.environ["TOPOLOGY"]), modules=modules, process=process)


topology.load = _load_that_file

from config.settings import *  # noqa: E402, F403 - all of them, once the file is another
