"""What modules serve below /api/v1, whoever hosts them, as their snapshots say."""

import functools
from collections.abc import Sequence

from tearline.snapshots import snapshot_of
from tearline.topology._routes import API


def is_below(path: str, prefix: str) -> bool:
    """Whether a path below the API is the prefix, or continues it."""
    return path == prefix or path.startswith(f"{prefix}/")


def parameters_of(path: str, modules: Sequence[str]) -> dict[str, str] | None:
    """The path parameters of a path below the API, as in `order_id`; None when no module serves such a path."""
    said = path.split("/")
    for names in _templates(tuple(modules)):
        if len(names) == len(said) and all(_fits(name, part) for name, part in zip(names, said, strict=True)):
            return {name[1:-1]: part for name, part in zip(names, said, strict=True) if name.startswith("{")}
    return None


@functools.cache
def _templates(modules: tuple[str, ...]) -> list[list[str]]:
    """Those that name most come first: `/stock/all` before `/stock/{sku}`."""
    paths = [path.removeprefix(API) for module in modules for path in snapshot_of(module)["rest"]["paths"]]
    return [path.split("/") for path in sorted(paths, key=lambda path: path.count("{"))]


def _fits(name: str, part: str) -> bool:
    return bool(part) if name.startswith("{") else name == part
