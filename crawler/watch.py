"""The eye on a run: every answer is judged before a spider reads it, every row is counted as it is written.

In: responses, exceptions and records on their way. Out: `records.jsonl`, and troubles on the spider in plain
sentences. Scrapy's exit code proves nothing (measured 2026-11-22), so nothing here relies on it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from scrapy.http import Response

from crawler.records import Record
from crawler.source import Source
from crawler.troubles import Gate, SourceTrouble

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
        if response.status >= 400 and response.status not in response.meta.get("handle_httpstatus_list", ()):
            raise SourceTrouble(f"{response.url} answered with status {response.status}.")

    def process_spider_exception(self, response: Response, exception: Exception) -> list[Any]:
        """Note the trouble, say it once, and go on to the verdict without a traceback for the user."""
        if not isinstance(exception, SourceTrouble):
            logger.error("While reading %s", response.url, exc_info=exception)
            exception = SourceTrouble(f"{response.url} could not be read: {type(exception).__name__}: {exception}")
        self.source.note_trouble(exception)
        return []


class RecordWriter:
    """Item pipeline: each distinct row is written once, in the order it was read."""

    file: IO[str]

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.path = Path(crawler.settings["DIPLOMATE_RUN"]) / "records.jsonl"

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RecordWriter:
        return cls(crawler)

    def open_spider(self) -> None:
        self.file = self.path.open("w", encoding="utf-8")

    def close_spider(self) -> None:
        self.file.close()

    def process_item(self, item: Record) -> Record:
        source = self.crawler.spider
        assert isinstance(source, Source)
        if not source.note_record(item):
            raise DropItem("read before in this run")
        self.file.write(item.to_line() + "\n")
        return item


def count_filled(records: Iterable[Record]) -> dict[str, int]:
    """How many rows carry each field: the fill rates of a run."""
    counts: dict[str, int] = {}
    for record in records:
        for name in record.fields:
            counts[name] = counts.get(name, 0) + 1
    return counts
