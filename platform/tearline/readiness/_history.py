"""How often modules change together, by the history of the repository."""

import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tearline.readiness._report import Coupling

SWEEPING = 30
"""Files of modules: a commit of more says nothing of what belongs together. code-maat's `--max-changeset-size`."""

Commits = list[frozenset[str]]
"""The modules that each commit touches."""


class Unknown(Exception):
    """There is no history to be read."""


def commits_in(root: Path) -> Commits:
    """Of all that touch modules, but for merges and sweeping ones. Raises Unknown."""
    if _git(root, "rev-parse", "--is-shallow-repository").strip() == "true":
        raise Unknown("the clone is shallow")
    log = _git(root, "log", "--no-merges", "--name-only", "--relative", "--format=%x00", "--", "modules")
    return [frozenset(_modules(files)) for files in _commits(log) if files and len(files) <= SWEEPING]


def coupling_of(module: str, commits: Commits) -> Coupling:
    touching = [modules for modules in commits if module in modules]
    if not touching:
        return Coupling(unknown="no commit touches it")
    together = Counter(peer for modules in touching for peer in modules if peer != module)
    return Coupling(
        commits=len(touching),
        shared=_share(sum(len(modules) > 1 for modules in touching), len(touching)),
        peers={peer: _share(count, len(touching)) for peer, count in together.most_common()},
    )


def _commits(log: str) -> Iterator[list[str]]:
    for commit in log.split("\0"):
        yield [line for line in commit.splitlines() if line]


def _modules(files: list[str]) -> Iterator[str]:
    """From `modules/orders/sagas.py` to `orders`."""
    for file in files:
        parts = file.split("/")
        if len(parts) > 2:
            yield parts[1]


def _share(count: int, of: int) -> float:
    return round(count / of, 3)


def _git(root: Path, *arguments: str) -> str:
    command = ["git", "-C", str(root), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - the words are ours
    except OSError as error:
        raise Unknown("there is no git here") from error
    if done.returncode:
        raise Unknown(done.stderr.strip().partition("\n")[0] or "git has nothing to say")
    return done.stdout
