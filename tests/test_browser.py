"""The pages in a real browser: no accessibility violations, no console errors, pictures to look at.

Skipped, saying why, where playwright, axe or Chromium is absent. Where DIPLOMATE_TEST_EVERYTHING is set, pictures go
to tests/output.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browsing import CHROMIUM, Window, chromium, follow, serving
from tests.tiny_database import publish_tiny

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")

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
# Made of the same parts as those above; looked at in CI, which has the time.
MORE_PAGES = {
    "database": "/diplomate",
    "table_facets": "/diplomate/practitioners?state=WA&_facet=city",
    "check_past": "/check?name=Peregrine+Yamanote&as_of=2026-11-22",
    "check_wrong": "/check?license=12",
    "find_words": "/find?words=imelda&certification=listed",
    "nothing_here": "/nope",
    "wrong_address": "/diplomate/practitioners?_sort=nope",
}
# Where time is short, every page in light, these few in dark too: all colors are of one style sheet.
LOOKS = dict.fromkeys(PAGES, ("light",)) | dict.fromkeys(("home", "find", "practitioner", "table"), ("light", "dark"))
# On a phone and on a desk, in light and in dark; where time is short, in light on the phone and in dark on the desk.
EVERYTHING = bool(os.environ.get("DIPLOMATE_TEST_EVERYTHING"))
WIDTHS = {"light": (360, 1280), "dark": (1280, 360)} if EVERYTHING else {"light": (360,), "dark": (1280,)}
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no Chromium at {CHROMIUM}"),
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(publish_tiny(tmp_path_factory.mktemp("data"))) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def windows(browser: Any) -> dict[tuple[int, str], Window]:
    """A window of each width and color scheme, opened once: a new one costs more than a page."""
    return {(width, scheme): Window(browser, width, scheme) for width in (1280, 360) for scheme in ("light", "dark")}


@pytest.mark.parametrize(
    ("name", "scheme"),
    [
        pytest.param(name, scheme, marks=[pytest.mark.everything] * (scheme not in LOOKS.get(name, ())))
        for name in PAGES | MORE_PAGES
        for scheme in ("light", "dark")
    ],
)
def test_page_is_accessible_quiet_and_fits(
    windows: dict[tuple[int, str], Window], address: str, name: str, scheme: str
) -> None:
    for width in WIDTHS[scheme]:
        look(windows[width, scheme], address + (PAGES | MORE_PAGES)[name], name)


def look(window: Window, address: str, name: str) -> None:
    window.complaints.clear()
    window.page.goto(address)
    assert_well(window, name)


def assert_well(window: Window, name: str) -> None:
    """No violation, no complaint, nothing that sticks out; a picture is kept."""
    window.picture(name)
    assert (window.violations(), window.complaints, max(0, window.too_wide())) == ([], [], 0), (name, window.width)


@pytest.mark.everything
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_answers_to_a_list_are_accessible_quiet_and_fit(
    windows: dict[tuple[int, str], Window], address: str, scheme: str
) -> None:
    for width in (1280, 360):
        page = windows[width, scheme].page
        page.goto(f"{address}/check/list")
        page.get_by_label("The list").fill("Peregrine Yamanote, WA\nWA AC60000101\n???")
        follow(page, page.get_by_role("button", name="Check the list"))
        assert page.get_by_role("heading", name="3 lines").is_visible()
        assert_well(windows[width, scheme], "check_list_answers")


def test_a_person_finds_and_checks_without_javascript(browser: Any, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    page.get_by_label("What or whom are you looking for?").fill("migraine")
    follow(page, page.get_by_role("button", name="Find"))
    follow(page, page.get_by_role("link", name="Imelda Quackenbush"))
    assert page.get_by_text("Listed by the certifier").first.is_visible()
    follow(page, page.get_by_role("link", name="Check", exact=True))
    page.get_by_label("License number").fill("AC60000105")
    page.get_by_label("State", exact=True).select_option("WA")
    follow(page, page.get_by_role("button", name="Check"))
    assert page.get_by_role("link", name="Orsolya Thistlewood").is_visible()
    context.close()
