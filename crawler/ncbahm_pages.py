"""The pages of the NCBAHM directory, in every layout seen: list cards, a name search's cards, profiles.

In: HTML. Out: raw fields under canonical names. No address is asked for here.
"""

from __future__ import annotations

import math
import re
from urllib.parse import parse_qs, urljoin, urlsplit

from parsel import Selector

from crawler.records import Fields

SITE = "https://directory.ncbahm.org"
NOTHING = "Not Available"
PAGE_CARDS = 20
WHOLE_LIST = {
    "Radius": "0",
    "CountryCode": "USA",
    "SearchType": "2",
    "Latitude": "0",
    "Longitude": "0",
    "SearchFormType": "FAP",
}
HEADINGS = {
    "About Me",
    "Practitioner Locations",
    "Digital Badges Information",
    "Education",
    "Languages Spoken",
    "Health Conditions Treated",
}


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


def split_words(printed: list[str]) -> list[str]:
    """Designations that stand in one text, apart."""
    return [part.strip() for text in printed for part in re.split(r"[,;]", text) if part.strip()]


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
            "other_addresses": other_addresses(card),
            "designations": split_words(texts_in(card, "div.cert-box__item p.copy") or texts_in(card, "small")),
        }
    )


def read_profile(page: Selector) -> Fields:
    """A profile page: what the card shows, and what the diplomate says there."""
    title = text_in(page, "div.content__text h6")
    designations, _, sex = title.partition("|")
    return present(
        {
            "name": text_in(page, "div.content__text h2"),
            "sex": sex.strip(),
            "phone": beside_icon(page, "icon-call-end"),
            "website": website_in(page),
            "address": beside_icon(page, "icon-location-pin"),
            "other_addresses": texts_in(page, "div.content-item__address p")[1:],
            "designations": split_words([designations]),
            "about": text_in(page, "div.detail-about p"),
            "education": texts_in(page, "div.detail-education__education li"),
            "languages": texts_in(page, "div.detail-education__tags li"),
            "conditions": texts_in(page, "div.detail-education__health li"),
            "badge": page.css("div.certificate-item a::attr(href)").get(default=""),
        }
    )


def other_addresses(card: Selector) -> list[str]:
    """Addresses behind the first one."""
    printed = (" ".join(text.split()) for text in card.css("li[data-address]::attr(data-address)").getall()[1:])
    return [text for text in printed if text and text != NOTHING]


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
        link = place.xpath("(ancestor::a[1] | following-sibling::p[1]//a)/@href").get(default="").strip()
        if link and "@" not in link and not link.startswith("mailto:"):
            return link
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


def last_page(page: Selector, total: int) -> int:
    """The number of the last page as the page says it, else as its total does."""
    said = page.css("input#hdnlastpage::attr(value)").get(default="").strip()
    return int(said) if said.isascii() and said.isdigit() else math.ceil(total / PAGE_CARDS)


def asked_state(page: Selector) -> str:
    """The state a saved list was asked for, from the page's own sort link; "" for a list narrowed any further."""
    links = page.css("a[href*=StateCode]::attr(href)").getall()
    asked = {name: values[0] for name, values in parse_qs(urlsplit(links[0]).query).items()} if links else {}
    narrowed = {name: value for name, value in asked.items() if WHOLE_LIST.get(name, value) != value}
    further = set(asked) - set(WHOLE_LIST) - {"StateCode", "PageNo", "SortBy", "SortDirection"}
    return "" if narrowed or further else asked.get("StateCode", "")


def unknown_headings(page: Selector) -> set[str]:
    """Sections of a profile that are not read."""
    return {heading for heading in texts_in(page, "section h5, section h4") if heading not in HEADINGS}
