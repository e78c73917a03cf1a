"""One page of a clinic's web site: its visible text, headings, people and place, as the page has them.

In: the HTML of a page. Out: a `WebPage`. Menus, forms and scripts are no text; e-mail addresses and birth dates are
taken out of it. Nothing is concluded here: who is meant and what is claimed is the pipeline's to read. Any bytes
give a page, at worst an empty one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import html_text
import lxml.html
from lxml.etree import LxmlError, ParserError

from crawler.records import Fields
from crawler.web_markup import Markup, read_markup

LONGEST_TEXT = 30_000
LONGEST_HEADING = 200
MOST_HEADINGS = 300
LITTLE_TEXT = 120  # characters; a page with scripts and less shows its words only to a browser
NOT_SHOWN = "//nav | //*[@role='navigation'] | //form | //select | //button | //template | //noscript | //iframe"
NEVER_TEXT = "//script | //style | //svg | //object | //head/*[not(self::title)]"
# it begins where a word begins and never goes back (++): a page that is one long word took minutes (2026-11-23)
EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]++@[\w-]++(?:\.[\w-]+)+"
    r"|(?<![\w.+-])[\w.+-]++\s?[(\[]\s?at\s?[)\]]\s?[\w-]+(?:(?:\.(?=\w)|\s?[(\[]\s?dot\s?[)\]]\s?)[\w-]+)+",
    re.IGNORECASE,
)
MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
A_DATE = (
    rf"(?:\d{{1,4}}[-/.]\d{{1,2}}[-/.]\d{{1,4}}|(?:{MONTHS})[a-z]*\.? \d{{1,2}},? \d{{4}}"
    rf"|\d{{1,2}} (?:{MONTHS})[a-z]* \d{{4}})"
)
BIRTH = re.compile(
    rf"\b(?:date of birth|birth ?date|birthday|d\.?o\.?b\.?|born(?: on)?)\b[:\s]{{1,3}}(?:is )?{A_DATE}", re.IGNORECASE
)
CHALLENGES = re.compile(
    r"^(?:just a moment|attention required|checking your browser|access denied|verify(?:ing)? you are human"
    r"|are you (?:a )?(?:human|robot)|security check|robot check|please verify|ddos.guard|one moment, please)",
    re.I,
)
CHALLENGE_MARKS = "cf-chl challenge-platform cf_chl_opt g-recaptcha h-captcha cf-turnstile px-captcha".split()
PARKED = re.compile(
    r"\b(?:this )?domain(?: name)? (?:is|may be|has been) (?:for sale|parked|expired|registered)|\bbuy this domain\b"
    r"|\bdomain for sale\b|\bparked free\b",
    re.IGNORECASE,
)


@dataclass
class WebPage:
    """What one page shows. `headings` are (level, words) in the order of the text, which ends with the page's footer
    (from `footer_at` on; 0 where the page marks none).
    """

    title: str = ""
    site_name: str = ""
    language: str = ""
    canonical: str = ""
    text: str = ""
    headings: list[tuple[int, str]] = field(default_factory=list)
    footer_at: int = 0
    phones: list[str] = field(default_factory=list)
    markup: Markup = field(default_factory=Markup)
    gate: str = ""
    parked: bool = False
    needs_script: bool = False


def read_web_page(html: str) -> WebPage:
    """Read a page; what cannot be parsed at all is an empty page."""
    root = parsed(html)
    if root is None:
        return WebPage()
    page = WebPage(
        title=squeezed(" ".join(root.xpath("//head/title//text()")[:1])),
        site_name=squeezed(" ".join(root.xpath("//meta[@property='og:site_name']/@content")[:1])),
        language=squeezed(" ".join(root.xpath("/html/@lang")[:1]))[:10].casefold(),
        canonical=(root.xpath("//link[@rel='canonical']/@href | //meta[@property='og:url']/@content") or [""])[
            0
        ].strip(),
        phones=telephones(root),
        markup=read_markup(root),
    )
    has_password = bool(root.xpath("boolean(//input[@type='password'])"))
    has_script = bool(root.xpath("boolean(//script[not(contains(@type, 'json'))])"))
    read_text(root, page)
    page.gate = gate_of(page, html, has_password)
    page.parked = len(page.text) < 2000 and bool(PARKED.search(f"{page.title}\n{page.text}"))
    page.needs_script = has_script and len(page.text) < LITTLE_TEXT and not page.markup.people
    return page


def parsed(html: str) -> lxml.html.HtmlElement | None:
    try:
        return html_text.parse_html(html.replace("\x00", ""))
    except (LxmlError, ParserError, ValueError, TypeError):
        return None


def telephones(root: lxml.html.HtmlElement) -> list[str]:
    """Numbers the page offers to dial, in order."""
    numbers = (href[4:].strip() for href in root.xpath("//a[starts-with(@href, 'tel:')]/@href"))
    return list(dict.fromkeys(number for number in numbers if number))[:5]


def read_text(root: lxml.html.HtmlElement, page: WebPage) -> None:
    """The text a reader sees, block by block, the footer last, and its headings; destroys the tree."""
    for node in root.xpath(f"{NEVER_TEXT} | {NOT_SHOWN}"):
        node.drop_tree()
    bodies = root.xpath("//body") or [root]
    footers = root.xpath(
        "//footer[not(ancestor::article | ancestor::section | ancestor::blockquote | ancestor::footer)]"
    )
    for footer in footers:
        footer.drop_tree()
    main, end = visible(bodies[0]), "\n\n".join(map(visible, footers))
    page.text = f"{main}\n\n{end}".strip()[:LONGEST_TEXT]
    page.footer_at = len(main) if end and len(main) < len(page.text) else 0
    page.headings = [heading for part in (bodies[0], *footers) for heading in headings_of(part)][:MOST_HEADINGS]


def visible(node: lxml.html.HtmlElement) -> str:
    return without_private(tidy(html_text.etree_to_text(node)))


def headings_of(node: lxml.html.HtmlElement) -> list[tuple[int, str]]:
    """Level and words of each heading below a node."""
    found = node.xpath(".//h1|.//h2|.//h3|.//h4|.//h5|.//h6")
    words = (without_private(squeezed(html_text.etree_to_text(heading, guess_layout=False))) for heading in found)
    return [(int(heading.tag[1]), said) for heading, said in zip(found, words, strict=True) if said]


def tidy(text: str) -> str:
    """No control characters, no more than one empty line; html-text has one line for each block."""
    clean = "".join(letter for letter in text if letter.isprintable() or letter in "\n\t")
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[^\S\n]+", " ", clean)).strip()


def without_private(text: str) -> str:
    """The text without e-mail addresses and birth dates."""
    return BIRTH.sub("", EMAIL.sub("", text))


def squeezed(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())[:LONGEST_HEADING]


def gate_of(page: WebPage, html: str, has_password: bool) -> str:
    """Which gate stands before the page, in words; "" for none."""
    short = len(page.text) < 1500
    if short and (CHALLENGES.match(page.title) or CHALLENGES.match(page.text)):
        return "a challenge page"
    if len(page.text) < LITTLE_TEXT and any(mark in html for mark in CHALLENGE_MARKS):
        return "a challenge page"
    return "a sign-in page" if has_password and len(page.text) < 300 else ""


def practice_fields(page: WebPage) -> Fields:
    """Clinic, telephone and places in the source's own words, under canonical names."""
    practices = [item for item in page.markup.practices if set(item) - {"name"}] or page.markup.practices
    places = [{name: text for name, text in item.items() if name != "name"} for item in practices]
    fields: Fields = {
        "clinic": practices[0]["name"] if practices else page.site_name,
        "phone": next((item["phone"] for item in practices if item.get("phone")), "") or (page.phones or [""])[0],
        "locations": [item for item in places if item.get("city") or item.get("address")],
    }
    return {name: value for name, value in fields.items() if value}
