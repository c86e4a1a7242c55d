"""What has become of the promises in the files, and whether the files may follow."""

from collections.abc import Iterator, Mapping, Sequence

from django.conf import settings

from tearline.snapshots._comparing import Change, changes, promises
from tearline.snapshots._keeping import Snapshot, Surface, kept, read
from tearline.snapshots._taking import surface_of

NOTHING: Surface = {
    "facade": {"operations": {}, "refusals": {}},
    "events": {},
    "rest": {"prefixes": [], "paths": {}, "schemas": {}},
}
"""What a module promises that is not there."""


def watched() -> list[str]:
    """The modules that are hosted here, and those that are not there any more but for their snapshots."""
    topology = settings.TEARLINE_TOPOLOGY
    return sorted({*topology.hosted, *kept()} - ({*topology.modules} - {*topology.hosted}))


def left_out() -> list[str]:
    """The modules that other processes host: what they promise by REST is known there alone."""
    topology = settings.TEARLINE_TOPOLOGY
    return sorted({*topology.modules} - {*topology.hosted})


def surface_now(module: str) -> Surface:
    return surface_of(module) if module in settings.TEARLINE_TOPOLOGY.hosted else NOTHING


def before(module: str) -> Snapshot:
    """The snapshot; of a module that has none yet, one of nothing. Raises NoSnapshot for one that cannot be read."""
    return read(module) if module in kept() else {**NOTHING, "retired": []}


def changed(module: str, *, retiring: Sequence[str] = ()) -> list[Change]:
    """Since its snapshot. Raises NoSnapshot, NoSchema."""
    snapshot, surface = before(module), surface_now(module)
    found = list(changes(module, snapshot, surface, retired=[*snapshot["retired"], *retiring]))
    if not found and (module not in kept() or {**surface, "retired": snapshot["retired"]} != snapshot):
        return [Change(module, "file", f"{module}.json", "would be written otherwise")]
    return found


def broken_since(former: Mapping[str, Snapshot]) -> Iterator[Change]:
    """What breaks who goes by former snapshots, whatever the files say now. Raises NoSnapshot, NoSchema."""
    for module in sorted(former.keys() - left_out()):
        retired = before(module)["retired"]
        for name in sorted({*former[module]["retired"]} - {*retired}):
            yield Change(module, "retired", name, "is not listed any more", "it could be used again")
        everything = {*retired, *former[module]["retired"]}
        yield from (
            change
            for change in changes(module, former[module], surface_now(module), retired=everything)
            if change.breaks is not None
        )


class NotRetirable(ValueError):
    """A name that is to be retired is still used, or never was."""


def snapshots_now(*, retiring: Sequence[str]) -> dict[str, Snapshot]:
    """By module, what its file is to say. Raises NoSnapshot, and NotRetirable."""
    unheard_of = {*retiring}
    found: dict[str, Snapshot] = {}
    for module in watched():
        snapshot, surface = before(module), surface_now(module)
        if used := {*retiring} & _names(module, surface):
            raise NotRetirable(f"{min(used)} is still there: take it out of {module} first")
        retired = {*retiring} & _names(module, snapshot) | {*snapshot["retired"]}
        unheard_of -= retired
        found[module] = {**surface, "retired": sorted(retired)}
    if unheard_of:
        raise NotRetirable(f"nothing was promised by the name {min(unheard_of)}")
    return found


def _names(module: str, surface: Surface) -> set[str]:
    return {name for _, name in promises(module, surface)}
