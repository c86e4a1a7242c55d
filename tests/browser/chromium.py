"""Chromium without a window, driven by the chromedriver of the same version. Nothing is downloaded, nothing is kept."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

from tests.processes import Failed, eventually

ALONE = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--window-size=1280,1000",
)
SCRIPTS_OFF = {"profile.managed_default_content_settings.javascript": 2}
NARROW = {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True}


class Browser:
    """One window. `complaints` and `asked_for` tell what has come up since they were last asked."""

    def __init__(self, driver: Chrome, base_url: str) -> None:
        self.driver = driver
        self._base_url = base_url

    def forget(self) -> None:
        """As good as new: no cookie, no page, the usual screen, and nothing of what has come up."""
        self.driver.get("about:blank")
        self.driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
        self.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
        self.complaints()
        self.asked_for()

    # What a person does

    def open(self, path: str) -> None:
        self.driver.get(f"{self._base_url}{path}")

    def narrow(self) -> None:
        """As on a small phone."""
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", NARROW)

    def prefer(self, scheme: str) -> None:
        """`light` or `dark`, as the system of the person says."""
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})

    # What a person sees

    def wait_for(self, words: str, *, seconds: float = 20) -> None:
        """Until the page has these words in it, in any case of letters. Raises Failed with what it has instead."""
        try:
            eventually(lambda: words.lower() in self.text().lower(), words, seconds=seconds)
        except Failed:
            raise Failed(f"not to be read at {self.driver.current_url}: {words}\n{self.text()}") from None

    def text(self) -> str:
        """Of the page, while it may be changing: elements found before may be gone."""
        return "\n".join(self.words("body"))

    def words(self, selector: str) -> list[str]:
        """What each of these elements says, at one moment."""
        return list(
            self.run("return [...document.querySelectorAll(arguments[0])].map(found => found.innerText)", selector)
        )

    def one(self, selector: str) -> WebElement:
        """The one such element, as soon as it is there. Raises Failed when there is none, or another."""
        found = eventually(lambda: self.all(selector), f"{selector} is at {self.driver.current_url}", seconds=10)
        if len(found) > 1:
            raise Failed(f"{len(found)} elements are {selector} at {self.driver.current_url}")
        return found[0]

    def all(self, selector: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def run(self, script: str, *arguments: object) -> Any:
        return self.driver.execute_script(script, *arguments)

    # What only the browser knows

    def complaints(self) -> list[str]:
        """What the console has to say that is worse than a remark: errors, refused content, files not found."""
        return [entry["message"] for entry in self._log("browser") if entry["level"] in ("SEVERE", "WARNING")]

    def asked_for(self) -> list[str]:
        """The address of every request."""
        events = [json.loads(entry["message"])["message"] for entry in self._log("performance")]
        return [e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"]

    def strayed(self) -> list[str]:
        """Requests to anywhere but the shop."""
        return [url for url in self.asked_for() if not url.startswith((f"{self._base_url}/", "data:"))]

    def _log(self, kind: str) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = self.driver.get_log(kind)  # type: ignore[no-untyped-call]  # selenium's lapse
        return entries


@contextmanager
def browsing(base_url: str, profile: Path, *, scripts: bool = True) -> Iterator[Browser]:
    """A browser with an empty profile in this folder."""
    options = ChromeOptions()
    options.binary_location = _installed("chromium", "CHROMIUM")
    for argument in (*ALONE, f"--user-data-dir={profile}"):
        options.add_argument(argument)
    if not scripts:
        options.add_experimental_option("prefs", SCRIPTS_OFF)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = Chrome(options=options, service=ChromeService(_installed("chromedriver", "CHROMEDRIVER")))
    try:
        yield Browser(driver, base_url)
    finally:
        driver.quit()


def _installed(program: str, variable: str) -> str:
    path = os.environ.get(variable) or shutil.which(program)
    if not path:
        raise Failed(
            f"{program} is missing: apt-get install chromium chromium-driver, or say where it is in {variable}"
        )
    return path
