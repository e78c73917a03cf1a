"""NCBAHM (until 2026 NCCAOM): the certifier's own directory of diplomates who chose to be listed.

In: list pages of twenty cards, a name search's cards, profile pages. Out: one record a diplomate. The site's search
stands behind a Turnstile gate: the spider stops there as blocked, and a person may save the pages and import them.
The list shows only people who opted in: being absent from it says nothing about a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from parsel import Selector
from scrapy import Request
from scrapy.http import HtmlResponse, Response

from crawler.answers import text_of
from crawler.challenges import SIGNS, refused
from crawler.ncbahm_pages import (
    SITE,
    WHOLE_LIST,
    asked_state,
    card_link,
    key_in,
    last_page,
    read_card,
    read_profile,
    unknown_headings,
)
from crawler.records import Fields, Record
from crawler.source import ALL_STATES, Source
from crawler.troubles import SourceTrouble

LIST = f"{SITE}/FAP/SearchResultWithoutMap"
FOUND = re.compile(r"([\d,]+)\s+Practitioners?\s+found", re.IGNORECASE)
PROFILE = "div.detail-info__content"
PROFILE_ADDRESS = re.compile(r"PractitionerDetail|PractitionerProfile")


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
    partitions = ALL_STATES
    floor, ceiling = 8_000, 40_000
    most_minutes = 20 * 60
    request_ceiling = 45_000  # a profile for each card, a list page for every twenty
    fill = {"designations": 0.8, "address": 0.5}
    words = {"status": "certification_status", "designations": "designation"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked: set[str] = set()
        self.others: list[str] = []

    def first_requests(self) -> Iterator[Request]:
        """One state; the others follow when it was no gate, so that a gate is knocked at once and no more."""
        first, *self.others = self.states or ALL_STATES
        yield self.ask_page(first, 1)

    def ask_page(self, state: str, page: int) -> Request:
        """One list page of a state."""
        order = {"SortBy": "DisplayName", "SortDirection": "ASC"}
        query = {"StateCode": state} | WHOLE_LIST | order | {"PageNo": str(page)}
        return self.ask(f"{LIST}?{urlencode(query)}", self.parse, cb_kwargs={"state": state, "page": page})

    def parse(self, response: Response, **where: Any) -> Iterator[Request | Record]:
        """A list page: each card's profile, then the next page."""
        state, page_number = where["state"], where["page"]
        page = page_of(response)
        cards = self.cards(response, page, state)
        others, self.others = self.others, []
        yield from (self.ask_page(other, 1) for other in others)
        yield from self.follow(response, cards, state)
        if page_number < last_page(page, self.expected[state]):
            if not cards:
                raise SourceTrouble(f"{response.url} shows nobody though more pages follow; it was not walked further.")
            yield self.ask_page(state, page_number + 1)

    def follow(self, response: Response, cards: list[tuple[Fields, str]], state: str) -> Iterator[Request | Record]:
        """The profile of each card; somebody listed in another state too has one profile and one record."""
        for fields, link in cards:
            if link in self.asked:
                self.keys_in[state].add(key_in(link))
            elif link:
                self.asked.add(link)
                yield self.ask_profile(response, link, fields, state)
            else:
                yield self.card_record(response, fields, "", state)

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
            profile = self.profile(response, page_of(response))
            record = self.card_record(response, card | profile, link, state)
            yield replace(record, also=(where["listed_on"].sha256,))

    def read_page(self, response: Response) -> Iterator[Record]:
        """A saved page: a list, a name search or a profile."""
        page = page_of(response)
        if page.css(PROFILE):
            fields = self.profile(response, page)
            yield self.card_record(response, fields, own_address(response, fields), "")
            return
        state = asked_state(page)
        for fields, link in self.cards(response, page, state):
            yield self.card_record(response, fields, link, state)

    def profile(self, response: Response, page: Selector) -> Fields:
        """A profile's fields; a heading that is new is said, its section is not read."""
        if not page.css(PROFILE):
            raise refused(response, f"{response.url} is no profile of the NCBAHM directory; the layout has changed.")
        for heading in sorted(unknown_headings(page)):
            self.alarms.append(f"ncbahm: profiles have a section {heading!r} that is not read.")
        return read_profile(page)

    def cards(self, response: Response, page: Selector, state: str) -> list[tuple[Fields, str]]:
        """Every card with its profile's address; notes the total the page states."""
        total = FOUND.search(" ".join(page.css("p::text").getall()))
        if not total:
            raise refused(response, f"{response.url} does not say 'N Practitioners found': it is no list.")
        found = [(read_card(card), card_link(card)) for card in page.css("div.result-card__item, div.card-item")]
        for fields, _ in found:
            if not fields.get("status"):
                raise SourceTrouble(f"The card of {fields.get('name')!r} shows no status; the layout has changed.")
        if state:
            self.expect(state, int(total[1].replace(",", "")))
            self.note_page(state, [key_in(link) or fields.get("name", "") for fields, link in found])
        return found

    def card_record(self, response: Response, fields: Fields, link: str, state: str) -> Record:
        """A diplomate; keyed by the directory's id, else by the badge, else by name and place."""
        if not fields.get("name"):
            raise SourceTrouble(f"A card without a name on {response.url}: {fields}.")
        key = key_in(link) or f"{fields['name']} {fields.get('address', '')}".strip()
        return self.record(response, key, link or response.url, fields, partition=state)


def page_of(response: Response) -> Selector:
    """The page as HTML; raises SourceTrouble for one that was cut short."""
    text = text_of(response)
    begun = FOUND.search(text) or ("<html" in text[:2000].lower() and not SIGNS.search(response.body))
    if begun and "</html>" not in text[-2000:].lower():
        raise SourceTrouble(f"{response.url} is cut short: the page has no end.")
    return HtmlResponse(response.url, body=text.encode(), encoding="utf-8").selector


def own_address(response: Response, fields: Fields) -> str:
    """A saved profile's address where the browser wrote it into the file, else its badge's."""
    return response.url if PROFILE_ADDRESS.search(response.url) else fields.get("badge", "")
