"""Manners that Scrapy leaves to us: Retry-After and Crawl-delay are honored exactly.

In: answers and robots.txt. Out: waiting. Measured on Scrapy 2.19 (2026-11-22): both are ignored by default.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.robotstxt import RobotParser

LONGEST_WAIT_SECONDS = 900


def seconds_to_wait(header: str) -> float | None:
    """Seconds a Retry-After header asks for (a number or an HTTP date); None when it cannot be read."""
    if header.strip().isdigit():
        return float(header)
    try:
        return max(0.0, (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None


class RetryAfter:
    """Waits as long as a 429 or 503 asks before Scrapy's own retry; stands just outside the retry middleware."""

    def __init__(self, crawler: Crawler) -> None:
        self.replaying = bool(crawler.settings["DIPLOMATE_REPLAY_OF"])

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RetryAfter:
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Response:
        header = response.headers.get("Retry-After")
        if response.status not in (429, 503) or not header or self.replaying:
            return response
        wait = seconds_to_wait(header.decode("latin-1"))
        if wait is not None and wait > LONGEST_WAIT_SECONDS:
            request.meta["dont_retry"] = True
        elif wait:
            await asyncio.sleep(wait)
        return response


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
        asked = robotparser.crawl_delay(self.crawler.settings["USER_AGENT"])
        engine = self.crawler.engine
        if asked is None or engine is None:
            return
        downloader = engine.downloader
        key = downloader.get_slot_key(request)
        delay = max(float(asked), self.crawler.settings.getfloat("DOWNLOAD_DELAY"))
        downloader.per_slot_settings.setdefault(key, {})["delay"] = delay
        if key in downloader.slots:
            downloader.slots[key].delay = delay
