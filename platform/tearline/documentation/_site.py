"""The site of all pages, which zensical builds: it has no repository around it, so what pages link to comes along."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

LINK = re.compile(r'(?:href|src)="([^"#?]+)')
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//")


def lay_beside(site: Path, *, root: Path) -> Iterator[str]:
    """Copy what the pages in SITE/docs link to outside of docs, so that it lies beside them as it does in `root`.

    Yields links that lead nowhere.
    """
    pages = site / "docs"
    for page in sorted(pages.rglob("*.html")):
        for link in sorted(set(LINK.findall(page.read_text(encoding="utf-8")))):
            if ELSEWHERE.match(link) or link.startswith("/"):
                continue
            target = Path(page.parent, link).resolve()
            if not target.is_relative_to(pages.resolve()) and target.is_relative_to(site.resolve()):
                _copy(root / target.relative_to(site.resolve()), target)
            if not target.exists():
                yield f"{page.relative_to(site)}: {link}"


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    elif source.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
