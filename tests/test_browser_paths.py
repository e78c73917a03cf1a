"""What people come for, done in a real browser: the patient's, the checker's and the analyst's way, by keyboard too.

On the bundled sample. Run where everything is asked for (CI); skipped, saying why, where there is no browser.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browsing import CHROMIUM, Window, chromium, follow, serving
from tests.hostile_database import publish_hostile

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.everything,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no Chromium at {CHROMIUM}"),
]
# What has the focus: its own words, and whether something can be seen of the focus.
FOCUS = """() => {
    const here = document.activeElement, style = getComputedStyle(here);
    const label = here.labels && here.labels.length ? here.labels[0].innerText : here.innerText || here.value || "";
    const box = here.getBoundingClientRect();
    const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 && box.width > 0 && box.right > 0;
    return [here.tagName, label.trim().split("\\n")[0], seen];
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def address(sample_data: Path) -> Iterator[str]:
    with serving((sample_data / "current").resolve()) as address:
        yield address


@pytest.fixture
def phone(browser: Any) -> Iterator[Window]:
    window = Window(browser, 360)
    yield window
    window.page.close()
    assert window.complaints == []


@pytest.fixture
def desk(browser: Any) -> Iterator[Window]:
    window = Window(browser, 1280)
    yield window
    window.page.close()
    assert window.complaints == []


def test_a_patient_with_leg_pain_is_three_clicks_from_a_well_evidenced_practitioner(
    phone: Window, address: str
) -> None:
    page = phone.page
    page.goto(address)
    page.get_by_label("What or whom are you looking for?").fill("leg pain near 98101")
    follow(page, page.get_by_role("button", name="Find"))
    assert page.get_by_role("heading", name=re.compile(r"practitioners? within 25 miles of ZIP 98101")).is_visible()
    follow(page, page.get_by_role("link", name="Only listed by the certifier, with an active license"))
    person = page.locator(".person").first
    assert person.get_by_text("Listed by the certifier").is_visible() and person.get_by_text("Active").is_visible()
    assert person.get_by_text(re.compile(r"miles")).is_visible() and person.locator(".why").inner_text().strip()
    phone.picture("path_patient_results")
    follow(page, person.get_by_role("link").first)
    assert page.get_by_role("heading", level=2).first.inner_text().strip().endswith("Listed by the certifier")
    assert (
        page.get_by_role("link", name=re.compile("^Call "))
        .or_(page.get_by_role("link", name="Contact"))
        .first.is_visible()
    )
    phone.picture("path_patient_practitioner")
    page.go_back()
    assert "certification=listed" in page.url and page.locator(".person").first.is_visible()
    page.go_back()
    assert page.get_by_label("Name, condition, town or ZIP").input_value() == "leg pain near 98101"


def test_counts_narrow_a_search_and_its_address_can_be_shared(desk: Window, address: str, browser: Any) -> None:
    page = desk.page
    page.goto(f"{address}/find?near=Seattle,+WA&miles=50")
    narrow = page.get_by_role("complementary", name="Narrow down")
    for kind in ("Language", "Insurance"):
        narrow.get_by_text(kind, exact=True).click()
        one = narrow.locator("details", has_text=kind).locator("li").first
        people = int(one.locator(".number").inner_text().replace(",", ""))
        follow(page, one.get_by_role("link"))
        assert page.get_by_role("heading", name=re.compile(rf"^{people} practitioners?")).is_visible()
        other = browser.new_page()
        other.goto(page.url)
        assert other.get_by_role("heading", name=re.compile(rf"^{people} practitioners?")).is_visible()
        other.close()
        follow(page, page.get_by_role("link", name=re.compile("remove$")))
        assert kind.lower() not in page.url


def test_a_checker_finds_what_a_number_says_and_checks_a_list(desk: Window, address: str) -> None:
    page = desk.page
    page.goto(f"{address}/diplomate/licenses?source_kind=primary&status=active&state=WA")
    number = page.locator("td").filter(has_text=re.compile(r"^AC\d+$")).first.inner_text()
    follow(page, page.get_by_role("link", name="Check", exact=True))
    page.get_by_label("License number").fill(number)
    page.get_by_label("State", exact=True).select_option("WA")
    follow(page, page.get_by_role("button", name="Check"))
    assert page.locator("#answer").is_visible() and number in page.locator(".answer").inner_text()
    assert page.get_by_text("not primary source verification").first.is_visible()
    follow(page, page.get_by_role("link", name="Check a whole list at once"))
    page.get_by_label("The list").fill(f"WA {number}\nNobody Atall, OR\n???")
    follow(page, page.get_by_role("button", name="Check the list"))
    assert page.get_by_role("heading", name="3 lines").is_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as CSV").click()
    rows = list(csv.DictReader(download.value.path().open(encoding="utf-8-sig", newline="")))
    assert len(rows) == 3 and rows[0]["diplomate_outcome"] and rows[2]["diplomate_outcome"] == "not_readable"


def test_an_analyst_takes_whole_files_and_a_table_with_facets(desk: Window, address: str) -> None:
    page = desk.page
    page.goto(address)
    follow(page, page.get_by_role("navigation", name="Main").get_by_role("link", name="Data"))
    shown = page.get_by_role("row").filter(has=page.get_by_role("link", name="practitioners", exact=True)).first
    people = int(shown.locator(".number").inner_text().replace(",", ""))
    with page.expect_download() as download:
        page.get_by_role("link", name="practitioners.csv").click()
    assert len(list(csv.reader(download.value.path().open(encoding="utf-8", newline="")))) == people + 1
    follow(page, page.get_by_role("link", name="practitioners", exact=True).last)
    facet = page.get_by_role("region", name="Counts by state").locator("li").first
    number = facet.locator(".number").inner_text()
    follow(page, facet.get_by_role("link"))
    assert page.get_by_role("heading", name=re.compile(rf"^{number} rows? ")).is_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV, all rows").click()
    assert len(list(csv.reader(download.value.path().open(encoding="utf-8", newline="")))) == int(number) + 1
    page.goto(f"{address}/diplomate")
    follow(page, page.get_by_role("link", name="Waiting for a person to look"))
    rows = page.locator("tbody tr").count()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert len(list(csv.reader(download.value.path().open(encoding="utf-8", newline="")))) == rows + 1


def press_to(page: Any, name: str, most: int = 60) -> list[str]:
    """Press Tab until something of this name has the focus; everything on the way shows that it has it."""
    passed = []
    for _ in range(most):
        page.keyboard.press("Tab")
        tag, label, seen = page.evaluate(FOCUS)
        assert seen, f"the focus cannot be seen on {tag} {label}"
        passed.append(label)
        if label.startswith(name):
            return passed
    raise AssertionError(f"{name} cannot be reached by keyboard: {passed}")


def test_everything_is_reached_by_keyboard(desk: Window, address: str) -> None:
    page = desk.page
    page.goto(address)
    assert press_to(page, "Skip to the content") == ["Skip to the content"]
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    assert len(press_to(page, "What or whom")) == 1, "the skip link leads past the navigation"
    page.keyboard.type("leg pain near 98101")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name=re.compile("practitioners? within")).wait_for()
    press_to(page, "Only listed by the certifier")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("certification=listed"))
    person = page.locator(".person h3 a").first.inner_text()
    press_to(page, person)
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name=person).wait_for()
    press_to(page, "Contact")
    press_to(page, "Joined with")
    page.keyboard.press("Enter")
    assert page.locator("details[open] table").first.is_visible()


