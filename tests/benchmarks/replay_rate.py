"""How fast kept answers are parsed again, by source: records a second, nothing but parsing.

    python -m tests.benchmarks.replay_rate [--data FOLDER] [--seconds 1]

Reads the newest good crawl of every source in a data folder (without one, a demo of the bundled sample is made) and
parses its answers over and over. Sources whose answers give no records by themselves are named.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from scrapy import Request
from scrapy.http import Response

from crawler.catalog import all_sources
from crawler.network import as_response
from crawler.snapshots import Run, Snapshot, good_runs
from crawler.source import Source
from crawler.troubles import SourceTrouble


def demo(folder: Path) -> Path:
    """The data folder of a demonstration."""
    call = [sys.executable, "-m", "pipeline.commands.main", "demo", "--no-serve"]
    subprocess.run(call, check=True, capture_output=True, env={"DIPLOMATE_DATA": str(folder), "PATH": "/usr/bin"})
    return folder / "demo"


def answers(run: Run) -> list[Response]:
    """The run's answers as its spider got them; robots.txt apart."""
    found = []
    for snapshot in run.snapshots():
        if snapshot.status == 200 and not snapshot.url.endswith("/robots.txt"):
            request = Request(snapshot.url, meta={"snapshot": snapshot, "big": snapshot.url.endswith(".zip")})
            response = as_response(run, snapshot, request)
            response.request = request
            found.append(response)
    return found


def records_in(kind: type[Source], response: Response) -> int:
    """Records of one answer; 0 for one that only leads to others."""
    snapshot: Snapshot = response.meta["snapshot"]
    spider = kind(saved=(snapshot,))
    vars(spider)["known"] = frozenset()  # what earlier readings of the weekly files brought: none here
    try:
        return sum(1 for _ in spider.read_page(response))
    except SourceTrouble:
        return 0


def rate(kind: type[Source], run: Run, seconds: float) -> tuple[int, float]:
    """Records of the run, and records a second."""
    telling = [response for response in answers(run) if records_in(kind, response)]
    each = sum(records_in(kind, response) for response in telling)
    begun, done = time.perf_counter(), 0
    while telling and time.perf_counter() - begun < seconds:
        done += sum(records_in(kind, response) for response in telling)
    return each, done / (time.perf_counter() - begun)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--seconds", type=float, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = chosen.data or demo(Path(folder))
        for kind in all_sources():
            runs = good_runs(data, kind.name)
            records, speed = rate(kind, runs[-1][0], chosen.seconds) if runs else (0, 0.0)
            print(f"{kind.name:<16}{records:>7} records{speed:>12,.0f} records/s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
