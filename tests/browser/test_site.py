"""The site of all pages, as `make docs` builds it, is read without the shop and without anybody else."""

import json
import re
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.browser.chromium import Browser, browsing
from tests.checkouts import Copy
from tests.processes import ROOT, eventually

PICTURES = {
    f"{page.relative_to(ROOT)}:{number}": picture
    for page in sorted((ROOT / "docs").rglob("*.md"))
    for number, picture in enumerate(re.findall(r"^```mermaid\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL))
}
PARSE = """
const [pictures, done] = arguments, wrong = {};
const look = ([name, text]) => mermaid.parse(text).catch(error => { wrong[name] = String(error); });
Promise.all(Object.entries(pictures).map(look)).then(() => done(wrong));
"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Whoever tests has no use for a line a request."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = Copy(tmp_path_factory.mktemp("site") / "checkout")
    copy.run(".venv/bin/zensical build --strict", ".venv/bin/python manage.py docs --beside var/site")
    return copy.root / "var" / "site"


@pytest.fixture(scope="module")
def served(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with browsing(f"http://127.0.0.1:{server.server_port}", tmp_path_factory.mktemp("profile")) as browser:
            yield browser
        server.shutdown()


@pytest.fixture
def reader(served: Browser) -> Iterator[Browser]:
    """Who asks nobody but the site, and has nothing to complain of."""
    served.forget()
    yield served
    assert (served.complaints(), served.strayed()) == ([], [])


@pytest.mark.parametrize("page", ["context-map", "architecture", "sagas", "states"])
def test_pictures_are_drawn(reader: Browser, page: str) -> None:
    reader.open(f"/docs/reference/{page}.html")
    drawn = "return [...document.querySelectorAll('div.mermaid')].filter(each => each.offsetHeight > 40).length"
    wanted = sum(name.startswith(f"docs/reference/{page}.md") for name in PICTURES)
    eventually(lambda: reader.run(drawn) == wanted, f"{wanted} pictures are drawn")


def test_every_picture_is_written_as_mermaid_reads_it(reader: Browser) -> None:
    reader.open("/docs/index.html")
    assert reader.driver.execute_async_script(PARSE, PICTURES) == {}
    assert "no-such" in json.dumps(reader.driver.execute_async_script(PARSE, {"no-such": "flowchart LR\n  a --"}))


def test_a_link_into_the_repository_leads_to_the_file(served: Browser) -> None:
    served.open("/docs/index.html")
    served.driver.find_element("partial link text", "sagas.py").click()
    served.wait_for("How an order is fulfilled, told from top to bottom")