def test_everything_works_without_javascript(browser: Any, address: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(f"{address}/find?q=leg+pain+near+98101")
    assert page.locator("#map").is_hidden() and page.locator(".person").count() > 1
    follow(page, page.get_by_role("link", name="By name"))
    assert "sort=name" in page.url and page.locator(".person").count() > 1
    page.goto(f"{address}/check/list")
    page.get_by_label("The list").fill("Nobody Atall, OR")
    follow(page, page.get_by_role("button", name="Check the list"))
    assert page.get_by_role("heading", name="1 line").is_visible()
    page.goto(f"{address}/diplomate/practitioners")
    page.get_by_label("Search").fill("lamplighter")
    follow(page, page.get_by_role("button", name="Apply"))
    assert page.get_by_role("heading", name=re.compile("^1 row ")).is_visible()
    context.close()


def test_a_printed_page_holds_addresses_and_dates_and_no_forms(desk: Window, address: str) -> None:
    page = desk.page
    page.goto(f"{address}/find?certification=listed&license=active")
    follow(page, page.locator(".person h3 a").first)
    page.emulate_media(media="print")
    desk.picture("print_practitioner")
    assert page.get_by_role("navigation", name="Main").is_hidden() and page.locator(".jump").is_hidden()
    content = "getComputedStyle(document.querySelector('{}'), '::after').content"
    assert "http" in page.evaluate(content.format(".links a")) and re.search(
        r"\d{4}-\d\d-\d\d", page.evaluate(content.format("time[title]"))
    )


def test_nothing_hostile_is_run_by_the_browser(browser: Any, tmp_path: Path) -> None:
    with serving(publish_hostile(tmp_path)) as address:
        window = Window(browser, 1280)
        window.page.on("dialog", lambda dialog: window.complain(dialog.message))
        people = [f"/practitioner/p{number:02}" for number in range(1, 13)]
        lists = ["/find?near=98402", "/changes", "/states/WA", "/sources", "/data", "/methods", "/diplomate/claims"]
        for path in ["/", *people, *lists, "/diplomate/practitioners?_facet=clinic", "/check?npi=1999999901"]:
            window.page.goto(address + path)
            assert window.page.evaluate("window.hit") is None, path
            for link in window.page.locator(".links a, .facts a, .person a").all()[:3]:
                link.hover(force=True)
            assert (window.complaints, max(0, window.too_wide())) == ([], 0), path
        window.page.close()
