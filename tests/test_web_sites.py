"""Which addresses are clinics' sites, and which of a site's pages are worth a request."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scrapy.http import HtmlResponse

from crawler.web_sites import Link, Visit, kind_of, links_of, plain_url, sitemap_links
from crawler.web_starts import NoSite, Start, same_owner, site_of, starts, web_address
from tests.test_clinics import HOME, name_websites


@pytest.mark.parametrize(
    ("printed", "reason"),
    [
        ("https://www.facebook.com/lantern", "social network"),
        ("http://lantern.janeapp.com", "booking"),
        ("odalys@lantern.com", "no web address"),
        ("http://localhost:8001/", "not on the public internet"),
        ("http://169.254.169.254/latest", "not on the public internet"),
        ("http://lantern.example", "not on the public internet"),
        ("www.lantern-acupunct...", "no web address"),
        ("none", "not on the public internet"),
        ("http://[::1", "no web address"),
        ("http://lantern.com:99999", "no web address"),
        ("", "no web address"),
    ],
)
def test_what_is_no_clinics_site_is_left_out_with_a_reason(printed: str, reason: str) -> None:
    with pytest.raises(NoSite, match=reason):
        web_address(printed)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60) | st.from_regex(r"(https?://)?[\w.:@\[\]/-]{0,30}", fullmatch=True))
def test_any_printed_text_is_an_address_or_left_out(printed: str) -> None:
    try:
        url = web_address(printed)
    except NoSite:
        return
    assert url.startswith(("http://", "https://")) and site_of(url)
    assert web_address(url) == url


def test_sites_are_told_apart_by_host_and_narrowed_by_state(tmp_path: Path) -> None:
    name_websites(
        tmp_path,
        {
            "http://Lantern.com/about": "WA",
            "https://www.lantern.com": "WA",
            "copper.com, ninebark.com": "OR",
            "yelp.com/x": "OR",
        },
    )
    found, left_out = starts(tmp_path, "clinics", (), {})
    assert [(start.site, start.addresses) for start in found] == [
        ("copper.com", ["http://copper.com/"]),
        ("lantern.com", ["https://www.lantern.com/", "http://lantern.com/about"]),
        ("ninebark.com", ["http://ninebark.com/"]),
    ]
    assert left_out == {"reviews, not a clinic's site": 1}
    narrowed, _ = starts(tmp_path, "clinics", ("OR",), {})
    assert [start.site for start in narrowed] == ["copper.com", "ninebark.com"]


def test_a_host_that_many_records_name_is_no_clinic(tmp_path: Path) -> None:
    name_websites(tmp_path, {f"https://chain.com/{number}": "WA" for number in range(40)})
    assert starts(tmp_path, "clinics", (), {})[0] == []


def test_a_mirrored_spelling_is_preferred(tmp_path: Path) -> None:
    name_websites(tmp_path, {"http://www.lantern.example": "WA"})
    (start,), _ = starts(tmp_path, "clinics", (), {"https://lantern.example": "http://127.0.0.1:1"})
    assert start.addresses == [HOME]


@pytest.mark.parametrize(
    ("url", "words", "kind"),
    [
        (HOME, "", "home"),
        (f"{HOME}index.html", "Home", "home"),
        (f"{HOME}our-team/", "", "team"),
        (f"{HOME}physicians/index.html", "", "team"),
        (f"{HOME}p/17", "Meet our acupuncturists", "team"),
        (f"{HOME}about-us", "", "about"),
        (f"{HOME}about-acupuncture", "", "faq"),
        (f"{HOME}odalys-winterhalter", "Odalys Winterhalter, L.Ac.", "bio"),
        (f"{HOME}what-we-treat/back-pain", "", "conditions"),
        (f"{HOME}cupping", "", "services"),
        (f"{HOME}fees", "", "insurance"),
        (f"{HOME}blog/our-team-outing", "", "skip"),
        (f"{HOME}book", "Book with our team", "skip"),
        (f"{HOME}x/y", "Nice", "other"),
        ("https://lantern.example/团队", "", "team"),
    ],
)
def test_what_a_link_is_about(url: str, words: str, kind: str) -> None:
    assert kind_of(url, words) == kind


def test_links_stay_on_the_site_and_have_one_spelling() -> None:
    hrefs = "/about?utm_source=x#team http://www.lantern.example/about https://casino.example/about mailto:a@b.co tel:1"
    hrefs += " /team.pdf javascript:x https://[bad/about http://lantern.example:0/about //lantern.example/about/ #about"
    body = "".join(f'<a href="{href}">About us</a>' for href in hrefs.split()).encode()
    visit = Visit(Start("lantern.example", [HOME]), "https://lantern.example")
    visit.offer(links_of(HtmlResponse(HOME, body=body, encoding="utf-8"), visit))
    assert {url.rstrip("/") for url in visit.open} == {f"{HOME}about"}


def test_a_second_page_of_a_kind_yields_to_the_first_of_another() -> None:
    visit = Visit(Start("lantern.example", [HOME]), "https://lantern.example", asked=1)
    urls = "team about team/a team/b conditions services fees faq".split()
    visit.offer(Link(HOME + path, "bio" if "/" in path else kind_of(HOME + path)) for path in urls)
    order = []
    while (link := visit.next_page()) is not None:
        visit.asked += 1
        visit.read[link.kind] += 1
        order.append(link.url.removeprefix(HOME))
    assert order == ["team", "about", "team/a", "conditions", "services"]


def test_owners_are_told_apart_on_hosts_of_many() -> None:
    assert same_owner("http://lantern.com", "https://www.lantern.com/home")
    assert not same_owner("https://lantern.wixsite.com", "https://copper.wixsite.com")
    assert not same_owner("https://lantern.com", "https://lantern.net")


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=300)
    | st.lists(
        st.sampled_from(
            ["<urlset>", "<url><loc>", "https://lantern.example/team", "</loc></url>", "<sitemapindex>", "<sitemap>"]
        )
        | st.text(max_size=10),
        max_size=12,
    ).map(lambda parts: "".join(parts).encode("utf-8", "replace"))
)
def test_no_bytes_break_a_sitemap(body: bytes) -> None:
    visit = Visit(Start("lantern.example", [HOME]), "https://lantern.example")
    links, inner = sitemap_links(body, visit)
    assert all(site_of(link.url) == "lantern.example" for link in links) and (not inner or site_of(inner))


def test_plain_addresses_stay_themselves() -> None:
    assert plain_url(f"{HOME}a?id=2&utm_medium=mail&fbclid=1#x") == f"{HOME}a?id=2"
