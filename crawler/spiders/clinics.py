"""The web sites of the clinics themselves, a handful of pages each, beginning with addresses in other records.

In: current records of the other sources (`crawler.web_starts`). Out: one record a page (`partition` is its site): its
text, headings, people and place in markup. The text is kept to be read for claims and is never published whole. One
site is asked one page at a time: its home page, then what says who practices, what is treated, what is paid
(`crawler.web_sites`), six requests at most. What is wrong with a site is counted and ends that site alone; only a
site that was walked to the end forgets the pages it no longer has.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import HtmlResponse, Response, TextResponse
from scrapy.robotstxt import RobotParser
from twisted.python.failure import Failure

from crawler.network import origin
from crawler.records import Fields, Record
from crawler.source import ALL_STATES, Source
from crawler.troubles import Gate, NotAsked, SnapshotMissing, SourceTrouble, TooMuch, as_trouble
from crawler.web_answers import (
    GONE,
    REDIRECTS,
    is_forbidden,
    is_too_large,
    redirect_target,
    words_for,
)
from crawler.web_page import WebPage, practice_fields, read_web_page
from crawler.web_sites import Link, Visit, kind_of, links_of, plain_url, sitemap_links
from crawler.web_starts import Start, keep, kept, same_owner, site_of, starts

logger = logging.getLogger(__name__)
BEGINNINGS = "sites.json"  # beside a run's snapshots
FEWEST_TO_ALARM = 20
MOST_BYTES = 2 * 1024 * 1024


class Clinics(Source):
    """Web sites of clinics and practitioners: what they say of themselves, never more than a claim."""

    name = "clinics"
    title = "Clinic websites"
    publisher = "The clinics and practitioners themselves"
    kind = "website"
    partitions = ALL_STATES
    access = "open"
    homepage = "https://schema.org/MedicalClinic"
    terms = "public pages, read as robots.txt allows; sentences are quoted as evidence, pages are not copied"
    cadence_days = 30
    floor = 1
    ceiling = 200_000
    request_ceiling = 200_000
    most_minutes = 20 * 60  # before the next night, so that what was cut off can be gone on with
    many_sites = True
    sites_at_once = 8
    # A stranger's server may be slow, gone or endless: it must not hold up the others.
    custom_settings = {
        "DOWNLOAD_TIMEOUT": 20,
        "DOWNLOAD_MAXSIZE": MOST_BYTES,
        "DOWNLOAD_WARNSIZE": 0,
        "RETRY_TIMES": 1,
        "RETRY_GIVE_UP_LOG_LEVEL": "INFO",
        "DNS_TIMEOUT": 10,
    }

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Clinics:
        spider = super().from_crawler(crawler, *args, **kwargs)
        # A stranger's robots.txt that does not answer is counted as such; it is no error of this run.
        logging.getLogger("scrapy.downloadermiddlewares.robotstxt").setLevel(logging.CRITICAL)
        crawler.signals.connect(spider.note_robots, signal=signals.robots_parsed)
        return spider

    def note_robots(self, robotparser: RobotParser, request: Request) -> None:
        """The sitemaps a site's robots.txt names."""
        visit = request.cb_kwargs.get("visit")
        if visit is not None:
            visit.sitemaps += [str(url) for url in getattr(getattr(robotparser, "rp", None), "sitemaps", [])]

    def first_requests(self) -> Iterator[Request]:
        """The first page of every site that the other sources' records name."""
        sites, left_out = self.sites()
        self.skipped.update({f"addresses left out: {why}": count for why, count in left_out.items()})
        if not sites:
            where = f" of {', '.join(self.states)}" if self.states else ""
            said = f"{self.name}: no record{where} names a clinic's web site yet; read another source first."
            self.troubles.append(SourceTrouble(said))
        for start in sites:
            yield self.ask_page(Visit(start, origin(start.addresses[0])), Link(start.addresses[0], "home"))

    def sites(self) -> tuple[list[Start], Counter[str]]:
        """The sites to read; a run that goes on, or is read again, begins where it began."""
        options = self.crawler.settings
        run = Path(options["DIPLOMATE_RUN"])
        begun = Path(options["DIPLOMATE_REPLAY_OF"] or run) / BEGINNINGS
        found = (
            kept(begun)
            if begun.exists()
            else starts(run.parents[2], self.name, self.states, options["DIPLOMATE_MIRRORS"] or {})
        )
        keep(run / BEGINNINGS, *found)
        return found

    def ask_page(self, visit: Visit, link: Link) -> Request:
        """One page; redirects and missing pages come back to us, and count as requests."""
        visit.asked += 1
        visit.seen.add(link.url)
        callback = self.read_sitemap if link.kind == "sitemap" else self.read_answer
        meta = {"dont_redirect": True, "handle_httpstatus_list": [*REDIRECTS, *GONE]}
        arguments = {"visit": visit, "kind": link.kind}
        return Request(link.url, callback, errback=self.not_read, meta=meta, cb_kwargs=arguments, dont_filter=True)

    def read_answer(self, response: Response, visit: Visit, kind: str) -> Iterator[Record | Request]:
        """A page, or why there is none; then the site's next page."""
        target = redirect_target(response)
        if target:
            yield from self.follow(response, visit, kind, target)
            return
        if response.status in GONE:
            self.skip("pages not found")
            root = f"{origin(response.url)}/"
            if kind == "home" and root not in visit.seen:
                visit.open[root] = Link(root, "home")
        elif isinstance(response, HtmlResponse):
            yield from self.read_html(response, visit, kind)
        else:
            self.skip("pages that are not HTML")
        yield from self.go_on(visit)

    def read_html(self, response: HtmlResponse, visit: Visit, kind: str) -> Iterator[Record]:
        """A page's record, and the links it offers; a parked name, a challenge or a sign-in ends the site."""
        try:
            page, links = read_web_page(response.text), links_of(response, visit)
        except Exception:  # whatever a stranger's page does to a parser, the other sites are read
            logger.warning("While reading %s", response.url, exc_info=True)
            broken = SourceTrouble(f"{response.url} could not be parsed; see log.txt of the run.")
            self.end(visit, response.url, broken, "could not be parsed")
            return
        if page.gate:
            gate = Gate(f"{response.url} shows {page.gate}; the site was not read further.")
            self.end(visit, response.url, gate, "refused or behind a gate")
        elif page.parked:
            parked = SourceTrouble(f"{response.url} is a parked name, not a clinic's site.")
            self.end(visit, response.url, parked, "parked names")
        else:
            self.take_links(links, visit, kind)
            if page.needs_script and not links:
                self.skip("pages that need JavaScript")
            elif page.text or page.markup.people:
                visit.pages += 1
                yield self.page_record(response, page, kind, visit.start)

    def take_links(self, links: list[Link], visit: Visit, kind: str) -> None:
        """What a page leads to; other addresses that records print on this site are somebody's own page."""
        if kind == "home":
            visit.links_at_home = len(links)
            visit.offer(Link(url, "bio") for url in visit.start.addresses[1:])
        visit.read[kind] += 1
        visit.offer(links)

    def page_record(self, response: Response, page: WebPage, kind: str, start: Start) -> Record:
        """The record of one page; its site is its partition, so that a site we could not read today keeps its own."""
        if page.markup.damaged:
            self.skip("pages with damaged markup")
        fields: Fields = {
            "site": start.site,
            "page_kind": kind,
            "title": page.title,
            "page_language": page.language,
            "text": page.text,
            "headings": [[level, words] for level, words in page.headings],
            "footer_at": page.footer_at,
            "people": page.markup.people,
            "website": start.addresses[0],
            "found_in_states": sorted(start.states),
            **practice_fields(page),
        }
        url = plain_url(response.url)
        present = {name: value for name, value in fields.items() if value}
        return self.record(response, key=url, url=url, fields=present, partition=start.site)

    def follow(self, response: Response, visit: Visit, kind: str, target: str) -> Iterator[Request]:
        """A redirect within the same owner's names is followed; one to somebody else ends the site."""
        visit.redirects += 1
        here = same_owner(response.url, target) if kind == "home" else site_of(target) == site_of(visit.origin)
        if kind == "home" and not here:
            away = f"{response.url} leads to {urlsplit(target).hostname}, another owner's site."
            self.end(visit, response.url, SourceTrouble(away), "moved to another site")
        elif here and visit.may_follow(plain_url(target)):
            visit.origin = origin(target) if kind == "home" else visit.origin
            yield self.ask_page(visit, Link(plain_url(target), kind))
        else:
            self.skip("pages that only lead elsewhere")
            yield from self.go_on(visit)

    def go_on(self, visit: Visit) -> Iterator[Request]:
        """The site's next page, or the end of it."""
        if visit.over:
            return
        link = visit.next_link()
        if link is not None:
            yield self.ask_page(visit, link)
        elif not visit.pages:
            self.skip("sites without a page to read")
        else:
            self.read_whole(visit.site)

    def read_sitemap(self, response: Response, visit: Visit, kind: str) -> Iterator[Request]:
        """Pages the sitemap names; of an index of several the one that lists pages is read too."""
        links, inner = sitemap_links(response.body, visit) if response.status == 200 else ([], "")
        visit.offer(links)
        if inner and inner not in visit.seen and visit.may_follow(inner):
            yield self.ask_page(visit, Link(inner, "sitemap"))
        else:
            yield from self.go_on(visit)

    def not_read(self, failure: Failure) -> Iterator[Request]:
        """A page that gave no answer: a forbidden one is passed over, a refusal or silence ends the site."""
        if isinstance(failure.value, NotAsked):
            return
        request: Request = failure.request  # type: ignore[attr-defined]
        visit, kind = request.cb_kwargs["visit"], request.cb_kwargs["kind"]
        trouble = as_trouble(failure.value, request.url)
        if isinstance(trouble, SnapshotMissing):
            self.troubles.append(trouble)
        elif isinstance(trouble, TooMuch):
            self.note_trouble(trouble, request.url)
        elif kind != "home" and (is_forbidden(failure.value) or is_too_large(failure.value)):
            self.skip(f"pages not read: {words_for(failure.value, trouble)}")
            yield from self.go_on(visit)
        else:
            self.end(visit, request.url, trouble, words_for(failure.value, trouble))

    def end(self, visit: Visit, url: str, trouble: SourceTrouble, reason: str) -> None:
        """Ask nothing more of a site; what it showed before stays."""
        visit.over = True
        self.skip(f"sites not read: {reason}")
        self.lose_site(url, trouble)

    def note_trouble(self, trouble: SourceTrouble, url: str) -> None:
        """A file a person saved is no site to pass over: what is wrong with it is said."""
        if self.saved:
            self.troubles.append(trouble)
        else:
            super().note_trouble(trouble, url)

    def last_alarms(self) -> Iterator[str]:
        """Many silent sites mean that something is wrong with us or our network, not with each of them."""
        if len(self.lost_sites) >= FEWEST_TO_ALARM and len(self.lost_sites) > len(self.keys_in):
            read, lost = len(self.keys_in), len(self.lost_sites)
            yield f"{self.name}: {lost} sites could not be read and only {read} could; their earlier pages stay."

    def coverage(self) -> dict[str, bool]:
        """Sites walked to their end; and the states asked for, of which every site was tried."""
        tried = () if self.saved or not self.keys else self.states or ALL_STATES
        return dict.fromkeys([*self.walked, *tried], True)

    def read_page(self, response: Response) -> Iterator[Record]:
        """A page a person saved; the browser's comment or the page itself says where it stands on the web."""
        if not isinstance(response, TextResponse):
            raise SourceTrouble("the file is not an HTML page.")
        page = read_web_page(response.text)
        url = response.url if response.url != self.homepage else page.canonical
        if not url.startswith(("http://", "https://")):
            raise SourceTrouble("the file does not say which page it is; save it with a browser, which writes it down.")
        if page.gate:
            raise Gate(f"the page shows {page.gate}.")
        start = Start(site_of(url), [f"{origin(url)}/"])
        yield self.page_record(response.replace(url=url), page, kind_of(url), start)
