"""The pages in a real browser: no accessibility violations, no console errors, pictures to look at.

Skipped, saying why, where playwright, axe or Chromium is absent. Where DIPLOMATE_TEST_EVERYTHING is set, pictures go
to tests/output.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.tiny_database import publish_tiny

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe_api = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")

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
PAGES = {
    "home": "/",
    "find": "/find?near=Seattle%2C+WA&miles=40",
    "find_nobody": "/find?q=nobody",
    "practitioner": "/practitioner/p01",
    "practitioner_review": "/practitioner/p06",
    "check": "/check",
    "check_found": "/check?license=AC60000106&state=WA&name=Peregrine+Yamanote",
    "check_absent": "/check?name=Jane+Nobody&state=OR",
    "check_list": "/check/list",
    "sources": "/sources",
    "states": "/states",
    "state": "/states/WA",
    "changes": "/changes",
    "methods": "/methods",
    "data": "/data",
    "table": "/diplomate/practitioners?_search=imelda",
    "row": "/diplomate/practitioners/p01",
    "query": "/diplomate/states_by_coverage",
    "absent": "/practitioner/nobody",
}
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no Chromium at {CHROMIUM}"),
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    import uvicorn

    from db.site import make_app

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = make_app(publish_tiny(tmp_path_factory.mktemp("data")))
    server = uvicorn.Server(uvicorn.Config(app, port=port, access_log=False, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield chromium
        chromium.close()


class Window:
    """One window of the browser, and what its console complained about."""

    def __init__(self, browser: Any, width: int, scheme: str) -> None:
        self.page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self.complain(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complain(str(error)))

    def complain(self, text: str) -> None:
        """A missing page is answered with 404, which the browser itself reports."""
        if "404" not in text:
            self.complaints.append(text)

    def violations(self) -> list[tuple[str, list[Any]]]:
        found = axe_api.Axe().run(self.page).response["violations"]
        return [(each["id"], [node["target"] for node in each["nodes"]][:3]) for each in found]

    def too_wide(self) -> int:
        measure = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        return int(self.page.evaluate(measure))


@pytest.fixture(scope="module")
def windows(browser: Any) -> dict[tuple[int, str], Window]:
    """A window of each width and color scheme, opened once: a new one costs more than a page."""
    return {(width, scheme): Window(browser, width, scheme) for width in (1280, 360) for scheme in ("light", "dark")}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_page_is_accessible_quiet_and_fits(
    windows: dict[tuple[int, str], Window], address: str, name: str, scheme: str
) -> None:
    for width in (1280, 360):
        window = windows[width, scheme]
        window.complaints.clear()
        window.page.goto(address + PAGES[name])
        if os.environ.get("DIPLOMATE_TEST_EVERYTHING"):
            OUTPUT.mkdir(exist_ok=True)
            window.page.screenshot(path=OUTPUT / f"{name}-{scheme}-{width}.png", full_page=True)
        assert (window.violations(), window.complaints) == ([], []) and window.too_wide() <= 0, f"{name} {width}"


def test_a_person_finds_and_checks_without_javascript(browser: Any, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    page.get_by_label("What or whom are you looking for?").fill("migraine")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="Imelda Quackenbush").click()
    assert page.get_by_text("Listed by the certifier").first.is_visible()
    page.get_by_role("link", name="Check", exact=True).click()
    page.get_by_label("License number").fill("AC60000105")
    page.get_by_label("State", exact=True).select_option("WA")
    page.get_by_role("button", name="Check").click()
    assert page.get_by_role("link", name="Orsolya Thistlewood").is_visible()
    context.close()
