"""Which pages of a clinic's web site are worth a request, and in which order.

In: links of pages read so far, a sitemap. Out: the next address. What a link is about is told by its words and its
path (`page_kinds.csv`). Pages that say who practices come first, questions and answers last; a second page of a
kind yields to the first of another, so that a handful of requests shows the whole clinic.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from scrapy.http import TextResponse
from scrapy.utils.gz import gunzip
from scrapy.utils.sitemap import Sitemap
from w3lib.url import url_query_cleaner

from crawler.web_starts import Start, site_of

MOST_REQUESTS = 6  # a site, besides robots.txt
MOST_REDIRECTS = 3
MOST_LINKS = 400  # of one page or sitemap; a longer list is a shop or a blog
LONGEST_SITEMAP = 5_000_000
FEW_LINKS = 5  # a home page with fewer may have its pages in a sitemap only
WORTH = {"home": 200, "team": 100, "about": 90, "bio": 88, "conditions": 80, "services": 75, "insurance": 70, "faq": 10}
LESS_EACH_TIME = 15
PEOPLE = ("team", "about", "bio")
NO_PAGE = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|zip|jpe?g|png|gif|webp|svg|ico|mp[34]|mov|avi|css|js|json|xml|rss|ics|vcf|txt)$", re.I
)
TRACKING = re.compile(r"^(?:utm_\w+|gclid|fbclid|msclkid|mc_[ce]id|_ga|ref|source|hsCtaTracking)$", re.I)
OTHER_LANGUAGE = re.compile(r"^/(?:es|zh|zh-[a-z]+|cn|tw|ko|kr|vi|vn|ja|jp|ru|fr|de|pt|it|fa|ar|he|pl|hi)(?:/|$)", re.I)
LETTERS = re.compile(r"\bL\.? ?Ac\b|\bDipl\b|\bDACM\b|\bDAOM\b|\bD\.?O\.?M\b|\bA\.?P\b|\bE\.?A\.?M\.?P\b|^Dr\b", re.I)


@dataclass(frozen=True)
class Link:
    """A page that can be asked for. `kind` is a word of page_kinds.csv, `home` or `bio`."""

    url: str
    kind: str
    foreign: bool = False


@dataclass
class Visit:
    """What is known while one site is read. `origin` is the scheme and host it answered with last."""

    start: Start
    origin: str
    asked: int = 0
    redirects: int = 0
    pages: int = 0
    over: bool = False
    open: dict[str, Link] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    read: Counter[str] = field(default_factory=Counter)
    sitemaps: list[str] = field(default_factory=list)
    links_at_home: int = 0
    sitemap_asked: bool = False

    @property
    def site(self) -> str:
        return self.start.site

    def offer(self, links: Iterable[Link]) -> None:
        """Pages that may be asked for, each once, under the scheme and host the site answered with."""
        for link in links:
            url = self.here(link.url)
            if not self.knows(url) and url not in self.open:
                self.open[url] = Link(url, link.kind, link.foreign)

    def knows(self, url: str) -> bool:
        """Whether a page was asked for, under this address or the same without its last slash."""
        return any(spelling in self.seen for spelling in (url, url.rstrip("/"), f"{url}/"))

    def here(self, url: str) -> str:
        """An address of the site as the site itself spells its host, which saves a redirect."""
        parts = urlsplit(url)
        return plain_url(f"{self.origin}{parts.path or '/'}" + (f"?{parts.query}" if parts.query else ""))

    def may_follow(self, url: str) -> bool:
        """Whether an address we were sent to is new and within what may be asked of one site."""
        return self.asked < MOST_REQUESTS and self.redirects <= MOST_REDIRECTS and url not in self.seen

    def next_link(self) -> Link | None:
        """What to ask next: a page, or first the sitemap; None when nothing is left or enough was asked."""
        sitemap = self.next_sitemap() if self.pages else ""
        return Link(sitemap, "sitemap") if sitemap else self.next_page()

    def next_page(self) -> Link | None:
        """The open page worth most today; None when nothing is left or enough was asked."""
        if self.asked >= MOST_REQUESTS or not self.open:
            return None
        best = min(self.open.values(), key=lambda link: (-self.worth(link), len(link.url), link.url))
        return self.open.pop(best.url)

    def worth(self, link: Link) -> int:
        return WORTH.get(link.kind, 0) - LESS_EACH_TIME * self.read[link.kind] - 20 * link.foreign

    def next_sitemap(self) -> str:
        """The sitemap, where the pages read so far lead to nobody; asked once, and only where it may help."""
        if self.sitemap_asked or self.asked >= MOST_REQUESTS - 1:
            return ""
        if any(link.kind in PEOPLE for link in self.open.values()) or any(self.read[kind] for kind in PEOPLE):
            return ""
        self.sitemap_asked = True
        named = [url for url in self.sitemaps if site_of(url) == site_of(self.origin)]
        return named[0] if named else f"{self.origin}/sitemap.xml" if self.links_at_home < FEW_LINKS else ""


def plain_url(url: str) -> str:
    """An address without fragment and tracking; the same page has one spelling."""
    parts = urlsplit(url)
    names = [name for name in re.findall(r"(?:^|&)([^=&]+)", parts.query) if TRACKING.match(name)]
    cleaned = url_query_cleaner(url, names, remove=True) if names else url
    parts = urlsplit(cleaned)
    return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", parts.query, ""))


def links_of(response: TextResponse, visit: Visit) -> list[Link]:
    """The pages of the same site this page links to, each with its kind; what is not worth a request is left out."""
    links = []
    for node in response.xpath("//a[@href]")[:MOST_LINKS]:
        words = " ".join(" ".join(node.xpath(".//text() | .//@alt | @title").getall()).split())[:120]
        url = joined(response, node.attrib["href"])
        if url and site_of(url) == site_of(visit.origin):
            links.append(Link(url, kind_of(url, words, visit.read["team"] > 0), is_foreign(url, visit)))
    return [link for link in links if link.kind in WORTH and link.kind != "home"]


def joined(response: TextResponse, href: str) -> str:
    """The address a link leads to; "" for mail, telephone, scripts, files and what is none."""
    try:
        url = urljoin(base_of(response), href.strip())
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return ""
    return plain_url(url) if usable and not NO_PAGE.search(parts.path) and len(url) < 500 else ""


def base_of(response: TextResponse) -> str:
    return urljoin(response.url, response.xpath("//base/@href").get(default=""))


def is_foreign(url: str, visit: Visit) -> bool:
    """Whether the page is another language's copy of a page."""
    begun = urlsplit(visit.start.addresses[0]).path if visit.start.addresses else ""
    return bool(OTHER_LANGUAGE.match(urlsplit(url).path)) and not OTHER_LANGUAGE.match(begun)


