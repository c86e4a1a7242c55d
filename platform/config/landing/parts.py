"""What the whole is made of: the processes of topology.toml, and in each its modules, in their own words."""

import importlib
from collections.abc import Sequence
from dataclasses import dataclass

from tearline.topology import Topology


@dataclass(frozen=True)
class Part:
    """A module: its name, and the first sentence of what it says of itself, from there on."""

    name: str
    says: str


@dataclass(frozen=True)
class Whole:
    """A process and the modules that it hosts."""

    name: str
    parts: Sequence[Part]


def wholes(topology: Topology) -> list[Whole]:
    """As the modules stand in the topology's file. While none has left there is one."""
    return [Whole(process.name, [_part(module) for module in process.modules]) for process in topology.processes]


def _part(module: str) -> Part:
    paragraph = importlib.import_module(f"modules.{module}").__doc__ or ""
    sentence = f"{' '.join(paragraph.split()).split('. ')[0].rstrip('.')}."
    name = module.capitalize()
    return Part(name, sentence.removeprefix(name))
