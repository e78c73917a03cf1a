"""NCBAHM (until 2026 NCCAOM): the certifier's own directory of diplomates who chose to be listed.

In: list pages of twenty cards, a name search's cards, profile pages. Out: one record a diplomate. The site's search
stands behind a Turnstile gate: the spider stops there as blocked, and a person may save the pages and import them.
The list shows only people who opted in: being absent from it says nothing about a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import us
from parsel import Selector
from scrapy import Request
from scrapy.http import HtmlResponse, Response

from crawler.answers import text_of
from crawler.records import Fields, Record
from crawler.source import Source
from crawler.troubles import Gate, SourceTrouble

SITE = "https://directory.ncbahm.org"
LIST = f"{SITE}/FAP/SearchResultWithoutMap"
NOTHING = "Not Available"
STATES = tuple(state.abbr for state in us.states.STATES_AND_TERRITORIES) + ("DC",)
FOUND = re.compile(r"([\d,]+)\s+Practitioners?\s+found", re.IGNORECASE)
CHALLENGE = re.compile(r"just a moment|challenge-platform|cf-chl-|verify you are human", re.IGNORECASE)


class Ncbahm(Source):
    """The one primary source of certification."""

    name = "ncbahm"
    title = "NCBAHM (formerly NCCAOM) practitioner directory"
    publisher = "National Certification Board for Acupuncture and Herbal Medicine"
    kind = "certifier"
    access = "gated"
    homepage = "https://directory.ncbahm.org/"
    terms = "Copyrighted directory: link, do not mirror; the search stands behind a gate that is never bypassed."
    cadence_days = 30
    floor, ceiling = 8_000, 40_000
    words = {"status": "certification_status", "designations": "designation"}

    def first_requests(self) -> Iterator[Request]:
        for state in self.states or STATES:
            yield self.ask_page(state, 1)

    def ask_page(self, state: str, page: int) -> Request:
        """One list page of a state."""
        query = {
            "Radius": "0",
            "CountryCode": "USA",
            "StateCode": state,
            "SearchType": "2",
            "Latitude": "0",
            "Longitude": "0",
            "SortBy": "DisplayName",
            "SortDirection": "ASC",
            "SearchFormType": "FAP",
            "PageNo": str(page),
        }
        return self.ask(f"{LIST}?{urlencode(query)}", self.parse, cb_kwargs={"state": state, "page": page})

    def parse(self, response: Response, **where: Any) -> Iterator[Request | Record]:
        """A list page: each card's profile, then the next page."""
        state, page_number = where["state"], where["page"]
        page = page_of(response)
        for fields, link in self.cards(page, state):
            if link:
                yield self.ask_profile(response, link, fields, state)
            else:
                yield self.card_record(response, fields, "", state)
        if page_number < last_page(page):
            yield self.ask_page(state, page_number + 1)

    def ask_profile(self, response: Response, link: str, card: Fields, state: str) -> Request:
        """The profile behind a card; where it is gone, the card alone is the record."""
        where = {"card": card, "link": link, "state": state, "listed_on": response.meta["snapshot"]}
        return self.ask(link, self.parse_profile, cb_kwargs=where, meta={"handle_httpstatus_list": [404]}, priority=1)

    def parse_profile(self, response: Response, **where: Any) -> Iterator[Record]:
        card, link, state = where["card"], where["link"], where["state"]
        if response.status == 404:
            self.skip("profiles that were gone")
            response.meta["snapshot"] = where["listed_on"]
            yield self.card_record(response, card, link, state)
        else:
            yield self.card_record(response, card | read_profile(page_of(response)), link, state)

    def read_page(self, response: Response) -> Iterator[Record]:
        """A saved page: a list, a name search or a profile."""
        page = page_of(response)
        if page.css("div.detail-info__content"):
            fields = read_profile(page)
            link = own_address(response, fields)
            yield self.card_record(response, fields, link, "")
            return
        state = asked_state(page)
        for fields, link in self.cards(page, state):
            yield self.card_record(response, fields, link, state)

    def cards(self, page: Selector, state: str) -> list[tuple[Fields, str]]:
        """Every card with its profile's address; notes the total the page states."""
        total = FOUND.search(" ".join(page.css("p::text").getall()))
        if not total:
            raise missing_marker(page)
        found = [(read_card(card), card_link(card)) for card in page.css("div.result-card__item, div.card-item")]
        if state:
            self.expect(state, int(total[1].replace(",", "")))
            self.note_page(state, [key_in(link) or fields["name"] for fields, link in found])
        return found

    def card_record(self, response: Response, fields: Fields, link: str, state: str) -> Record:
        """A diplomate; keyed by the directory's id, else by the badge, else by name and place."""
        if not fields.get("name"):
            raise SourceTrouble(f"A card without a name on {response.url}: {fields}.")
        badge = fields.get("badge", "").rstrip("/").rsplit("/", 1)[-1]
        key = key_in(link) or badge or f"{fields['name']} {fields.get('address', '')}".strip()
        return self.record(response, key, link or response.url, fields, partition=state)


