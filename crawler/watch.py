"""The eye on a run: every answer is judged before a spider reads it, every row is counted as it is written.

In: responses, exceptions and records on their way. Out: `records.jsonl`, and troubles on the spider in plain
sentences. Scrapy's exit code proves nothing (measured 2026-11-22), so nothing here relies on it.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.challenges import refused
from crawler.records import Record
from crawler.snapshots import write_whole
from crawler.source import Source
from crawler.troubles import Gate, SourceTrouble, Unanswered

logger = logging.getLogger(__name__)


class Watch:
    """Spider middleware: refuses error statuses and challenges, turns exceptions into sentences."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Watch:
        return cls(crawler)

    @property
    def source(self) -> Source:
        assert isinstance(self.crawler.spider, Source)
        return self.crawler.spider

    def process_spider_input(self, response: Response) -> None:
        """Raise Gate for a challenge page, SourceTrouble for any other refusal."""
        if response.headers.get("cf-mitigated") == b"challenge":
            raise Gate(f"{response.url} answered with a challenge page (cf-mitigated: challenge).")
        if response.status in (401, 403):
            raise Gate(f"{response.url} refused us (status {response.status}).")
        if response.status in (429, *range(500, 600)):
            raise Unanswered(f"{response.url} answered with status {response.status}, also when asked again.")
        if response.status >= 400 and response.status not in response.meta.get("handle_httpstatus_list", ()):
            raise SourceTrouble(f"{response.url} answered with status {response.status}.")

    def process_spider_exception(self, response: Response, exception: Exception) -> list[Any]:
        """Note the trouble, say it once, and go on to the verdict without a traceback for the user."""
        if not isinstance(exception, SourceTrouble):
            logger.error("While reading %s", response.url, exc_info=exception)
            exception = SourceTrouble(f"{response.url} is not what was expected ({exception}); log.txt says where.")
        if type(exception) is SourceTrouble and self.source.access == "open":  # a gated one knows its own gate
            exception = refused(response, str(exception))
        self.source.note_trouble(exception, response.url)
        return []


class RecordWriter:
    """Item pipeline: each distinct row is written once, when the spider has ended."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.path = Path(crawler.settings["DIPLOMATE_RUN"]) / "records.jsonl"
        self.records: dict[str, Record] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RecordWriter:
        return cls(crawler)

    def process_item(self, item: Record) -> Record:
        """Keep a row; a row read twice (a list's card and its profile) becomes one that cites both."""
        source = self.crawler.spider
        assert isinstance(source, Source)
        source.note_record(item)
        earlier = self.records.get(item.source_key)
        self.records[item.source_key] = earlier.combined(item) if earlier else item
        return item

    def close_spider(self) -> None:
        lines = "".join(record.to_line() + "\n" for record in self.records.values())
        write_whole(self.path, lines.encode())