def kind_of(url: str, words: str = "", on_team_page: bool = False) -> str:
    """What a page is about, by its path and the words of a link to it; `other` where nothing says so."""
    path = path_words(url)
    if not path:
        return "home"
    if skip_pattern().search(path):
        return "skip"
    text = words.casefold()
    kind = first_kind(path) or first_kind(text)
    if kind in ("", "services", "team") and LETTERS.search(words) and is_in_path(words, path):
        return "bio"
    if not kind and on_team_page and is_in_path(words, path):
        return "bio"
    return "skip" if not kind and skip_pattern().search(text) else kind or "other"


def path_words(url: str) -> str:
    """The words of an address's path: `/our-team/index.html` is `our team`."""
    path = re.sub(r"\.(?:html?|php|aspx?)$", "", unquote(urlsplit(url).path), flags=re.I)
    words = re.sub(r"[-_/+.]+", " ", path).casefold().split()
    return " ".join(word for word in words if word not in ("index", "home", "default", "en"))


def is_in_path(words: str, path: str) -> bool:
    """Whether a word of a link (a family name, say) stands in the address it leads to."""
    return any(len(word) > 2 and word in path.split() for word in re.findall(r"[^\W\d_]+", words.casefold()))


def first_kind(text: str) -> str:
    return next((kind for kind, pattern in kinds() if kind != "skip" and pattern.search(text)), "")


@cache
def kinds() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Kind and pattern of each row of page_kinds.csv, in file order."""
    path = Path(__file__).with_name("page_kinds.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return tuple((row["kind"], re.compile(row["pattern"])) for row in csv.DictReader(file))


@cache
def skip_pattern() -> re.Pattern[str]:
    return re.compile("|".join(pattern.pattern for kind, pattern in kinds() if kind == "skip"))


def sitemap_links(body: bytes, visit: Visit) -> tuple[list[Link], str]:
    """Pages a sitemap names, and the sitemap to read instead where this is an index of several.

    A damaged, huge or empty one gives nothing.
    """
    entries = list(sitemap_entries(body))
    inner = [url for url, is_index in entries if is_index]
    urls = [url for url, is_index in entries if not is_index and site_of(url) == site_of(visit.origin)]
    links = [Link(url, kind_of(url), is_foreign(url, visit)) for url in urls]
    pages = next((url for url in inner if re.search(r"page", urlsplit(url).path)), inner[0] if inner else "")
    same = bool(pages) and site_of(pages) == site_of(visit.origin)
    return [link for link in links if link.kind in WORTH and link.kind != "home"], pages if same else ""


def sitemap_entries(body: bytes) -> Iterator[tuple[str, bool]]:
    """(address, whether it is another sitemap) of each entry, as many as a clinic may have."""
    try:
        body = gunzip(body, max_size=LONGEST_SITEMAP) if body.startswith(b"\x1f\x8b") else body
        sitemap = Sitemap(body[:LONGEST_SITEMAP])
        for _, entry in zip(range(MOST_LINKS), sitemap, strict=False):
            url = entry["loc"].strip()
            if re.match(r"https?://[^/\s]+", url) and urlsplit(url).hostname:
                yield plain_url(url), sitemap.type == "sitemapindex"
    except Exception:  # whatever a stranger's file does to the parser, it is only a list of hints
        return