def page_of(response: Response) -> Selector:
    """The page as HTML, in the encoding it states."""
    return HtmlResponse(response.url, body=text_of(response).encode(), encoding="utf-8").selector


def missing_marker(page: Selector) -> SourceTrouble:
    """Why a list page without "N Practitioners found" is refused: a gate, or another layout."""
    if CHALLENGE.search(page.get()[:200_000]):
        return Gate("The NCBAHM directory answered with a challenge instead of a list.")
    return SourceTrouble("The page does not say 'N Practitioners found': it is no list of the NCBAHM directory.")


def squeezed(node: Selector) -> str:
    """All text below a node, runs of blanks made one."""
    return " ".join(str(node.xpath("string()").get(default="")).split())


def text_in(node: Selector, query: str) -> str:
    """All text below the first match, blanks squeezed; "" for nothing or Not Available."""
    found = node.css(query)
    text = squeezed(found[0]) if found else ""
    return "" if text == NOTHING else text


def texts_in(node: Selector, query: str) -> list[str]:
    values = (squeezed(item) for item in node.css(query))
    return list(dict.fromkeys(value for value in values if value and value != NOTHING))


def present(fields: Fields) -> Fields:
    return {name: value for name, value in fields.items() if value}


def read_card(card: Selector) -> Fields:
    """A list card or a name-search card; the two layouts name their parts differently."""
    status, _, sex = text_in(card, "p.gendar, h5").partition("|")
    return present(
        {
            "name": text_in(card, "p.name a, h4 a, p.name, h4"),
            "status": status.strip(),
            "sex": sex.strip(),
            "phone": beside_icon(card, "icon-call-end"),
            "website": website_in(card),
            "address": text_in(card, "em[id^=addressdata]"),
            "designations": texts_in(card, "div.cert-box__item p.copy") or texts_in(card, "small"),
        }
    )


def read_profile(page: Selector) -> Fields:
    """A profile page: what the card shows, and what the diplomate says there."""
    title = text_in(page, "div.content__text h6")
    designations, _, sex = title.rpartition("|")
    return present(
        {
            "name": text_in(page, "div.content__text h2"),
            "sex": sex.strip(),
            "phone": beside_icon(page, "icon-call-end"),
            "website": website_in(page),
            "address": beside_icon(page, "icon-location-pin"),
            "designations": [part.strip() for part in re.split(r"[,;]", designations) if part.strip()],
            "about": text_in(page, "div.detail-about p"),
            "education": texts_in(page, "div.detail-education__education li"),
            "languages": texts_in(page, "div.detail-education__tags li"),
            "conditions": texts_in(page, "div.detail-education__health li"),
            "badge": page.css("div.certificate-item a::attr(href)").get(default=""),
        }
    )


def beside_icon(node: Selector, icon: str) -> str:
    """The text beside an icon, in either layout."""
    for place in node.xpath(f".//i[contains(@class, '{icon}')]"):
        text = " ".join(
            " ".join(place.xpath("(ancestor::p[1] | following-sibling::p[1])//em//text()").getall()).split()
        )
        if text and text != NOTHING:
            return text
    return ""


def website_in(node: Selector) -> str:
    """The link beside the globe; the printed text is cut at about thirty characters."""
    for place in node.xpath(".//i[contains(@class, 'icon-globe')]"):
        link = place.xpath("(ancestor::a[1] | following-sibling::p[1]//a)/@href").get(default="")
        if link:
            return link.strip()
    return ""


def card_link(card: Selector) -> str:
    link = card.css("p.name a::attr(href), h4 a::attr(href)").get(default="")
    return urljoin(SITE, link.strip()) if link else ""


def key_in(link: str) -> str:
    """The directory's id in a profile's address."""
    if not link:
        return ""
    parts = urlsplit(link)
    return (
        parse_qs(parts.query.replace("+", "%2B")).get("AgencyClientId", [""])[0]
        or parts.path.rstrip("/").rsplit("/", 1)[-1]
    )


def last_page(page: Selector) -> int:
    return int(page.css("input#hdnlastpage::attr(value)").get(default="1") or 1)


def asked_state(page: Selector) -> str:
    """The state a saved list was asked for, from the page's own sort link."""
    links = page.css("a[href*=StateCode]::attr(href)").getall()
    return parse_qs(urlsplit(links[0]).query).get("StateCode", [""])[0] if links else ""


def own_address(response: Response, fields: Fields) -> str:
    """A saved profile's address, where the person gave it or the browser wrote it into the file."""
    return response.url if key_in_profile(response.url) else fields.get("badge", "")


def key_in_profile(url: str) -> bool:
    return "PractitionerDetail" in url or "PractitionerProfile" in url
