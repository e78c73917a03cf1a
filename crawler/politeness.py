"""Manners that Scrapy leaves to us: Retry-After and Crawl-delay to the second, robots.txt also when it is unreadable.

In: answers and robots.txt. Out: waiting, or a refusal to ask. Measured on Scrapy 2.19 (2026-11-22): the first two are
ignored by default, and a robots.txt that cannot be read is taken for a permission, where RFC 9309 says the opposite.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.robotstxt import RobotParser

from crawler.troubles import SourceTrouble

LONGEST_WAIT_SECONDS = 900
LONGEST_PAUSE_SECONDS = 60


class Robots(RobotsTxtMiddleware):
    """Obeys robots.txt; where it cannot be read (5xx, 429, no answer), nothing of that host is asked (RFC 9309)."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.unreadable: dict[str, str] = {}

    async def process_request(self, request: Request, spider: Spider | None = None) -> None:
        if request.meta.get("dont_obey_robotstxt"):
            return
        await super().process_request(request)
        host = urlsplit(request.url).netloc
        if host in self.unreadable:
            why = self.unreadable[host]
            raise SourceTrouble(f"robots.txt of {host} could not be read ({why}), so {request.url} was not asked.")

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= 500 or response.status == 429:
            self.unreadable[netloc] = f"status {response.status}"
        await super()._parse_robots(response, netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        if not isinstance(exc, IgnoreRequest):
            self.unreadable[netloc] = str(exc) or type(exc).__name__
        super()._robots_error(exc, netloc)


class Redirects(RedirectMiddleware):
    """Follows a redirect even to an address asked before: dropped as a duplicate, it would end a run without a word."""

    def _redirect(self, redirected: Request, request: Request, reason: Any) -> Request:
        followed = super()._redirect(redirected, request, reason)
        followed.dont_filter = True
        return followed


def seconds_to_wait(header: str) -> float | None:
    """Seconds a Retry-After header asks for (a number or an HTTP date); None when it cannot be read."""
    if header.strip().isdigit():
        return float(header)
    try:
        return max(0.0, (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None


class Turns:
    """One question at a time to each host, and none while the host asks us to wait.

    Scrapy lets a whole queue go at once when there is no delay, whatever its limit says (2.19, measured 2026-11-22).
    """

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self.crawler = crawler
        self.delay = settings.getfloat("DOWNLOAD_DELAY")
        self.retries = settings.getint("RETRY_TIMES")
        self.codes = [int(code) for code in settings.getlist("RETRY_HTTP_CODES")]
        self.hosts: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def of(self, url: str) -> asyncio.Lock:
        """The host's turn; hold it while asking and while waiting."""
        return self.hosts[urlsplit(url).hostname or ""]

    def delay_of(self, url: str) -> float:
        """Seconds between two questions to this host: our own, or what its robots.txt asks for."""
        known = self.crawler.engine.downloader.per_slot_settings if self.crawler.engine else {}
        return float(known.get(urlsplit(url).hostname or "", {}).get("delay", self.delay))

    async def wait(self, request: Request, response: Response) -> None:
        """After a refusal, wait as long as it asks, else longer each time; a wait of hours ends the asking."""
        tried = request.meta.get("retry_times", 0)
        if response.status not in self.codes or tried >= self.retries:
            return
        seconds = self.seconds(response, tried)
        if seconds > LONGEST_WAIT_SECONDS:
            request.meta["dont_retry"] = True
        elif seconds:
            await asyncio.sleep(seconds)

    def seconds(self, response: Response, tried: int) -> float:
        header = response.headers.get("Retry-After") if response.status in (429, 503) else None
        asked = seconds_to_wait(header.decode("latin-1")) if header else None
        pause: float = min(self.delay * 2**tried, LONGEST_PAUSE_SECONDS)
        return pause if asked is None else asked


class CrawlDelay:
    """Raises a host's delay to what its robots.txt asks for."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> CrawlDelay:
        extension = cls(crawler)
        if not crawler.settings["DIPLOMATE_REPLAY_OF"]:
            crawler.signals.connect(extension.robots_parsed, signal=signals.robots_parsed)
        return extension

    def robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        """Keep the larger of our delay and theirs for this host, also for a slot Scrapy makes anew later."""
        asked = robotparser.crawl_delay(self.crawler.settings["ROBOTSTXT_USER_AGENT"])
        engine = self.crawler.engine
        if asked is None or engine is None:
            return
        downloader = engine.downloader
        key = downloader.get_slot_key(request)
        delay = max(float(asked), self.crawler.settings.getfloat("DOWNLOAD_DELAY"))
        downloader.per_slot_settings.setdefault(key, {})["delay"] = delay
        if key in downloader.slots:
            downloader.slots[key].delay = delay
