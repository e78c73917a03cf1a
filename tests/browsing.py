"""A real browser and a real server for tests: what the browser tests share.

In: the path of a published file. Out: an address to visit; windows of Chromium that remember what their console said.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHROMIUM = Path("/usr/bin/chromium")
OUTPUT = Path(__file__).parent / "output"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
]


@contextmanager
def serving(path: Path) -> Iterator[str]:
    """The site on a published file, in a thread, at an address of its own."""
    import uvicorn

    from db.site import make_app

    server = uvicorn.Server(uvicorn.Config(make_app(path), port=0, access_log=False, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)


@contextmanager
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


def follow(page: Any, link: Any) -> None:
    """Click what leads to another page, and wait until that page is there: a click alone waits for nothing."""
    with page.expect_navigation():
        link.click()


class Window:
    """One window of the browser, and what its console complained about."""

    def __init__(self, browser: Any, width: int, scheme: str = "light") -> None:
        self.width, self.scheme = width, scheme
        self.page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        self.complaints: list[str] = []
        self.tools = self.page.context.new_cdp_session(self.page)
        self.page.on("console", lambda message: self.complain(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complain(str(error)))

    def complain(self, text: str) -> None:
        """A page that answers with an error is reported by the browser itself, as it should be."""
        if "responded with a status of 40" not in text:
            self.complaints.append(text)

    def violations(self) -> list[tuple[str, list[Any]]]:
        from axe_playwright_python.sync_playwright import Axe

        found = Axe().run(self.page).response["violations"]
        return [(each["id"], [node["target"] for node in each["nodes"]][:3]) for each in found]

    def too_wide(self) -> int:
        """How much wider the page is than the window, hidden parts that stick out included."""
        self.page.wait_for_load_state()
        return int(self.tools.send("Page.getLayoutMetrics")["cssContentSize"]["width"]) - self.width

    def picture(self, name: str) -> None:
        """Keep a picture to look at, where everything is asked for."""
        if os.environ.get("DIPLOMATE_TEST_EVERYTHING"):
            OUTPUT.mkdir(exist_ok=True)
            self.page.wait_for_load_state()
            self.page.screenshot(path=OUTPUT / f"{name}-{self.scheme}-{self.width}.png", full_page=True)
