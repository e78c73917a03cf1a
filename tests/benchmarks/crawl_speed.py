"""How fast we crawl a loopback site with delay 0, snapshots on, beside `scrapy bench` in the same run.

    python -m tests.benchmarks.crawl_speed [--seconds 10] [--rounds 3]

The same spider (follow every link), server, time and machine; ours keeps every answer on disk under its hash, obeys
robots.txt, asks one host one question at a time and judges every page. Prints pages a second and the ratio; exit 1
below 0.8.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scrapy.commands.bench import _BenchServer
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from scrapy.linkextractors import LinkExtractor

from crawler.records import Record
from crawler.settings import Manners, crawl_settings
from crawler.snapshots import Run
from crawler.source import Source

LEAST_RATIO = 0.8
START = "http://localhost:8998?total=100000&show=20"


class Follow(Source):
    """Follows every link of Scrapy's own benchmark server and makes a row of each page."""

    name, kind, homepage = "follow", "registry", START
    floor, ceiling = 1, 10**9
    columns = {"n": "npi"}
    links = LinkExtractor()

    def first_requests(self) -> Iterator[Any]:
        yield self.ask(START, self.parse, dont_filter=True)

    def parse(self, response: Response, **where: Any) -> Iterator[Any]:
        yield self.record(response, response.url, response.url, self.audit.read({"n": response.url}))
        for link in self.links.extract_links(response):
            yield self.ask(link.url, self.parse)

    def read_page(self, response: Response) -> Iterator[Record]:
        return iter(())


def ours(seconds: float) -> float:
    """Pages a second of our crawl, in a process of its own."""
    call = [sys.executable, "-m", "tests.benchmarks.crawl_speed", "--ours", str(seconds)]
    with _BenchServer():
        done = subprocess.run(call, check=True, capture_output=True, text=True)
    return float(json.loads(done.stdout)["pages_a_second"])


def crawl(seconds: float) -> float:
    with tempfile.TemporaryDirectory() as folder:
        run = Run.create(Path(folder), "follow")
        settings = crawl_settings(run.folder, None, {}, Manners(0, 1, 10**9, ""))
        process = AsyncCrawlerProcess(settings | {"CLOSESPIDER_TIMEOUT": seconds, "LOG_LEVEL": "ERROR"})
        crawler = process.create_crawler(Follow)
        process.crawl(crawler)
        process.start()
        assert crawler.stats is not None
        pages, clock = map(crawler.stats.get_value, ("response_received_count", "elapsed_time_seconds"))
        assert len(run.snapshots()) >= pages
        return float(pages / clock)


def scrapys(seconds: float) -> float:
    """Pages a second of `scrapy bench`, from its own count of responses and its own clock."""
    call = [sys.executable, "-m", "scrapy", "bench", "-s", f"CLOSESPIDER_TIMEOUT={seconds:g}"]
    said = subprocess.run(call, check=True, capture_output=True, text=True).stderr
    pages = re.search(r"'response_received_count': (\d+)", said)
    clock = re.search(r"'elapsed_time_seconds': ([\d.]+)", said)
    assert pages and clock, said[-2000:]
    return int(pages[1]) / float(clock[1])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ours", type=float, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.ours:
        print(json.dumps({"pages_a_second": crawl(chosen.ours)}))
        return 0
    ratios = []
    for number in range(1, chosen.rounds + 1):
        theirs, mine = scrapys(chosen.seconds), ours(chosen.seconds)
        ratios.append(mine / theirs)
        print(f"round {number}: scrapy bench {theirs:.0f} pages/s, ours {mine:.0f} pages/s, ratio {mine / theirs:.2f}")
    print(f"median ratio {statistics.median(ratios):.2f}, wanted {LEAST_RATIO}")
    return 0 if statistics.median(ratios) >= LEAST_RATIO else 1


if __name__ == "__main__":
    sys.exit(main())
